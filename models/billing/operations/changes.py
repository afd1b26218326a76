"""Changing subscriptions: shown first, then done exactly as shown."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from models.accounts import Tenant, get_scoped, lock_scoped
from models.billing.errors import PreviewStale
from models.billing.events import change_event
from models.billing.operations.finish import finish_draft
from models.billing.operations.outcomes import apply_outcome
from models.billing.operations.reasons import ensure_reason
from models.billing.queries.offers import ensure_on_sale, offers_for
from models.billing.queries.snapshots import get_snapshot
from models.billing.rules.change_plan import plan_change
from models.billing.rules.changes import AddAddOn, Change, ChangePlan, change_record
from models.billing.rules.forecast import next_invoice
from models.billing.rules.invoice_plan import InvoicePlan, LineDraft
from models.billing.rules.outcome import Outcome, counted_mrr
from models.billing.rules.snapshot import Snapshot
from models.billing.tables import Invoice, Plan, Subscription
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import Forbidden, Invalid
from models.kernel.events import Subject, record_event
from models.kernel.permissions import Permission
from models.kernel.secrets import read_link, sign_link

PREVIEW_SECONDS = 600
PURPOSE = "subscription-change"


@dataclass(frozen=True, slots=True)
class ChangePreview:
    """What a change would do at `at`, and the invoice that follows it; `token` commits exactly this."""

    outcome: Outcome
    following: InvoicePlan | None
    mrr_before_minor: int
    mrr_after_minor: int
    at: datetime
    token: str

    @property
    def waiting(self) -> tuple[LineDraft, ...]:
        """Lines that go on the next invoice."""
        return self.outcome.waiting

    @property
    def due_minor(self) -> int:
        """What is to be paid now, after the customer's balance; 0 where money is given back."""
        invoice = self.outcome.invoice
        if invoice is None:
            return 0
        return max(0, invoice.total_minor - min(self.balance_used_minor, invoice.total_minor))

    @property
    def balance_used_minor(self) -> int:
        """What the customer's balance pays of it."""
        invoice = self.outcome.invoice
        total = invoice.total_minor if invoice else 0
        return min(self.outcome.before.balance_minor, max(0, total))

    @property
    def given_back_minor(self) -> int:
        """What goes to the customer's balance."""
        invoice = self.outcome.invoice
        return max(0, -invoice.total_minor) if invoice else 0


def preview_change(
    session: Session, actor: Actor, *, subscription_id: UUID, change: Change, at: datetime | None = None
) -> ChangePreview:
    """What `change_subscription` would do now; raises the same refusals, writes nothing."""
    get_scoped(session, actor, Subscription, subscription_id, Permission.subscriptions_write)
    return _preview(session, get_snapshot(session, subscription_id), change, at or clock.now())


def change_subscription(
    session: Session,
    actor: Actor,
    *,
    subscription_id: UUID,
    change: Change,
    token: str,
    reason: str,
) -> Invoice | None:
    """Carry out the change exactly as its preview showed; the invoice it made, issued or waiting for review.

    Raises PreviewStale where the amounts have changed since, the preview is older than ten minutes or of another
    change, Forbidden for a forged token, and every refusal of the preview.
    """
    row = lock_scoped(session, actor, Subscription, subscription_id, Permission.subscriptions_write)
    at, version, shown = _read_token(token)
    s = get_snapshot(session, subscription_id)
    if s.version != version:
        raise PreviewStale
    preview = _preview(session, s, change, at)
    if _fingerprint(s, change, preview.outcome, preview.following) != shown:
        raise PreviewStale
    if preview.outcome.after == s:
        raise Invalid("change.no_effect", "Nothing would change. Choose something else than what stands.")
    return carry_out(session, actor, row, preview.outcome, change, at=at, reason=ensure_reason(reason))


def carry_out(
    session: Session,
    actor: Actor,
    row: Subscription,
    outcome: Outcome,
    change: Change,
    *,
    at: datetime,
    reason: str,
) -> Invoice | None:
    """The outcome is applied and on record; its invoice is issued where no one has to look at it."""
    before = facts(outcome.before)
    invoice = apply_outcome(session, actor, row, outcome, at=at, reason=reason)
    record_event(
        session,
        actor,
        change_event(change.kind),
        subscription_subject(outcome.before),
        reason=reason,
        before=before,
        after={
            **facts(outcome.after),
            "change": change_record(change),
            "invoice": invoice.number if invoice else None,
            "total_minor": invoice.total_minor if invoice else 0,
            "waiting_minor": sum(each.amount_minor for each in outcome.waiting),
            **({"moved": _moved(outcome)} if outcome.moved else {}),
        },
    )
    if invoice is not None:
        finish_draft(session, actor, invoice)
    return invoice


def subscription_subject(s: Snapshot) -> Subject:
    """The subscription as the subject of an event."""
    return Subject("subscription", s.subscription_id, f"{s.customer}: {s.base.offer.plan_name}", s.tenant_id)


def stored_subject(session: Session, row: Subscription) -> Subject:
    """The same of a row whose prices may not be readable."""
    customer, plan = session.get_one(Tenant, row.tenant_id), session.get_one(Plan, row.plan_id)
    return Subject("subscription", row.id, f"{customer.name}: {plan.name}", row.tenant_id)


def facts(s: Snapshot) -> dict[str, object]:
    """What an event says of a subscription before and after."""
    return {
        "status": s.status.value,
        "plan": f"{s.base.offer.plan_name} v{s.base.offer.plan_version}",
        "quantity": s.base.quantity,
        "add_ons": [f"{each.offer.plan_name} × {each.quantity}" for each in s.components[1:]],
        "mrr_minor": counted_mrr(s),
        "currency": s.currency,
        "period": _days(s),
    }


def period_facts(s: Snapshot) -> dict[str, object]:
    """What an event says of the period a renewal ends."""
    return {"period": _days(s), "status": s.status.value}


def _moved(outcome: Outcome) -> list[str]:
    return [f"{each.change.kind.replace('_', ' ')} to {each.due_on}" for each in outcome.moved]


def _days(s: Snapshot) -> list[str]:
    return [s.period.start_on.isoformat(), s.period.until_on.isoformat()]


def _preview(session: Session, s: Snapshot, change: Change, at: datetime) -> ChangePreview:
    if isinstance(change, ChangePlan | AddAddOn):
        ensure_on_sale(session, change.price_id)
    offers = offers_for(session, [change, *(each.change for each in s.planned)])
    outcome = plan_change(s, change, at, offers)
    following = _following(session, outcome)
    token = sign_link(
        PURPOSE, json.dumps([at.isoformat(), s.version, _fingerprint(s, change, outcome, following)])
    )
    return ChangePreview(outcome, following, counted_mrr(s), counted_mrr(outcome.after), at, token)


def _following(session: Session, outcome: Outcome) -> InvoicePlan | None:
    """The next invoice after the change, with what waits for it and what is planned before it."""
    return next_invoice(outcome, offers_for(session, [each.change for each in outcome.after.planned]))


def _fingerprint(s: Snapshot, change: Change, outcome: Outcome, following: InvoicePlan | None) -> str:
    """Everything a person saw, and the version it was computed from."""
    shown = [
        s.subscription_id,
        s.version,
        s.balance_minor,
        change_record(change),
        facts(outcome.after),
        _amounts(outcome.invoice),
        _amounts(following),
        [line.amount_minor for line in outcome.waiting],
    ]
    return hashlib.sha256(json.dumps(shown, default=str).encode()).hexdigest()


def _amounts(plan: InvoicePlan | None) -> list[object]:
    if plan is None:
        return []
    return [[line.draft.description, line.amount_minor, line.tax_minor] for line in plan.lines]


def _read_token(token: str) -> tuple[datetime, int, str]:
    try:
        at, version, shown = json.loads(read_link(PURPOSE, token, max_age_seconds=PREVIEW_SECONDS))
    except Forbidden as error:
        if error.code != "link.expired":
            raise
        raise PreviewStale from None
    return datetime.fromisoformat(at), version, shown
