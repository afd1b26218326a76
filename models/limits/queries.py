"""What holds now: the limit on an action in a currency, all rules, and the versions behind them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import Session, col, select

from models.kernel.actor import Actor
from models.kernel.money import Money
from models.kernel.permissions import Permission
from models.kernel.settings import get_settings
from models.limits.errors import ApprovalNeeded
from models.limits.rules import ACTIONS, ANY_CURRENCY, LimitedAction, limit_of, read_limits
from models.limits.tables import ApprovalLimit


@dataclass(frozen=True, slots=True)
class EffectiveLimit:
    """What holds for an action in a currency (`*`: any that has no rule of its own), and since which version.

    Version 0 comes from the settings. `amount_minor` is the most that one person may do alone.
    """

    action: LimitedAction
    currency: str
    amount_minor: int
    expires_hours: int
    version: int = 0
    reason: str = ""
    set_by: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class LimitVersionRow:
    """One version of a rule; without an amount it was withdrawn."""

    action: str
    currency: str
    amount_minor: int | None
    expires_hours: int | None
    version: int
    reason: str
    set_by: str
    created_at: datetime


def ensure_alone(
    session: Session, actor: Actor, action: LimitedAction, amount: Money, subject_id: object
) -> None:
    """Refuse what is above the limit, unless a second person's mandate for just this says yes.

    Holds for everybody: people, programs and the program itself. Raises `ApprovalNeeded`.
    """
    limit = limit_on(session, action, amount.currency).amount_minor
    if abs(amount.minor) <= limit:
        return
    mandate = actor.mandate
    if mandate is not None and mandate.covers(action, abs(amount.minor), subject_id):
        return
    raise ApprovalNeeded(action, Money(abs(amount.minor), amount.currency), Money(limit, amount.currency))


def limit_on(session: Session, action: LimitedAction, currency: str) -> EffectiveLimit:
    """What holds for the action in this currency; where nobody has set a limit it is 0."""
    return effective_limits(session, currency)[action]


def effective_limits(session: Session, currency: str) -> dict[LimitedAction, EffectiveLimit]:
    """What holds for every action in this currency, from one query."""
    rows = {
        (each.action, each.currency): each
        for each in session.exec(
            select(ApprovalLimit)
            .where(col(ApprovalLimit.currency).in_({currency, ANY_CURRENCY}))
            .ext(distinct_on(col(ApprovalLimit.action), col(ApprovalLimit.currency)))
            .order_by(ApprovalLimit.action, ApprovalLimit.currency, col(ApprovalLimit.version).desc())
        )
    }
    return {
        action: _effective(action, currency, rows.get((action, currency)), rows.get((action, ANY_CURRENCY)))
        for action in LimitedAction
    }


def list_limits(session: Session, actor: Actor) -> list[EffectiveLimit]:
    """Every rule that holds: for each action `*`, then the currencies with one of their own."""
    actor.ensure(Permission.approvals_read)
    versions = session.exec(select(ApprovalLimit.currency).distinct()).all()
    settings = get_settings()
    found: list[EffectiveLimit] = []
    for action, spec in ACTIONS.items():
        own = {*versions, *read_limits(spec.default(settings))} - {ANY_CURRENCY}
        wide = limit_on(session, action, ANY_CURRENCY)
        found.append(wide)
        for currency in sorted(own):
            rule = limit_on(session, action, currency)
            if rule.currency == currency:
                found.append(rule)
    return found


def list_limit_versions(session: Session, actor: Actor, limit: int = 50) -> list[LimitVersionRow]:
    """The newest versions of all rules, newest first."""
    actor.ensure(Permission.approvals_read)
    statement = select(ApprovalLimit).order_by(
        col(ApprovalLimit.created_at).desc(), col(ApprovalLimit.id).desc()
    )
    return [
        LimitVersionRow(
            each.action,
            each.currency,
            each.amount_minor,
            each.expires_hours,
            each.version,
            each.reason,
            each.set_by,
            each.created_at,
        )
        for each in session.exec(statement.limit(limit))
    ]


def _effective(
    action: LimitedAction, currency: str, own: ApprovalLimit | None, wide: ApprovalLimit | None
) -> EffectiveLimit:
    """The narrowest rule that is not withdrawn; a setting of the currency itself is narrower than `*`."""
    settings = get_settings()
    configured = read_limits(ACTIONS[action].default(settings))
    hours = settings.approval_expiry_hours
    if own is not None and own.amount_minor is not None:
        return _from_row(action, own, own.amount_minor, hours)
    if currency in configured and currency != ANY_CURRENCY:
        return EffectiveLimit(action, currency, configured[currency], hours)
    if wide is not None and wide.amount_minor is not None:
        return _from_row(action, wide, wide.amount_minor, hours)
    return EffectiveLimit(action, ANY_CURRENCY, limit_of(configured, ANY_CURRENCY) or 0, hours)


def _from_row(action: LimitedAction, row: ApprovalLimit, minor: int, hours: int) -> EffectiveLimit:
    return EffectiveLimit(
        action,
        row.currency,
        minor,
        row.expires_hours or hours,
        row.version,
        row.reason,
        row.set_by,
        row.created_at,
    )
