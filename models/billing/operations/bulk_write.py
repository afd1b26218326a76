"""Writing the outcomes of a batch with COPY: thousands of invoices a second, equal to what one at a time would write."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from models.billing import events
from models.billing.operations.changes import facts, period_facts, subscription_subject
from models.billing.operations.numbering import take_invoice_numbers
from models.billing.rules.outcome import Outcome, monthly_recurring, next_look_at
from models.billing.tables import InvoiceStatus, SubscriptionStatus
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.bulk import copy_rows, json_text, session_cursor, update_rows
from models.kernel.columns import new_id
from models.kernel.events import Subject, wake

INVOICE = [
    "id",
    "tenant_id",
    "subscription_id",
    "kind",
    "number",
    "legal_entity",
    "status",
    "currency",
    "subtotal_minor",
    "tax_minor",
    "total_minor",
    "paid_minor",
    "period_start_on",
    "period_until_on",
    "issued_on",
    "due_on",
    "paid_at",
    "tax_note",
    "run_id",
    "version",
    "created_at",
    "updated_at",
]
LINE = [
    "id",
    "tenant_id",
    "invoice_id",
    "position",
    "kind",
    "component_id",
    "description",
    "quantity",
    "unit_amount_minor",
    "discount_minor",
    "amount_minor",
    "tax_minor",
    "currency",
    "period_start_on",
    "period_until_on",
    "taxes",
    "derivation",
]
EVENT = [
    "id",
    "name",
    "occurred_at",
    "tenant_id",
    "actor_kind",
    "actor_id",
    "actor_name",
    "cause",
    "reason",
    "subject_type",
    "subject_id",
    "subject_label",
    "before",
    "after",
    "request_id",
]
SUBSCRIPTION = [
    "id",
    "status",
    "mrr_minor",
    "anchor_day",
    "period_start_on",
    "period_until_on",
    "segment_start_at",
    "billed_gross_minor",
    "billed_net_minor",
    "renews_at",
]
ADD_ON = ["id", "segment_start_at", "billed_gross_minor", "billed_net_minor"]
DISCOUNT = ["id", "periods_used", "last_period_start_on", "ended_on"]


@dataclass(frozen=True, slots=True)
class Issued:
    """An invoice of the batch, before its number is taken."""

    id: UUID
    outcome: Outcome


def write_renewals(
    session: Session, actor: Actor, outcomes: Sequence[Outcome], *, run_id: UUID | None, issued_on: date
) -> int:
    """Every outcome is written: subscriptions moved on, invoices issued with lines and events; how many invoices.

    For outcomes without planned changes, waiting lines or a balance to settle; those go one at a time.
    """
    cursor = session_cursor(session)
    after = [facts(each.after) for each in outcomes]
    subscriptions = (_subscription(each, known) for each, known in zip(outcomes, after, strict=True))
    update_rows(cursor, "subscription", SUBSCRIPTION, subscriptions, bumps_version=True)
    update_rows(cursor, "subscription_add_on", ADD_ON, (row for each in outcomes for row in _add_ons(each)))
    update_rows(cursor, "discount", DISCOUNT, (row for each in outcomes for row in _discounts(each)))
    made = [Issued(new_id(), each) for each in outcomes if each.invoice is not None]
    numbers = _numbers(session, made, issued_on)
    now = clock.now()
    copy_rows(
        cursor,
        "invoice",
        INVOICE,
        (_invoice(each, numbers[each.id], issued_on, now, run_id) for each in made),
    )
    copy_rows(cursor, "invoice_line", LINE, (row for each in made for row in _lines(each)))
    copy_rows(cursor, "event", EVENT, _events(actor, zip(outcomes, after, strict=True), made, numbers, now))
    wake(session, "invoice", "subscription")
    return len(made)


def _numbers(session: Session, made: Sequence[Issued], issued_on: date) -> dict[UUID, str]:
    by_entity: dict[str, list[UUID]] = defaultdict(list)
    for each in made:
        by_entity[each.outcome.before.legal_entity].append(each.id)
    found: dict[UUID, str] = {}
    for entity, ids in sorted(by_entity.items()):
        taken = take_invoice_numbers(session, legal_entity=entity, year=issued_on.year, count=len(ids))
        found.update(zip(ids, taken, strict=True))
    return found


def _subscription(outcome: Outcome, known: Mapping[str, Any]) -> tuple[Any, ...]:
    after = outcome.after
    base = after.base
    return (
        after.subscription_id,
        after.status.value,
        # What counts while active is what it is worth; it need not be computed twice.
        known["mrr_minor"] if after.status is SubscriptionStatus.active else monthly_recurring(after),
        after.anchor_day,
        after.period.start_on,
        after.period.until_on,
        base.segment_start_at,
        base.billed_gross_minor,
        base.billed_net_minor,
        next_look_at(after),
    )


def _add_ons(outcome: Outcome) -> Iterable[tuple[Any, ...]]:
    for was, each in zip(outcome.before.components[1:], outcome.after.components[1:], strict=True):
        if each != was:
            yield each.id, each.segment_start_at, each.billed_gross_minor, each.billed_net_minor


def _discounts(outcome: Outcome) -> Iterable[tuple[Any, ...]]:
    kept = {each.id: each for each in outcome.after.discounts}
    for was in outcome.before.discounts:
        now = kept.get(was.id)
        if now is None:
            yield was.id, was.periods_used, was.last_period_start_on, outcome.after.period.start_on
        elif now != was:
            yield now.id, now.periods_used, now.last_period_start_on, None


def _invoice(
    issued: Issued, number: str, issued_on: date, now: datetime, run_id: UUID | None
) -> tuple[Any, ...]:
    s, plan = issued.outcome.before, issued.outcome.invoice
    assert plan is not None  # noqa: S101 -- only outcomes with an invoice are issued
    is_paid = plan.total_minor == 0
    return (
        issued.id,
        s.tenant_id,
        s.subscription_id,
        plan.kind.value,
        number,
        s.legal_entity,
        (InvoiceStatus.paid if is_paid else InvoiceStatus.open).value,
        plan.currency,
        plan.subtotal_minor,
        plan.tax_minor,
        plan.total_minor,
        0,
        plan.period_start_on,
        plan.period_until_on,
        issued_on,
        issued_on + timedelta(days=s.net_terms_days),
        now if is_paid else None,
        plan.tax_note,
        run_id,
        1,
        now,
        now,
    )


def _lines(issued: Issued) -> Iterable[tuple[Any, ...]]:
    s, plan = issued.outcome.before, issued.outcome.invoice
    for position, line in enumerate(plan.lines if plan else (), start=1):
        draft = line.draft
        yield (
            new_id(),
            s.tenant_id,
            issued.id,
            position,
            draft.kind.value,
            draft.component_id,
            draft.description,
            draft.quantity,
            draft.unit_amount_minor,
            draft.discount_minor,
            line.amount_minor,
            line.tax_minor,
            s.currency,
            draft.period_start_on,
            draft.period_until_on,
            json_text(line.taxes),
            json_text(line.derivation),
        )


def _events(
    actor: Actor,
    outcomes: Iterable[tuple[Outcome, Mapping[str, Any]]],
    made: Sequence[Issued],
    numbers: Mapping[UUID, str],
    now: datetime,
) -> Iterable[tuple[Any, ...]]:
    def row(name: str, subject: Any, before: Any, after: Any) -> tuple[Any, ...]:
        return (
            new_id(),
            name,
            now,
            subject.tenant_id,
            actor.kind.value,
            actor.id,
            actor.name,
            actor.cause.value,
            "",
            subject.type,
            subject.id,
            subject.label,
            json_text(before) if before is not None else None,
            json_text(after),
            actor.request_id,
        )

    by_subscription = {each.outcome.before.subscription_id: numbers[each.id] for each in made}
    for each, known in outcomes:
        after = {
            **known,
            "invoice": by_subscription.get(each.before.subscription_id),
            "total_minor": each.invoice.total_minor if each.invoice else 0,
        }
        before = period_facts(each.before)
        yield row(events.SUBSCRIPTION_RENEWED.name, subscription_subject(each.after), before, after)
    for issued in made:
        yield row(*_issued_event(issued, numbers[issued.id]))


def _issued_event(issued: Issued, number: str) -> tuple[str, Any, Any, Any]:
    s, plan = issued.outcome.before, issued.outcome.invoice
    assert plan is not None  # noqa: S101 -- only outcomes with an invoice are issued
    subject = Subject("invoice", issued.id, number, s.tenant_id)
    return (
        events.INVOICE_ISSUED.name,
        subject,
        None,
        {
            "number": number,
            "total_minor": plan.total_minor,
            "currency": plan.currency,
        },
    )
