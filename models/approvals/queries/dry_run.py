"""What a limit would have demanded: the last 90 days counted against it, from what is on record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import BigInteger, ColumnElement, cast, func
from sqlmodel import Session, col, select

from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.events import Event
from models.kernel.permissions import Permission
from models.limits import ANY_CURRENCY, LimitedAction

DAYS = 90
# The event that records each action, and where its amount stands.
RECORDED: Mapping[LimitedAction, tuple[str, str, str]] = {
    LimitedAction.void: ("invoice.voided", "before", "due_minor"),
    LimitedAction.write_off: ("invoice.written_off", "before", "due_minor"),
    LimitedAction.credit: ("credit_note.issued", "after", "total_minor"),
    LimitedAction.refund: ("credit_note.issued", "after", "refunded_minor"),
}


@dataclass(frozen=True, slots=True)
class DryRun:
    """How many there were in the last 90 days, and how many were above the amount."""

    total: int
    above: int


def dry_run(
    session: Session,
    actor: Actor,
    *,
    action: LimitedAction,
    currency: str,
    limit_minor: int,
    others: Sequence[str] = (),
) -> DryRun:
    """Count against the limit each amount by itself; `*` leaves out the currencies that have rules of their own."""
    actor.ensure(Permission.approvals_read)
    name, side, field = RECORDED[action]
    payload: ColumnElement[str] = getattr(Event, side)
    amount = cast(payload[field].astext, BigInteger)
    code = payload["currency"].astext
    statement = select(func.count(), func.count().filter(amount > limit_minor)).where(
        Event.name == name, col(Event.occurred_at) >= clock.now() - timedelta(days=DAYS), amount > 0
    )
    statement = statement.where(code.not_in(others) if currency == ANY_CURRENCY else code == currency)
    total, above = session.exec(statement).one()
    return DryRun(total, above)
