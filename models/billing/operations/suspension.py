"""The end of the grace period: a subscription whose invoice stays unpaid is suspended, and goes on once nothing is overdue."""

from datetime import date, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from models.billing.operations.changes import carry_out
from models.billing.queries.snapshots import get_snapshot
from models.billing.rules.change_plan import plan_change
from models.billing.rules.changes import Change, Resume, Suspend
from models.billing.tables import Invoice, InvoiceStatus, Subscription, SubscriptionStatus
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.locking import lock_row
from models.kernel.permissions import Permission
from models.kernel.settings import get_settings


def list_overdue(session: Session, actor: Actor, *, today: date) -> list[UUID]:
    """Active subscriptions with an invoice that is unpaid beyond the grace period; none where that never ends."""
    actor.ensure(Permission.subscriptions_write)
    grace = get_settings().suspend_after_days
    if not grace:
        return []
    return list(
        session.scalars(
            select(Subscription.id)
            .join(Invoice, col(Invoice.subscription_id) == Subscription.id)
            .where(
                Subscription.status == SubscriptionStatus.active,
                Invoice.status == InvoiceStatus.open,
                Invoice.due_on < today - timedelta(days=grace),
            )
            .distinct()
        )
    )


def suspend_subscription(session: Session, actor: Actor, *, subscription_id: UUID) -> None:
    """The subscription rests until none of its invoices is overdue; what ran until now in arrears is billed."""
    grace = get_settings().suspend_after_days
    reason = f"An invoice is unpaid {grace} days after it was due."
    _carry_out(session, actor, subscription_id, Suspend(), reason)


def restore_subscription(session: Session, actor: Actor, *, subscription_id: UUID) -> bool:
    """The subscription goes on where nothing of it is overdue any more; whether it does."""
    row = lock_row(session, Subscription, subscription_id)
    overdue = session.exec(
        select(Invoice.id).where(
            Invoice.subscription_id == subscription_id,
            Invoice.status == InvoiceStatus.open,
            Invoice.due_on < clock.today(),
        )
    ).first()
    if row.status != SubscriptionStatus.unpaid or overdue is not None:
        return False
    _carry_out(session, actor, subscription_id, Resume(), "Nothing is overdue any more.")
    return True


def subscription_of(session: Session, invoice_id: UUID) -> UUID | None:
    """The subscription an invoice bills; None for one made by hand."""
    return session.scalar(select(Invoice.subscription_id).where(Invoice.id == invoice_id))


def _carry_out(session: Session, actor: Actor, subscription_id: UUID, change: Change, reason: str) -> None:
    actor.ensure(Permission.subscriptions_write)
    row = lock_row(session, Subscription, subscription_id)
    now = clock.now()
    outcome = plan_change(get_snapshot(session, subscription_id), change, now, {})
    carry_out(session, actor, row, outcome, change, at=now, reason=reason)
