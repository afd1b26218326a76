"""Campaigns, cases and words of payments with the few facts a test is about."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from models.accounts import Tenant
from models.billing import Invoice, record_payment
from models.dunning import (
    STANDARD,
    TEMPLATES,
    Action,
    Assignment,
    CampaignEnd,
    CampaignPlan,
    CampaignStep,
    ChargeWord,
    DeclineClass,
    DunningCase,
    DunningStep,
    Route,
    RouteKind,
    advance_due,
    assign_campaign,
    open_case,
    record_failed_charge,
    save_campaign,
)
from models.integrations.stripe import PaymentStatus
from models.kernel import clock
from models.kernel.actor import system_actor
from models.kernel.columns import new_id
from models.payments import Charge, apply_payment_state
from tests.factories.accounts import make_tenant
from tests.factories.billing import make_invoice
from tests.factories.payments import give_methods, vendor_payment

ACTOR = system_actor("test")
DAY = 24
ROUTES = {
    DeclineClass.try_later: Route(RouteKind.retry),
    DeclineClass.new_method: Route(RouteKind.ask),
    DeclineClass.needs_action: Route(RouteKind.ask),
    DeclineClass.stop: Route(RouteKind.person),
}
# A mail at once, charges on days 2 and 4, a task on day 6, the end on day 10; at any hour.
SHORT = CampaignPlan(
    steps=(
        CampaignStep(Action.mail, 0, "payment_reminder", 0, 24),
        CampaignStep(Action.charge, 2 * DAY, "", 0, 24),
        CampaignStep(Action.charge, 4 * DAY, "", 0, 24),
        CampaignStep(Action.task, 6 * DAY, "", 0, 24),
    ),
    routes=ROUTES,
    end=CampaignEnd(10),
    budget=2,
)


def make_campaign(
    session: Session, plan: CampaignPlan = STANDARD, *, name: str = "", kind: str = "default", **facts: Any
) -> UUID:
    """A saved campaign, assigned as asked; gives back its id."""
    version = save_campaign(
        session,
        ACTOR,
        plan=plan,
        reason="for a test",
        templates=TEMPLATES,
        name=name or f"Campaign {new_id().hex[-6:]}",
    )
    wanted = Assignment(version.campaign_id, kind, **facts)
    assign_campaign(
        session, ACTOR, campaign_id=version.campaign_id, assignments=[wanted], reason="for a test"
    )
    return version.campaign_id


def make_case(
    session: Session, plan: CampaignPlan = SHORT, *, tenant: Tenant | None = None, **facts: Any
) -> DunningCase:
    """A case of an open invoice, opened now by the campaign that is the default from here on."""
    make_campaign(session, plan)
    invoice = make_invoice(session, tenant=tenant, **facts)
    found = open_case(session, ACTOR, invoice_id=invoice.id)
    assert found is not None
    return found


def word(
    case: DunningCase, *, at: datetime | None = None, charge_id: UUID | None = None, **facts: Any
) -> ChargeWord:
    """What payments say of a charge of the case: a decline that may work later, unless said otherwise."""
    return ChargeWord(
        **{
            "invoice_id": case.invoice_id,
            "charge_id": charge_id or new_id(),
            "amount_minor": case.amount_minor,
            "currency": case.currency,
            "at": at or clock.now(),
            "decline_code": "insufficient_funds",
            "decline_class": DeclineClass.try_later,
            "sentence": "There is not enough money on the account.",
            **facts,
        }
    )


def pay(session: Session, invoice_id: UUID, amount: str = "") -> None:
    """Money for the invoice comes in, all of it unless an amount is given."""
    invoice = session.get(Invoice, invoice_id)
    assert invoice is not None
    due = f"{invoice.due_minor // 100}.{invoice.due_minor % 100:02}"
    record_payment(
        session,
        ACTOR,
        invoice_id=invoice_id,
        amount=amount or due,
        received_on=clock.today(),
        channel="bank_transfer",
        reference="",
        request_key=new_id().hex,
    )


def steps_of(session: Session, case: DunningCase) -> list[DunningStep]:
    """What was written down of the case, oldest first."""
    found = session.exec(select(DunningStep).where(DunningStep.case_id == case.id)).all()
    return sorted(found, key=lambda step: (step.done_at, step.position))


def payer(session: Session, **facts: Any) -> Tenant:
    """A customer with a card."""
    tenant = make_tenant(session, email="billing@payer.test", **facts)
    give_methods(session, tenant)
    return tenant


def sweep(session: Session) -> int:
    """Everything that is due now."""
    return advance_due(session, ACTOR, limit=100).taken


def charge_of(session: Session, case: DunningCase) -> Charge:
    """The charge the case waits for."""
    return session.get_one(Charge, case.waiting_charge_id)


def decline(session: Session, case: DunningCase, **facts: Any) -> None:
    """Stripe refuses the charge that is under way, and the case hears of it as through the relay."""
    charge = charge_of(session, case)
    apply_payment_state(
        session, ACTOR, charge_id=charge.id, found=vendor_payment(charge, PaymentStatus.cancelled)
    )
    record_failed_charge(session, ACTOR, word=word(case, charge_id=charge.id, **facts))
