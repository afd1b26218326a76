"""The customer's balance: money we hold in their favour, a ledger for each currency whose rows never change."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlmodel import Session, col, func, select

from models.accounts import Tenant, get_scoped, lock_scoped
from models.billing import events
from models.billing.operations.reasons import ensure_reason
from models.billing.tables import BalanceEntry, BalanceKind
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import Conflict, Invalid
from models.kernel.events import Subject, record_event
from models.kernel.locking import lock_name
from models.kernel.money import Money, exponent
from models.kernel.permissions import Permission
from models.limits import LimitedAction, ensure_alone

# What is given within this counts together, so that parts do not pass beneath the limit.
GIVEN_TOGETHER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class BalancePreview:
    """What an adjustment would do; `token` pins the ledger it was computed from.

    `given` is what the customer was given by hand in the last 24 hours, with this: it is measured against the limit
    of credits. It is zero where balance is taken back.
    """

    before: Money
    change: Money
    after: Money
    given: Money
    token: str


def balance_of(session: Session, tenant_id: UUID, currency: str) -> int:
    """The customer's balance in minor units; positive is in their favour."""
    statement = select(func.coalesce(func.sum(BalanceEntry.amount_minor), 0)).where(
        BalanceEntry.tenant_id == tenant_id, BalanceEntry.currency == currency
    )
    return int(session.exec(statement).one())


def lock_balance(session: Session, tenant_id: UUID, currency: str) -> int:
    """The balance, which nobody else moves until the transaction ends."""
    lock_name(session, f"balance:{tenant_id}:{currency}")
    session.flush()
    return balance_of(session, tenant_id, currency)


def move_balance(
    session: Session,
    *,
    tenant_id: UUID,
    change: Money,
    kind: BalanceKind,
    invoice_id: UUID | None = None,
    credit_note_id: UUID | None = None,
    reason: str = "",
    request_key: str = "",
) -> BalanceEntry:
    """Enter one movement into the ledger, under the lock of customer and currency; never below zero."""
    before = Money(lock_balance(session, tenant_id, change.currency), change.currency)
    after = before + change
    if after.minor < 0:
        raise Conflict(
            "balance.too_low",
            f"The customer's balance is {before.format()} and {(-change).format()} would be taken. "
            f"Take at most {before.format()}.",
        )
    entry = BalanceEntry(
        tenant_id=tenant_id,
        kind=kind,
        currency=change.currency,
        amount_minor=change.minor,
        balance_after_minor=after.minor,
        invoice_id=invoice_id,
        credit_note_id=credit_note_id,
        reason=reason,
        request_key=request_key,
    )
    session.add(entry)
    session.flush()
    return entry


def preview_adjustment(
    session: Session, actor: Actor, *, tenant_id: UUID, amount: str, currency: str
) -> BalancePreview:
    """What `adjust_balance` would do now; raises the same refusals."""
    get_scoped(session, actor, Tenant, tenant_id, Permission.balances_write)
    change = _change(amount, currency)
    before = Money(balance_of(session, tenant_id, currency), currency)
    after = before + change
    if after.minor < 0:
        raise Invalid(
            "balance.below_zero",
            f"The balance is {before.format()}; it cannot go below zero. Take at most {before.format()}.",
            field="amount",
        )
    given = _given(session, tenant_id, change)
    return BalancePreview(before, change, after, given, _token(session, tenant_id, currency))


def adjust_balance(
    session: Session,
    actor: Actor,
    *,
    tenant_id: UUID,
    amount: str,
    currency: str,
    reason: str,
    token: str = "",
) -> BalanceEntry:
    """Give a customer balance, or with a negative amount take it back; the ledger keeps the reason.

    With a preview's `token` the ledger must still be what the preview showed, so that one form moves it once.
    Raises Conflict where it is not or where the balance would go below zero, ApprovalNeeded where all that is given
    by hand within 24 hours is more than one person may credit alone.
    """
    tenant = lock_scoped(session, actor, Tenant, tenant_id, Permission.balances_write)
    change = _change(amount, currency)
    text = ensure_reason(reason)
    before = lock_balance(session, tenant_id, currency)
    if token and token != _token(session, tenant_id, currency):
        raise Conflict(
            "balance.changed",
            "The balance has moved since the preview. Look at the ledger, then at the new preview.",
        )
    ensure_alone(session, actor, LimitedAction.credit, _given(session, tenant_id, change), tenant.id)
    entry = move_balance(
        session, tenant_id=tenant_id, change=change, kind=BalanceKind.adjustment, reason=text
    )
    record_event(
        session,
        actor,
        events.BALANCE_ADJUSTED,
        Subject("tenant", tenant.id, tenant.name, tenant.id),
        reason=text,
        before={"balance_minor": before, "currency": currency},
        after={"balance_minor": entry.balance_after_minor, "currency": currency},
    )
    return entry


def _given(session: Session, tenant_id: UUID, change: Money) -> Money:
    """With this change, all that was given by hand lately; nothing where it is taken back."""
    if change.minor < 0:
        return Money(0, change.currency)
    statement = select(func.coalesce(func.sum(BalanceEntry.amount_minor), 0)).where(
        BalanceEntry.tenant_id == tenant_id,
        BalanceEntry.currency == change.currency,
        BalanceEntry.kind == BalanceKind.adjustment,
        BalanceEntry.amount_minor > 0,
        BalanceEntry.created_at > clock.now() - GIVEN_TOGETHER,
    )
    return change + Money(int(session.exec(statement).one()), change.currency)


def _change(amount: str, currency: str) -> Money:
    ensure_currency(currency)
    change = Money.parse(amount, currency)
    if change.minor == 0:
        raise Invalid(
            "balance.nothing_moved", "Give an amount other than zero, e.g. 25.00 or -25.00.", field="amount"
        )
    return change


def ensure_currency(currency: str) -> None:
    """Refuse what is not the code of a currency."""
    if len(currency) != len("EUR") or not (currency.isascii() and currency.isalpha() and currency.isupper()):
        raise Invalid("currency.unreadable", "Give the currency by its code, e.g. EUR.", field="currency")
    exponent(currency)


def _token(session: Session, tenant_id: UUID, currency: str) -> str:
    statement = select(func.count(col(BalanceEntry.id))).where(
        BalanceEntry.tenant_id == tenant_id, BalanceEntry.currency == currency
    )
    moves = session.exec(statement).one()
    facts = f"{tenant_id}|{currency}|{moves}|{balance_of(session, tenant_id, currency)}"
    return hashlib.sha256(facts.encode()).hexdigest()
