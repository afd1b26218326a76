"""Recording a payment made outside: in the invoice's currency, once, and never more than is due."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from models.billing import Invoice, InvoiceStatus, Payment, get_invoice, record_payment
from models.kernel.actor import MissingPermission
from models.kernel.errors import Conflict, Invalid, NotFound
from models.kernel.events import Event
from models.kernel.permissions import Permission, Scope
from tests.factories.accounts import actor_with, anybody, make_staff, make_tenant
from tests.factories.billing import make_invoice
from tests.fixtures.clock import NOON, FrozenClock

TODAY = NOON.date()


def _pay(session: Session, invoice: Invoice, amount: str, **facts: Any) -> Payment:
    given = {
        "received_on": TODAY,
        "channel": "bank_transfer",
        "reference": "",
        "request_key": "",
        **facts,
    }
    return record_payment(
        session, given.pop("actor", anybody()), invoice_id=invoice.id, amount=amount, **given
    )


@pytest.fixture(autouse=True)
def _now(frozen: FrozenClock) -> None:
    """Payments are checked against today."""


def test_a_part_is_paid_and_the_rest_stays_due(session: Session) -> None:
    invoice = make_invoice(session, total=10_000)
    _pay(session, invoice, "30.50", reference="  TR  4711 ", received_on=date(2026, 3, 10))
    detail = get_invoice(session, anybody(), invoice.id)
    assert (detail.row.status, detail.row.paid_minor, detail.row.due_minor) == ("open", 3_050, 6_950)
    assert [(each.amount_minor, each.reference) for each in detail.payments] == [(3_050, "TR 4711")]
    event = session.exec(select(Event)).one()
    assert (event.name, event.subject_id, event.tenant_id) == (
        "payment.recorded",
        invoice.id,
        invoice.tenant_id,
    )
    assert event.before == {"paid_minor": 0, "due_minor": 10_000, "currency": "USD"}
    assert event.after == {
        "amount_minor": 3_050,
        "currency": "USD",
        "channel": "bank_transfer",
        "received_on": "2026-03-10",
        "reference": "TR 4711",
        "paid_minor": 3_050,
        "due_minor": 6_950,
    }


def test_the_last_part_pays_the_invoice(session: Session) -> None:
    invoice = make_invoice(session, total=10_000)
    _pay(session, invoice, "99.99")
    _pay(session, invoice, "0.01")
    assert (invoice.status, invoice.paid_minor, invoice.paid_at) == ("paid", 10_000, NOON)
    assert get_invoice(session, anybody(), invoice.id).row.due_minor == 0
    events = session.exec(select(Event).order_by(Event.id)).all()  # type: ignore[arg-type]
    assert [each.name for each in events] == ["payment.recorded", "payment.recorded", "invoice.paid"]
    assert events[-1].after == {"status": "paid", "paid_minor": 10_000, "currency": "USD"}
    with pytest.raises(Conflict, match="paid in full") as refusal:
        _pay(session, invoice, "1")
    assert refusal.value.code == "invoice.already_paid"


@pytest.mark.parametrize(("currency", "amount", "minor"), [("JPY", "1,234", 1_234), ("KWD", "1.234", 1_234)])
def test_amounts_are_in_the_invoices_own_currency(
    session: Session, currency: str, amount: str, minor: int
) -> None:
    invoice = make_invoice(session, tenant=make_tenant(session, currency=currency), total=5_000)
    payment = _pay(session, invoice, amount)
    assert (payment.amount_minor, payment.currency) == (minor, currency)


@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({"amount": "100.01"}, "payment.too_much", "amount"),
        ({"amount": "99999999999999"}, "payment.too_much", "amount"),
        ({"amount": "0"}, "payment.not_positive", "amount"),
        ({"amount": "-5"}, "payment.not_positive", "amount"),
        ({"amount": "1.005"}, "money.too_precise", "amount"),
        ({"amount": "1,50"}, "money.unreadable", "amount"),
        ({"amount": "1e999999"}, "money.unreadable", "amount"),
        ({"amount": "all of it"}, "money.unreadable", "amount"),
        ({"channel": "barter"}, "payment.unknown_channel", "channel"),
        ({"channel": ""}, "payment.unknown_channel", "channel"),
        ({"received_on": TODAY + timedelta(days=2)}, "payment.in_future", "received_on"),
        ({"received_on": date(9999, 12, 31)}, "payment.in_future", "received_on"),
        ({"received_on": date(2025, 2, 27)}, "payment.too_early", "received_on"),
        ({"received_on": date(1, 1, 1)}, "payment.too_early", "received_on"),
    ],
)
def test_a_field_that_cannot_be_right_is_named_and_nothing_is_kept(
    session: Session, facts: dict[str, Any], code: str, field: str
) -> None:
    invoice = make_invoice(session, total=10_000, issued_on=date(2026, 3, 1))
    with pytest.raises(Invalid) as refusal:
        _pay(session, invoice, **{"amount": "5", **facts})
    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert session.exec(select(Payment)).all() == []
    assert session.exec(select(Event)).all() == []
    assert invoice.version == 1


def test_too_much_is_refused_with_what_is_due(session: Session) -> None:
    invoice = make_invoice(session, total=10_000, paid=4_000)
    with pytest.raises(Invalid, match=r"60\.01 USD is more than the 60\.00 USD that are due"):
        _pay(session, invoice, "60.01")


def test_tomorrow_is_fine_for_somebody_east_of_us(session: Session) -> None:
    assert (
        _pay(session, make_invoice(session), "1", received_on=TODAY + timedelta(days=1)).amount_minor == 100
    )


@pytest.mark.parametrize("status", [InvoiceStatus.draft, InvoiceStatus.void])
def test_only_a_demand_takes_money(session: Session, status: InvoiceStatus) -> None:
    invoice = make_invoice(session, status=status)
    with pytest.raises(Conflict, match="takes no payment") as refusal:
        _pay(session, invoice, "1")
    assert refusal.value.code == "invoice.not_payable"


def test_the_same_form_sent_twice_is_one_payment(session: Session) -> None:
    invoice = make_invoice(session, total=10_000)
    first = _pay(session, invoice, "40", request_key="form-1")
    again = _pay(session, invoice, "40", request_key="form-1")
    assert again.id == first.id
    assert invoice.paid_minor == 4_000
    assert len(session.exec(select(Event)).all()) == 1
    _pay(session, invoice, "60", request_key="form-2")
    assert _pay(session, invoice, "60", request_key="form-2").amount_minor == 6_000
    assert invoice.status == InvoiceStatus.paid
    assert len(session.exec(select(Payment)).all()) == 2


def test_forms_without_a_key_are_payments_of_their_own(session: Session) -> None:
    invoice = make_invoice(session, total=10_000)
    assert _pay(session, invoice, "10").id != _pay(session, invoice, "10").id


def test_a_form_of_another_invoice_is_refused(session: Session) -> None:
    tenant = make_tenant(session)
    first, second = make_invoice(session, tenant=tenant), make_invoice(session, tenant=tenant)
    _pay(session, first, "10", request_key="form-1")
    with pytest.raises(Conflict, match="another invoice") as refusal:
        _pay(session, second, "10", request_key="form-1")
    assert refusal.value.code == "payment.key_reused"
    assert second.paid_minor == 0


def test_a_long_reference_is_cut_as_banks_do(session: Session) -> None:
    assert len(_pay(session, make_invoice(session), "1", reference="x" * 500).reference) == 140


def test_nobody_records_without_the_permission_or_out_of_reach(session: Session) -> None:
    manager = make_staff(session)
    theirs = make_invoice(session)
    with pytest.raises(MissingPermission, match="payments:record"):
        _pay(session, theirs, "1", actor=actor_with(Permission.invoices_read, Permission.invoices_void))
    with pytest.raises(NotFound):
        _pay(session, theirs, "1", actor=actor_with(*Permission, scope=Scope.own, user=manager))
    mine = make_invoice(session, tenant=make_tenant(session, owner_id=manager.id))
    _pay(session, mine, "1", actor=actor_with(*Permission, scope=Scope.own, user=manager))
    assert (mine.paid_minor, theirs.paid_minor) == (100, 0)
