"""Money that is here already is entered in full, once, whatever became of the invoice it was meant for."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from models.billing import (
    Incoming,
    Invoice,
    PaymentChannel,
    apply_incoming,
    balance_of,
    void_invoice,
    write_off_invoice,
)
from models.billing.queries.statement import get_statement
from models.kernel.errors import Conflict
from models.kernel.events import Event
from models.kernel.money import Money
from tests.factories.accounts import anybody
from tests.factories.billing import make_invoice
from tests.fixtures.clock import NOON, FrozenClock


@pytest.fixture(autouse=True)
def _now(frozen: FrozenClock) -> None:
    """Money arrives today."""


def _arrives(session: Session, invoice: Invoice, minor: int, currency: str = "USD") -> Incoming:
    return apply_incoming(
        session,
        anybody(),
        invoice_id=invoice.id,
        amount=Money(minor, currency),
        channel=PaymentChannel.card,
        received_on=NOON.date(),
        reference="pi_1",
        request_key="charge:1",
    )


def _leave(_session: Session, _invoice: Invoice) -> None:
    """Still open."""


def _void(session: Session, invoice: Invoice) -> None:
    void_invoice(session, anybody(), invoice_id=invoice.id, reason="made twice")


def _write_off(session: Session, invoice: Invoice) -> None:
    write_off_invoice(session, anybody(), invoice_id=invoice.id, reason="not_received", note="")


@pytest.mark.parametrize(
    ("before", "minor", "applied", "kept", "status"),
    [
        (_leave, 4_000, 4_000, 0, "open"),
        (_leave, 10_000, 10_000, 0, "paid"),
        (_leave, 10_001, 10_000, 1, "paid"),
        (_void, 10_000, 0, 10_000, "void"),
        (_write_off, 10_000, 10_000, 0, "paid"),
        (_write_off, 12_000, 10_000, 2_000, "paid"),
    ],
)
def test_what_is_due_goes_to_the_invoice_and_the_rest_to_the_balance(
    session: Session,
    before: Callable[[Session, Invoice], Any],
    minor: int,
    applied: int,
    kept: int,
    status: str,
) -> None:
    invoice = make_invoice(session, total=10_000)
    before(session, invoice)
    came = _arrives(session, invoice, minor)
    assert (came.applied.minor, came.to_balance.minor, invoice.status) == (applied, kept, status)
    assert (came.payment_id is None) == (applied == 0)
    assert balance_of(session, invoice.tenant_id, "USD") == kept
    again = _arrives(session, invoice, minor)
    assert again == came, "reported twice is entered once"
    assert balance_of(session, invoice.tenant_id, "USD") == kept
    overpaid = session.exec(select(Event).where(Event.name == "payment.overpaid")).all()
    assert [each.after["amount_minor"] for each in overpaid if each.after] == ([kept] if kept else [])


def test_the_statement_shows_what_was_paid_beyond_the_invoice(session: Session) -> None:
    invoice = make_invoice(session, total=10_000)
    _arrives(session, invoice, 10_500)
    statement = get_statement(
        session,
        anybody(),
        tenant_id=invoice.tenant_id,
        currency="USD",
        from_on=date(2026, 1, 1),
        last_on=NOON.date() + timedelta(days=1),
    )
    assert statement.closing.minor == -500


def test_another_currency_is_refused(session: Session) -> None:
    invoice = make_invoice(session, total=10_000)
    with pytest.raises(Conflict, match="Convert it first"):
        _arrives(session, invoice, 10_000, "EUR")
