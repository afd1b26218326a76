"""Two people of finance, and requests that one makes of the other."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from models.accounts import actor_for
from models.approvals import ApprovalRequest, Order, VoidOrder, request_approval
from models.billing import Invoice, record_payment
from models.integrations.stripe import PaymentStatus
from models.kernel.actor import Actor
from models.kernel.columns import new_id
from models.kernel.errors import DomainError
from models.kernel.events import Event
from models.payments import Charge, ChargeCause, apply_payment_state, request_charge
from tests.factories.accounts import anybody, make_staff, make_tenant
from tests.factories.billing import make_invoice
from tests.factories.payments import ACTOR, give_methods, vendor_payment

# The least above the default limit, in minor units.
ABOVE = 1_000_001


def make_person(session: Session, role: str = "finance", name: str = "Felix Okafor") -> Actor:
    """A member of staff with the grants of a built-in role."""
    return actor_for(session, make_staff(session, role=role, name=name).id)


def ask(session: Session, asker: Actor, order: Order, request_id: UUID | None = None) -> ApprovalRequest:
    """A request as a dialog makes it."""
    return request_approval(session, asker, order=order, request_id=request_id or new_id())


def ask_void(session: Session, asker: Actor, invoice: Invoice | None = None) -> ApprovalRequest:
    """A request to void an invoice of 10,000.01."""
    found = invoice or make_invoice(session, total=ABOVE)
    return ask(session, asker, VoidOrder(found.id, "Billed twice"))


def names(session: Session) -> list[str]:
    """The events so far."""
    return [each.name for each in session.exec(select(Event).order_by(col(Event.id)))]


def refused(code: str, action: Callable[..., Any], *arguments: Any, **facts: Any) -> DomainError:
    """The refusal of this code."""
    with pytest.raises(DomainError) as caught:
        action(*arguments, **facts)
    assert caught.value.code == code
    assert caught.value.sentence.endswith(".")
    return caught.value


def pay(session: Session, invoice: Invoice, amount: str) -> None:
    """Money that came in outside."""
    record_payment(
        session,
        anybody(),
        invoice_id=invoice.id,
        amount=amount,
        received_on=invoice.issued_on,
        channel="other",
        reference="",
        request_key="",
    )


def charged(session: Session, total: int) -> Charge:
    """A charge that brought this much through a saved card."""
    tenant = make_tenant(session)
    give_methods(session, tenant)
    invoice = make_invoice(session, tenant=tenant, total=total)
    asked = request_charge(session, ACTOR, invoice_id=invoice.id, cause=ChargeCause.rule)
    found = vendor_payment(asked, PaymentStatus.succeeded)
    return apply_payment_state(session, ACTOR, charge_id=asked.id, found=found)
