"""Changing a limit: a new version with its reason; what was asked for before keeps its own."""

from sqlmodel import Session, col, select

from models.kernel.actor import Actor
from models.kernel.columns import can_store_text
from models.kernel.errors import Invalid
from models.kernel.events import Subject, record_event
from models.kernel.locking import ensure_version, lock_name
from models.kernel.money import Money, exponent
from models.kernel.permissions import Permission
from models.limits import events
from models.limits.rules import ACTIONS, ANY_CURRENCY, LimitedAction
from models.limits.tables import ApprovalLimit

MAX_REASON = 500
LONGEST_HOURS = 720
# The amount of `*` is typed with the decimals most currencies have.
TYPICAL = "EUR"


def change_limit(
    session: Session,
    actor: Actor,
    *,
    action: str,
    currency: str,
    amount: str,
    expires_hours: str,
    reason: str,
    version: int | None = None,
) -> ApprovalLimit:
    """Set what one person may do alone from now on; requests that wait keep the limit they were asked under.

    `amount` is text in the major unit (for `*` with two decimals); empty withdraws the rule. `expires_hours` is text,
    empty for the setting's. With `version` nobody may have changed the rule since. Raises Invalid for an unknown
    action or currency, a negative amount, a time outside 1 to 720 hours and without a reason.
    """
    actor.ensure(Permission.approval_limits_write)
    known, code = _action(action), _currency(currency)
    minor = _amount(amount, code)
    hours = _hours(expires_hours)
    text = _reason(reason)
    lock_name(session, f"approval_limit:{known}:{code}")
    before = _newest(session, known, code)
    ensure_version(version, before.version if before else 0, "approval limit")
    row = ApprovalLimit(
        action=known,
        currency=code,
        amount_minor=minor,
        expires_hours=hours,
        version=before.version + 1 if before else 1,
        reason=text,
        set_by=actor.name,
    )
    session.add(row)
    session.flush()
    _record(session, actor, row, before)
    return row


def _record(session: Session, actor: Actor, row: ApprovalLimit, before: ApprovalLimit | None) -> None:
    label = f"{ACTIONS[LimitedAction(row.action)].label} {row.currency}"
    record_event(
        session,
        actor,
        events.LIMIT_CHANGED,
        Subject("approval_limit", row.id, label),
        reason=row.reason,
        before=_payload(before) if before else None,
        after=_payload(row),
    )


def _payload(row: ApprovalLimit) -> dict[str, object]:
    return {
        "action": row.action,
        "currency": row.currency,
        "amount_minor": row.amount_minor,
        "expires_hours": row.expires_hours,
        "version": row.version,
    }


def _newest(session: Session, action: LimitedAction, currency: str) -> ApprovalLimit | None:
    statement = (
        select(ApprovalLimit)
        .where(ApprovalLimit.action == action, ApprovalLimit.currency == currency)
        .order_by(col(ApprovalLimit.version).desc())
    )
    return session.exec(statement).first()


def _reason(text: str) -> str:
    plain = " ".join(text.split())
    if not plain or len(plain) > MAX_REASON or not can_store_text(plain):
        raise Invalid("approval_limit.no_reason", "Give a reason; it stands in the history.", field="reason")
    return plain


def _action(text: str) -> LimitedAction:
    if text not in set(LimitedAction):
        raise Invalid("approval_limit.unknown_action", "Choose what the limit is for.", field="action")
    return LimitedAction(text)


def _currency(text: str) -> str:
    code = text.strip().upper()
    if code == ANY_CURRENCY:
        return code
    if len(code) != len("EUR") or not (code.isascii() and code.isalpha()):
        raise Invalid(
            "approval_limit.unknown_currency",
            "Give the currency by its code, e.g. EUR, or * for any other.",
            field="currency",
        )
    exponent(code)
    return code


def _amount(text: str, currency: str) -> int | None:
    if not text.strip():
        return None
    minor = Money.parse(text, TYPICAL if currency == ANY_CURRENCY else currency).minor
    if minor < 0:
        raise Invalid(
            "approval_limit.negative",
            "A limit is zero or more. At 0 every amount needs a second person.",
            field="amount",
        )
    return minor


def _hours(text: str) -> int | None:
    plain = text.strip()
    if not plain:
        return None
    if not plain.isascii() or not plain.isdigit() or not 1 <= int(plain[:9]) <= LONGEST_HOURS:
        raise Invalid(
            "approval_limit.hours_out_of_bounds",
            f"A request waits 1 to {LONGEST_HOURS} hours. Give a whole number.",
            field="expires_hours",
        )
    return int(plain)
