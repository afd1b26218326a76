"""An invoice is charged once, whatever is asked for at once and in whatever order Stripe's words arrive."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import permutations
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from models.accounts import Tenant
from models.billing import Invoice, Payment, balance_of, record_payment, void_invoice
from models.integrations.stripe import PaymentStatus
from models.kernel.actor import MissingPermission
from models.kernel.database import unit_of_work
from models.kernel.errors import Conflict, DomainError, Invalid, NotFound
from models.kernel.events import Event
from models.kernel.permissions import Permission, Scope
from models.payments import (
    Charge,
    ChargeCause,
    apply_payment_state,
    claim_charge,
    fail_charge,
    note_unknown,
    read_decline,
    request_charge,
)
from models.payments.tables import MethodStatus, PaymentMethod
from tests.factories.accounts import actor_with, anybody, make_staff, make_tenant
from tests.factories.billing import make_invoice
from tests.factories.payments import ACTOR, declined, give_methods, vendor_payment
from tests.fixtures.clock import NOON, FrozenClock


@pytest.fixture(autouse=True)
def _now(frozen: FrozenClock) -> None:
    """Leases and pauses are counted from here."""


def _charge(session: Session, methods: int = 1, total: int = 10_000) -> tuple[Invoice, Charge]:
    tenant = make_tenant(session)
    give_methods(session, tenant, methods)
    invoice = make_invoice(session, tenant=tenant, total=total)
    return invoice, request_charge(session, ACTOR, invoice_id=invoice.id, cause=ChargeCause.rule)


def _names(session: Session, invoice: Invoice) -> list[str]:
    events = session.exec(select(Event).where(Event.subject_id == invoice.id).order_by(Event.id))  # type: ignore[arg-type]
    return [each.name for each in events]


def test_what_is_due_is_charged_with_the_default_and_entered_once(session: Session) -> None:
    invoice, charge = _charge(session)
    assert (charge.amount_minor, charge.status) == (10_000, "requested")
    order = claim_charge(session, ACTOR, charge_id=charge.id)
    assert order is not None
    assert (order.key, order.amount.minor, order.is_repeat) == (f"charge-{charge.id}", 10_000, False)
    assert claim_charge(session, ACTOR, charge_id=charge.id) is None, "it is in other hands"
    found = vendor_payment(charge, PaymentStatus.succeeded, fee_minor=310, fee_currency="USD")
    for _ in range(3):
        apply_payment_state(session, ACTOR, charge_id=charge.id, found=found)
    assert (invoice.status, invoice.paid_minor, charge.status, charge.fee_minor) == (
        "paid",
        10_000,
        "succeeded",
        310,
    )
    assert len(session.exec(select(Payment)).all()) == 1
    assert _names(session, invoice) == [
        "charge.requested",
        "payment.recorded",
        "invoice.paid",
        "charge.succeeded",
    ]


def test_one_attempt_at_a_time(session: Session) -> None:
    invoice, charge = _charge(session)
    with pytest.raises(Conflict) as refusal:
        request_charge(session, ACTOR, invoice_id=invoice.id, cause=ChargeCause.hand)
    assert refusal.value.code == "charge.under_way"
    apply_payment_state(session, ACTOR, charge_id=charge.id, found=declined(charge))
    again = request_charge(session, ACTOR, invoice_id=invoice.id, cause=ChargeCause.hand, request_key="form")
    same = request_charge(session, ACTOR, invoice_id=invoice.id, cause=ChargeCause.hand, request_key="form")
    assert same is again


def test_two_people_at_once_make_one_charge(database: Engine) -> None:
    with unit_of_work() as session:
        tenant = make_tenant(session)
        give_methods(session, tenant)
        invoice_id = make_invoice(session, tenant=tenant, total=10_000).id

    def press(_number: int) -> str:
        try:
            with unit_of_work() as session:
                request_charge(session, anybody(), invoice_id=invoice_id, cause=ChargeCause.hand)
        except DomainError as error:
            return error.code
        return "asked"

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(press, range(4)))
    assert answers == ["asked", *["charge.under_way"] * 3]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_any_order_and_repetition_ends_in_the_same_state(session: Session, order: tuple[int, ...]) -> None:
    invoice, charge = _charge(session)
    seen = [
        vendor_payment(charge, PaymentStatus.processing),
        declined(charge),
        vendor_payment(charge, PaymentStatus.succeeded),
    ]
    for position in (*order, *reversed(order)):
        apply_payment_state(session, ACTOR, charge_id=charge.id, found=seen[position])
    assert (charge.status, invoice.status, invoice.paid_minor) == ("succeeded", "paid", 10_000)
    assert charge.sentence == ""


def test_a_failure_falls_back_to_the_next_method_and_each_is_tried_once(session: Session) -> None:
    invoice, first = _charge(session, methods=3)
    tried = []
    charge: Charge | None = first
    while charge is not None:
        tried.append(charge.payment_method_id)
        apply_payment_state(session, ACTOR, charge_id=charge.id, found=declined(charge))
        charge = session.exec(
            select(Charge).where(Charge.invoice_id == invoice.id, Charge.status == "requested")
        ).first()
    assert len(tried) == len(set(tried)) == 3
    failed = [each for each in session.exec(select(Event)) if each.name == "charge.failed"]
    assert [(each.after or {})["falls_back"] for each in failed] == [True, True, False]


def test_a_chosen_method_is_the_one_that_is_charged(session: Session) -> None:
    tenant = make_tenant(session)
    _, second = give_methods(session, tenant, 2)
    invoice = make_invoice(session, tenant=tenant, total=10_000)
    charge = request_charge(
        session, ACTOR, invoice_id=invoice.id, payment_method_id=second.id, cause=ChargeCause.hand
    )
    assert charge.payment_method_id == second.id
    apply_payment_state(session, ACTOR, charge_id=charge.id, found=declined(charge))
    assert [each.id for each in session.exec(select(Charge))] == [charge.id], "a person meant that one"


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        ("insufficient_funds", MethodStatus.usable),
        ("authentication_required", MethodStatus.usable),
        ("expired_card", MethodStatus.failing),
        ("stolen_card", MethodStatus.failing),
    ],
)
def test_a_method_refused_for_good_waits_for_its_owner(
    session: Session, reason: str, status: MethodStatus
) -> None:
    _, charge = _charge(session, methods=2)
    method = session.get_one(PaymentMethod, charge.payment_method_id)
    apply_payment_state(session, ACTOR, charge_id=charge.id, found=declined(charge, reason))
    assert method.status == status
    assert method.is_default == (status is MethodStatus.usable)
    assert method.failure == read_decline(reason).sentence


def test_an_unknown_outcome_keeps_its_key_and_is_asked_again_later_and_later(
    session: Session, frozen: FrozenClock
) -> None:
    _, charge = _charge(session)
    keys, waits = [], []
    for _ in range(4):
        order = claim_charge(session, ACTOR, charge_id=charge.id)
        assert order is not None
        keys.append(order.key)
        note_unknown(session, ACTOR, charge_id=charge.id, sentence="No answer.")
        assert claim_charge(session, ACTOR, charge_id=charge.id) is None, "not yet"
        assert charge.check_at is not None
        waits.append(charge.check_at - frozen.now)
        frozen.move_to(charge.check_at)
    assert len(set(keys)) == 1
    assert waits == sorted(set(waits)), "later and later"
    frozen.move_to(NOON + timedelta(days=2))
    order = claim_charge(session, ACTOR, charge_id=charge.id)
    assert order is not None
    assert order.is_last, "Stripe will forget the key: calling again could charge twice"


def test_money_that_came_after_the_invoice_was_settled_goes_to_the_balance(session: Session) -> None:
    invoice, charge = _charge(session)
    claim_charge(session, ACTOR, charge_id=charge.id)
    record_payment(
        session,
        anybody(),
        invoice_id=invoice.id,
        amount="100.00",
        received_on=NOON.date(),
        channel="bank_transfer",
        reference="",
        request_key="",
    )
    apply_payment_state(
        session, ACTOR, charge_id=charge.id, found=vendor_payment(charge, PaymentStatus.succeeded)
    )
    assert (invoice.status, invoice.paid_minor) == ("paid", 10_000)
    assert balance_of(session, invoice.tenant_id, "USD") == 10_000


def test_an_invoice_settled_before_it_was_sent_is_not_charged(session: Session) -> None:
    invoice, charge = _charge(session)
    void_invoice(session, anybody(), invoice_id=invoice.id, reason="made twice")
    assert claim_charge(session, ACTOR, charge_id=charge.id) is None
    assert charge.status == "cancelled"
    assert _names(session, invoice)[-1] == "charge.cancelled"


def test_a_definite_refusal_without_a_payment_ends_it(session: Session) -> None:
    _, charge = _charge(session)
    fail_charge(session, ACTOR, charge_id=charge.id, decline=read_decline("invalid_amount"))
    assert (charge.status, charge.sentence) == ("failed", "The bank does not allow this amount.")


@pytest.mark.parametrize("amount", [0, -1, 10_001])
def test_an_amount_beyond_what_is_due_is_refused(session: Session, amount: int) -> None:
    invoice, charge = _charge(session)
    apply_payment_state(session, ACTOR, charge_id=charge.id, found=declined(charge))
    with pytest.raises(Invalid, match=r"at most the 100\.00 USD"):
        request_charge(session, ACTOR, invoice_id=invoice.id, amount_minor=amount, cause=ChargeCause.hand)


def test_without_a_method_or_anything_due_it_is_refused_with_the_way_on(session: Session) -> None:
    invoice = make_invoice(session, total=10_000)
    with pytest.raises(Conflict, match="Send a payment link") as none:
        request_charge(session, ACTOR, invoice_id=invoice.id, cause=ChargeCause.hand)
    assert none.value.code == "charge.no_method"
    void_invoice(session, anybody(), invoice_id=invoice.id, reason="made twice")
    with pytest.raises(Conflict, match="asks for nothing"):
        request_charge(session, ACTOR, invoice_id=invoice.id, cause=ChargeCause.hand)


def test_who_may_charge(session: Session) -> None:
    invoice = make_invoice(session, total=10_000)
    give_methods(session, session.get_one(Tenant, invoice.tenant_id))
    viewer = actor_with(Permission.invoices_read, user=make_staff(session))
    with pytest.raises(MissingPermission):
        request_charge(session, viewer, invoice_id=invoice.id, cause=ChargeCause.hand)
    elsewhere = actor_with(Permission.payments_charge, scope=Scope.own, user=make_staff(session))
    with pytest.raises(NotFound):
        request_charge(session, elsewhere, invoice_id=invoice.id, cause=ChargeCause.hand)


def test_a_charge_that_does_not_exist_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        claim_charge(session, ACTOR, charge_id=UUID(int=1))
