"""What lists and pages say of charges, refunds, methods and disputes."""

from collections import Counter
from datetime import date, timedelta
from itertools import product
from uuid import UUID

import pytest
from sqlmodel import Session, select

from models.billing import Invoice, InvoiceStatus
from models.integrations.stripe import DisputeStatus, PaymentStatus
from models.kernel.actor import Actor, MissingPermission
from models.kernel.errors import Conflict, NotFound
from models.kernel.listing import Listing, ListQuery, list_count, list_page
from models.kernel.permissions import Permission, Scope
from models.payments import (
    CHARGES,
    DISPUTES,
    METHODS,
    REFUNDS,
    Charge,
    ChargeCause,
    Mover,
    apply_payment_state,
    claim_charge,
    collects_automatically,
    fail_refund,
    get_charge,
    get_dispute,
    get_open_dispute,
    keep_evidence,
    list_methods_of,
    note_unknown,
    refund_charge,
    request_charge,
)
from models.payments.rules.method_standing import MethodStanding, method_standing
from models.payments.rules.whose_move import advice_for, whose_move
from models.payments.tables import ChargeStatus, Dispute, MethodStatus
from tests.factories.accounts import actor_with, anybody, make_staff, make_tenant
from tests.factories.billing import make_invoice
from tests.factories.payments import ACTOR, declined, give_methods, vendor_payment
from tests.fixtures.clock import NOON, FrozenClock


@pytest.fixture(autouse=True)
def _now(frozen: FrozenClock) -> None:
    """Days are counted from here."""


def _ask(session: Session, **facts: object) -> Charge:
    tenant = make_tenant(session)
    give_methods(session, tenant)
    invoice = make_invoice(session, tenant=tenant, total=10_000, **facts)
    return request_charge(session, ACTOR, invoice_id=invoice.id, cause=ChargeCause.hand)


def _succeed(session: Session, charge: Charge) -> Charge:
    found = vendor_payment(charge, PaymentStatus.succeeded, fee_minor=320, fee_currency="EUR")
    return apply_payment_state(session, ACTOR, charge_id=charge.id, found=found)


def _ids(session: Session, listing: Listing, params: str, actor: Actor | None = None) -> list[UUID]:  # type: ignore[type-arg]
    return [row.id for row in list_page(session, actor or anybody(), listing, ListQuery.parse(params)).rows]


def _dispute(session: Session, charge: Charge, **facts: object) -> Dispute:
    found = Dispute(
        **{
            "tenant_id": charge.tenant_id,
            "invoice_id": charge.invoice_id,
            "charge_id": charge.id,
            "vendor_id": f"dp_{charge.id.hex}",
            "reason": "fraudulent",
            "currency": "USD",
            "amount_minor": charge.amount_minor,
            "evidence_due_at": NOON + timedelta(days=5),
            "opened_at": NOON,
            **facts,
        }
    )
    session.add(found)
    session.flush()
    return found


def test_whose_move_it_is_is_the_same_in_rows_and_in_filters(session: Session) -> None:
    """Every status, decline class, outcome, order and invoice, one charge each."""
    made = []
    kinds = product(ChargeStatus, ("", "try_later", "new_method", "stop"), ("", "No answer."), (True, False))
    for status, decline, sentence, is_owed in kinds:
        charge = _ask(session)
        charge.status, charge.decline_class, charge.sentence = status, decline, sentence
        made.append(charge)
        if not is_owed:
            session.get_one(Invoice, charge.invoice_id).status = InvoiceStatus.uncollectible
    older = _ask(session)
    apply_payment_state(session, ACTOR, charge_id=older.id, found=declined(older, "expired_card"))
    later = request_charge(
        session,
        ACTOR,
        invoice_id=older.invoice_id,
        payment_method_id=older.payment_method_id,
        cause=ChargeCause.hand,
    )
    session.flush()
    first = list_page(session, anybody(), CHARGES, ListQuery.parse("size=100"))
    second = list_page(session, anybody(), CHARGES, ListQuery.parse(f"size=100&after={first.after}"))
    rows = {each.id: each for each in (*first.rows, *second.rows)}
    assert len(rows) == len(made) + 2, "two pages, sorted by an id that travels in the cursor"
    moves = Counter(row.move for row in rows.values())
    for mover in (Mover.us, Mover.customer, Mover.bank):
        count = list_count(session, anybody(), CHARGES, ListQuery.parse(f"f=move:{mover}"))
        assert count.value == moves[mover] > 0
    assert (rows[older.id].move, rows[later.id].move) == (Mover.nobody, Mover.us)


def test_a_failure_nobody_owes_any_more_is_nobodys_move() -> None:
    failed = ChargeStatus.failed
    facts = {"is_unknown": False, "is_last": True}
    assert whose_move(failed, "new_method", is_owed=True, **facts) is Mover.customer
    assert whose_move(failed, "new_method", is_owed=False, **facts) is Mover.nobody
    assert whose_move(failed, "stop", is_owed=True, **facts) is Mover.us
    assert advice_for("", "") == ""
    assert "3-D Secure" in advice_for("new_method", "authentication_required")
    assert "Do not charge" in advice_for("stop", "stolen_card")


def test_the_views_of_charges_find_what_they_are_named_for(session: Session) -> None:
    unknown, failed, fine = (_ask(session) for _ in range(3))
    claim_charge(session, ACTOR, charge_id=unknown.id)
    note_unknown(session, ACTOR, charge_id=unknown.id, sentence="Stripe did not answer.")
    apply_payment_state(
        session, ACTOR, charge_id=failed.id, found=declined(failed, "authentication_required")
    )
    _succeed(session, fine)
    session.flush()
    views = {view.key: _ids(session, CHARGES, view.params) for view in CHARGES.views}
    assert views == {
        "all": [fine.id, failed.id, unknown.id],
        "failed_today": [failed.id],
        "customer": [failed.id],
        "processing": [],
        "unknown": [unknown.id],
    }
    row = get_charge(session, anybody(), fine.id).row
    assert (row.method, row.standing, row.fee_minor, row.fee_currency) == (
        "Visa •••• 4242",
        "succeeded",
        320,
        "EUR",
    )
    assert _ids(session, CHARGES, f"q={fine.vendor_payment_id}") == [fine.id]


def test_a_charge_shows_its_round_what_went_back_and_its_dispute(session: Session) -> None:
    tenant = make_tenant(session)
    give_methods(session, tenant, 2)
    invoice = make_invoice(session, tenant=tenant, total=10_000)
    first = request_charge(session, ACTOR, invoice_id=invoice.id, cause=ChargeCause.rule)
    apply_payment_state(session, ACTOR, charge_id=first.id, found=declined(first, "expired_card"))
    second = session.exec(select(Charge).where(Charge.cause == ChargeCause.fallback)).one()
    _succeed(session, second)
    refund = refund_charge(
        session, anybody(), charge_id=second.id, amount="40", reason="agreed", request_key="one"
    )
    dispute = _dispute(session, second)
    found = get_charge(session, anybody(), second.id)
    assert [each.id for each in found.attempts] == [first.id, second.id]
    assert (found.key, found.left_minor, found.row.flag) == (
        f"charge-{second.id}",
        6_000,
        ("Disputed", "bad"),
    )
    assert found.dispute is not None
    assert (found.dispute.id, [each.id for each in found.refunds]) == (dispute.id, [refund.id])
    assert "Ask the customer" in get_charge(session, anybody(), first.id).advice
    assert _ids(session, REFUNDS, "f=status:on_the_way") == [refund.id]
    fail_refund(session, ACTOR, transfer_id=refund.id, sentence="The account is closed.")
    assert get_charge(session, anybody(), second.id).left_minor == 10_000
    assert _ids(session, REFUNDS, "f=status:failed") == [refund.id]
    assert _ids(session, REFUNDS, f"q={found.refunds[0].credit_note}") == [refund.id]


def test_what_is_out_of_reach_is_not_there(session: Session) -> None:
    owner, stranger = make_staff(session), make_staff(session)
    charge = _ask(session)
    tenant_id = charge.tenant_id
    mine = make_tenant(session, owner_id=owner.id)
    give_methods(session, mine)
    reach = (Permission.payments_read, Permission.payment_methods_read)
    for user in (owner, stranger):
        actor = actor_with(*reach, scope=Scope.own, user=user)
        assert _ids(session, CHARGES, "", actor) == []
        assert len(_ids(session, METHODS, "", actor)) == (user is owner)
        with pytest.raises(NotFound):
            get_charge(session, actor, charge.id)
        with pytest.raises(NotFound):
            collects_automatically(session, actor, tenant_id)
    for listing in (CHARGES, REFUNDS, METHODS, DISPUTES):
        with pytest.raises(MissingPermission):
            _ids(session, listing, "", actor_with(Permission.invoices_read))


@pytest.mark.parametrize(
    ("today", "month", "standing"),
    [
        (date(2026, 11, 21), (11, 2026), MethodStanding.expiring),
        (date(2026, 11, 21), (12, 2026), MethodStanding.valid),
        (date(2026, 12, 1), (12, 2026), MethodStanding.expiring),
        (date(2026, 12, 1), (11, 2026), MethodStanding.expired),
        (date(2027, 1, 30), (2, 2027), MethodStanding.expiring),
        (date(2026, 11, 21), (None, None), MethodStanding.valid),
    ],
)
def test_a_card_is_good_until_its_month_is_over(
    today: date, month: tuple[int, int], standing: MethodStanding
) -> None:
    assert method_standing("usable", *month, today) is standing
    assert method_standing("failing", *month, today) is MethodStanding.failing


def test_methods_are_found_by_where_they_stand(session: Session) -> None:
    today = NOON.date()
    tenant = make_tenant(session)
    cards = give_methods(session, tenant, 4, expiry_month=today.month, expiry_year=today.year + 1)
    expired, expiring, failing, valid = cards
    expired.expires_year, expired.expires_month = today.year - 1, 1
    expiring.expires_year, expiring.expires_month = today.year, today.month
    failing.status, failing.failure = MethodStatus.failing, "The card is reported lost."
    session.flush()
    views = {view.key: _ids(session, METHODS, view.params) for view in METHODS.views}
    assert views["expired"] == [expired.id]
    assert views["failing"] == [failing.id]
    assert views["expiring"] == [expiring.id]
    assert views["all"][:2] == [expired.id, expiring.id], "what ends first comes first"
    assert _ids(session, METHODS, "f=default:yes") == [expired.id]
    assert {each.id for each in list_methods_of(session, anybody(), tenant.id)} == {
        each.id for each in (expired, expiring, failing, valid)
    }
    assert collects_automatically(session, anybody(), tenant.id) is True
    assert collects_automatically(session, anybody(), make_tenant(session).id) is None


def test_disputes_that_wait_for_an_answer_are_found_and_closed_ones_refuse_it(session: Session) -> None:
    charges = [_succeed(session, _ask(session)) for _ in range(3)]
    waiting = _dispute(session, charges[0])
    late = _dispute(session, charges[1], evidence_due_at=NOON - timedelta(hours=1))
    lost = _dispute(session, charges[2], status=DisputeStatus.lost)
    assert _ids(session, DISPUTES, "f=status:to_answer") == [waiting.id]
    keep_evidence(
        session,
        anybody(),
        dispute_id=waiting.id,
        evidence={"product_description": " A CRM ", "service_date": ""},
    )
    row, evidence = get_dispute(session, anybody(), waiting.id)
    assert (row.reason, evidence) == ("fraudulent", {"product_description": "A CRM"})
    assert get_open_dispute(session, anybody(), dispute_id=waiting.id).vendor_id == row.vendor_id
    for closed, words in ((late, "deadline has passed"), (lost, "is lost")):
        with pytest.raises(Conflict, match=words):
            get_open_dispute(session, anybody(), dispute_id=closed.id)
    with pytest.raises(MissingPermission):
        get_open_dispute(session, actor_with(Permission.payments_read), dispute_id=waiting.id)
