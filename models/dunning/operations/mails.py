"""The mails of a campaign: which facts each template is given."""

from typing import Any
from uuid import UUID

from sqlmodel import Session

from models.channels import Decline, queue_message
from models.dunning.operations.cases import case_subject
from models.dunning.operations.facts import InvoiceFacts
from models.dunning.rules.times import zone_of
from models.dunning.tables import DunningCase
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.money import Money
from models.payments import sign_payment_link

# The mails that are about an unpaid invoice; the others belong to other occasions.
TEMPLATES = ("payment_failed", "action_needed", "payment_reminder", "suspension")


def write_mail(
    session: Session,
    actor: Actor,
    case: DunningCase,
    facts: InvoiceFacts,
    *,
    template: str,
    dedupe_key: str,
) -> UUID:
    """Put the mail into the outbox; the same key again writes nothing. Gives back the message's id."""
    return queue_message(
        session,
        actor,
        template=template,
        tenant_id=facts.tenant_id,
        dedupe_key=dedupe_key,
        context=mail_facts(case, facts, template),
        subject=case_subject(case, facts.number),
    )


def mail_facts(case: DunningCase, facts: InvoiceFacts, template: str) -> dict[str, Any]:
    """What the template is given; amounts are what is due now."""
    today = clock.now().astimezone(zone_of(facts.zone)).date()
    link = sign_payment_link(facts.id)
    shared: dict[str, Any] = {
        "invoice_number": facts.number,
        "amount_due": Money(facts.due_minor, facts.currency),
    }
    match template:
        case "payment_failed":
            return {
                **shared,
                "method": facts.method or "The payment method",
                "reason": case.failure_code if case.failure_code in set(Decline) else None,
                "next_try_on": case.next_at if case.next_action == "charge" else None,
                "payment_link": link,
            }
        case "action_needed":
            return {
                **shared,
                "method": facts.method or "The payment method",
                "confirm_link": link,
                "confirm_until": None,
            }
        case "suspension":
            return {**shared, "due_on": facts.due_on, "suspended_on": today, "payment_link": link}
        case _:
            days = max((today - facts.due_on).days, 0)
            return {
                **shared,
                "due_on": facts.due_on,
                "days_overdue": days,
                "payment_link": link,
                "suspension_on": None,
            }
