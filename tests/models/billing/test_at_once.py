"""Two people act on one invoice at the same moment: exactly one of them gets through."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from models.billing import Invoice, Payment, record_payment, void_invoice
from models.kernel import clock
from models.kernel.database import read_session, unit_of_work
from models.kernel.errors import DomainError
from models.kernel.events import Event
from tests.factories.accounts import anybody
from tests.factories.billing import make_invoice
from tests.fixtures.clock import NOON

Change = Callable[[Session, UUID], object]


def _void(session: Session, invoice_id: UUID) -> object:
    return void_invoice(session, anybody(), invoice_id=invoice_id, reason="Billed twice")


def _pay(amount: str, key: str = "") -> Change:
    def pay(session: Session, invoice_id: UUID) -> object:
        with clock.pinned(NOON):
            return record_payment(
                session,
                anybody(),
                invoice_id=invoice_id,
                amount=amount,
                received_on=date(2026, 3, 17),
                channel="cash",
                reference="",
                request_key=key,
            )

    return pay


def _together(invoice_id: UUID, *changes: Change) -> list[str]:
    """Both start at once; what became of each, in words."""
    barrier = threading.Barrier(len(changes))

    def run(change: Change) -> str:
        barrier.wait()
        try:
            with unit_of_work() as session:
                change(session, invoice_id)
        except DomainError as refusal:
            return refusal.code
        return "done"

    with ThreadPoolExecutor(len(changes)) as pool:
        return sorted(pool.map(run, changes))


def _made(total: int = 10_000) -> UUID:
    with unit_of_work() as session:
        return make_invoice(session, total=total).id


def _now(invoice_id: UUID) -> tuple[str, int, int, int]:
    """Status, paid, number of payments, number of events."""
    with read_session() as session:
        invoice = session.get_one(Invoice, invoice_id)
        payments, events = session.exec(select(Payment)).all(), session.exec(select(Event)).all()
        assert sum(each.amount_minor for each in payments) == invoice.paid_minor
        return invoice.status, invoice.paid_minor, len(payments), len(events)


@pytest.mark.parametrize("_round", range(3))
def test_two_voids_are_one(database: Engine, _round: int) -> None:
    invoice_id = _made()
    assert _together(invoice_id, _void, _void) == ["done", "invoice.already_void"]
    assert _now(invoice_id) == ("void", 0, 0, 1)


@pytest.mark.parametrize("_round", range(3))
def test_a_payment_and_a_void_exclude_each_other(database: Engine, _round: int) -> None:
    invoice_id = _made()
    outcome = _together(invoice_id, _void, _pay("100"))
    expected = {
        ("done", "invoice.has_payments"): ("paid", 10_000, 1, 2),
        ("done", "invoice.not_payable"): ("void", 0, 0, 1),
    }
    assert _now(invoice_id) == expected[(outcome[0], outcome[1])]


@pytest.mark.parametrize("_round", range(3))
def test_two_payments_never_exceed_what_is_due(database: Engine, _round: int) -> None:
    invoice_id = _made()
    assert _together(invoice_id, _pay("60"), _pay("60")) == ["done", "payment.too_much"]
    assert _now(invoice_id) == ("open", 6_000, 1, 1)


@pytest.mark.parametrize("_round", range(3))
def test_a_form_sent_twice_at_once_is_one_payment(database: Engine, _round: int) -> None:
    invoice_id = _made()
    assert _together(invoice_id, *[_pay("10", "form-1")] * 4) == ["done"] * 4
    assert _now(invoice_id) == ("open", 1_000, 1, 1)


def test_many_small_payments_at_once_all_count(database: Engine) -> None:
    invoice_id = _made()
    assert _together(invoice_id, *[_pay("10")] * 10) == ["done"] * 10
    assert _now(invoice_id) == ("paid", 10_000, 10, 11)
