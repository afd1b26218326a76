"""Charging an invoice by hand: what it would do, and doing exactly that."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from models.accounts import get_scoped, lock_scoped
from models.billing import Invoice, PreviewStale
from models.integrations.stripe import MethodKind
from models.kernel.actor import Actor
from models.kernel.errors import Invalid
from models.kernel.money import Money
from models.kernel.permissions import Permission
from models.payments.errors import NoMethod, ensure_within
from models.payments.operations.charges import ensure_chargeable, request_charge
from models.payments.rules.method_words import method_words
from models.payments.tables import Charge, ChargeCause, MethodStatus, PaymentMethod


@dataclass(frozen=True, slots=True)
class MethodChoice:
    """A method to charge; `failure` says why its last charge was refused, else ""."""

    id: UUID
    words: str
    is_default: bool
    failure: str


@dataclass(frozen=True, slots=True)
class ChargePreview:
    """What charging would do; `left` stays due after a success, `takes_days` for a debit of an account."""

    number: str
    amount: Money
    due: Money
    left: Money
    method: MethodChoice
    methods: tuple[MethodChoice, ...]
    takes_days: bool
    token: str


def preview_charge(
    session: Session,
    actor: Actor,
    *,
    invoice_id: UUID,
    payment_method_id: UUID | None = None,
    amount: str = "",
) -> ChargePreview:
    """What `charge_invoice` would do now: all that is due with the default method unless told otherwise.

    `amount` is text in the major unit. Raises Conflict where nothing is due, a charge is under way or there is no
    method; Invalid for an amount beyond what is due or a method of somebody else.
    """
    invoice = get_scoped(session, actor, Invoice, invoice_id, Permission.payments_charge)
    return _preview(session, invoice, payment_method_id, amount)


def charge_invoice(
    session: Session,
    actor: Actor,
    *,
    invoice_id: UUID,
    payment_method_id: UUID,
    amount: str,
    request_key: str,
    token: str,
) -> Charge:
    """Ask for the charge as previewed; with another world than the preview's it is refused as stale.

    The same `request_key` twice is one charge.
    """
    invoice = lock_scoped(session, actor, Invoice, invoice_id, Permission.payments_charge)
    known = session.exec(select(Charge).where(Charge.request_key == request_key)).first()
    if known is not None:
        return known
    found = _preview(session, invoice, payment_method_id, amount)
    if found.token != token:
        raise PreviewStale(f"Invoice {invoice.number} has changed since you looked.")
    return request_charge(
        session,
        actor,
        invoice_id=invoice_id,
        payment_method_id=payment_method_id,
        amount_minor=found.amount.minor,
        cause=ChargeCause.hand,
        request_key=request_key,
    )


def _preview(session: Session, invoice: Invoice, method_id: UUID | None, amount: str) -> ChargePreview:
    ensure_chargeable(session, invoice)
    methods = _methods(session, invoice.tenant_id)
    if not methods:
        raise NoMethod(invoice.tenant_id)
    chosen = next((each for each in methods if each.id == method_id), None) if method_id else methods[0]
    if chosen is None:
        raise Invalid(
            "charge.unknown_method", "This method is gone. Choose another one.", field="payment_method"
        )
    due = Money(invoice.due_minor, invoice.currency)
    money = ensure_within(Money.parse(amount, due.currency).minor if amount.strip() else due.minor, due)
    choices = tuple(_choice(each) for each in methods)
    facts = f"{invoice.id}|{invoice.version}|{due.minor}|{money.minor}|{chosen.id}|{chosen.status}"
    return ChargePreview(
        invoice.number,
        money,
        due,
        due - money,
        _choice(chosen),
        choices,
        chosen.kind in {MethodKind.sepa_debit, MethodKind.us_bank_account},
        hashlib.sha256(facts.encode()).hexdigest(),
    )


def _methods(session: Session, tenant_id: UUID) -> list[PaymentMethod]:
    """The default first, those that fail last: a person may insist on one."""
    statement = select(PaymentMethod).where(
        PaymentMethod.tenant_id == tenant_id, PaymentMethod.status != MethodStatus.removed
    )
    found = session.exec(statement.order_by(col(PaymentMethod.is_default).desc(), col(PaymentMethod.id)))
    return sorted(found, key=lambda each: each.status == MethodStatus.failing)


def _choice(method: PaymentMethod) -> MethodChoice:
    return MethodChoice(
        method.id,
        method_words(method.kind, method.brand, method.last4),
        method.is_default,
        method.failure if method.status == MethodStatus.failing else "",
    )
