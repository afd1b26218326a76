"""Voiding an invoice: previewed, reasoned, recorded, and refused where money came in."""

import pytest
from sqlmodel import Session, select

from models.billing import (
    Invoice,
    InvoiceStatus,
    adjust_balance,
    approve_invoice,
    balance_of,
    get_invoice,
    preview_void,
    record_payment,
    void_invoice,
)
from models.billing.tables import Coupon, Discount, PendingLine
from models.compliance import list_timeline
from models.kernel.actor import MissingPermission
from models.kernel.columns import new_id
from models.kernel.errors import Conflict, Invalid, NotFound
from models.kernel.events import Event
from models.kernel.money import Money
from models.kernel.permissions import Permission, Scope
from tests.factories.accounts import actor_with, anybody, make_staff, make_tenant
from tests.factories.billing import lines_of, make_draft, make_invoice, make_subscription
from tests.fixtures.clock import FrozenClock

FINANCE = actor_with(Permission.invoices_void, Permission.invoices_read, name="Fin")


def test_a_void_invoice_is_no_longer_due_and_says_who_why_and_what(
    session: Session, frozen: FrozenClock
) -> None:
    invoice = make_invoice(session, total=2_985)
    void_invoice(session, FINANCE, invoice_id=invoice.id, reason="  Billed \n twice ")
    session.flush()
    detail = get_invoice(session, FINANCE, invoice.id)
    assert (detail.row.status, detail.row.due_minor, detail.row.total_minor) == ("void", 0, 2_985)
    assert (detail.voided_at, detail.version) == (frozen.now, 2)
    event = session.exec(select(Event)).one()
    assert (event.name, event.actor_name, event.actor_kind, event.cause) == (
        "invoice.voided",
        "Fin",
        "user",
        "click",
    )
    assert (event.subject_type, event.subject_id, event.subject_label) == (
        "invoice",
        invoice.id,
        invoice.number,
    )
    assert (event.tenant_id, event.reason, event.request_id, event.occurred_at) == (
        invoice.tenant_id,
        "Billed twice",
        "req-test",
        frozen.now,
    )
    assert event.before == {"status": "open", "due_minor": 2_985, "currency": "USD"}
    assert event.after == {"status": "void", "due_minor": 0, "currency": "USD"}
    assert event.relayed_at is None
    (line,) = list_timeline(session, anybody(), subject_id=invoice.id)
    assert (line.sentence, line.reason) == ("voided the invoice", "Billed twice")


def test_the_preview_is_what_happens_or_the_void_is_refused(session: Session) -> None:
    invoice = make_invoice(session, total=500)
    preview = preview_void(session, FINANCE, invoice_id=invoice.id)
    assert (preview.number, preview.no_longer_due) == (invoice.number, Money(500, "USD"))
    assert invoice.status == InvoiceStatus.open
    assert session.exec(select(Event)).all() == []
    invoice.version += 1
    session.flush()
    with pytest.raises(Conflict, match="changed since the preview") as refusal:
        void_invoice(session, FINANCE, invoice_id=invoice.id, reason="x", token=preview.token)
    assert refusal.value.code == "invoice.changed"
    with pytest.raises(Conflict):
        void_invoice(session, FINANCE, invoice_id=invoice.id, reason="x", token="forged")
    assert invoice.status == InvoiceStatus.open
    again = preview_void(session, FINANCE, invoice_id=invoice.id)
    void_invoice(session, FINANCE, invoice_id=invoice.id, reason="x", token=again.token)
    assert invoice.status == InvoiceStatus.void


def test_a_preview_of_another_invoice_is_worth_nothing(session: Session) -> None:
    first, second = make_invoice(session), make_invoice(session)
    token = preview_void(session, FINANCE, invoice_id=first.id).token
    with pytest.raises(Conflict):
        void_invoice(session, FINANCE, invoice_id=second.id, reason="x", token=token)


@pytest.mark.parametrize("reason", ["", "  \n\t ", "x" * 501])
def test_a_reason_is_needed(session: Session, reason: str) -> None:
    invoice = make_invoice(session)
    with pytest.raises(Invalid) as refusal:
        void_invoice(session, FINANCE, invoice_id=invoice.id, reason=reason)
    assert (refusal.value.code, refusal.value.field) == ("reason.missing", "reason")
    assert invoice.status == InvoiceStatus.open
    assert session.exec(select(Event)).all() == []


@pytest.mark.parametrize(
    ("status", "paid", "code", "words"),
    [
        (InvoiceStatus.paid, 10_000, "invoice.has_payments", r"100\.00 USD were paid. Issue a credit note"),
        (InvoiceStatus.open, 1, "invoice.has_payments", r"0\.01 USD were paid. Issue a credit note"),
        (InvoiceStatus.void, 0, "invoice.already_void", "void already"),
    ],
)
def test_what_was_paid_or_is_void_is_refused_with_the_way_on(
    session: Session, status: InvoiceStatus, paid: int, code: str, words: str
) -> None:
    invoice = make_invoice(session, status=status, paid=paid)
    for attempt in (
        lambda: preview_void(session, FINANCE, invoice_id=invoice.id),
        lambda: void_invoice(session, FINANCE, invoice_id=invoice.id, reason="x"),
    ):
        with pytest.raises(Conflict, match=words) as refusal:
            attempt()
        assert refusal.value.code == code
        assert refusal.value.data == {"number": invoice.number}
    assert invoice.status == status
    assert invoice.version == 1


def test_a_payment_after_the_preview_wins(session: Session, frozen: FrozenClock) -> None:
    invoice = make_invoice(session, total=500)
    actor = anybody()
    token = preview_void(session, actor, invoice_id=invoice.id).token
    record_payment(
        session,
        actor,
        invoice_id=invoice.id,
        amount="5",
        received_on=frozen.now.date(),
        channel="check",
        reference="",
        request_key="one",
    )
    with pytest.raises(Conflict) as refusal:
        void_invoice(session, actor, invoice_id=invoice.id, reason="x", token=token)
    assert refusal.value.code == "invoice.has_payments"


def test_nobody_voids_without_the_permission_or_out_of_reach(session: Session) -> None:
    manager = make_staff(session)
    mine = make_invoice(session, tenant=make_tenant(session, owner_id=manager.id))
    theirs = make_invoice(session)
    reader = actor_with(*(each for each in Permission if each is not Permission.invoices_void))
    with pytest.raises(MissingPermission, match="invoices:void to void invoices"):
        void_invoice(session, reader, invoice_id=mine.id, reason="x")
    own = actor_with(*Permission, scope=Scope.own, user=manager)
    for invoice_id in (theirs.id, new_id()):
        for attempt in (
            lambda identifier=invoice_id: void_invoice(session, own, invoice_id=identifier, reason="x"),
            lambda identifier=invoice_id: preview_void(session, own, invoice_id=identifier),
            lambda identifier=invoice_id: get_invoice(session, own, identifier),
        ):
            with pytest.raises(NotFound) as refusal:
                attempt()
            assert refusal.value.code == "invoice.not_found"
    void_invoice(session, own, invoice_id=mine.id, reason="x")
    assert {each.status for each in session.exec(select(Invoice))} == {"open", "void"}


def _discounted(session: Session, invoice: Invoice) -> tuple[Discount, PendingLine]:
    """Make the lines carry a coupon's only period, and one of them come from a line that had waited."""
    coupon = Coupon(key="spring", name="Spring", percent_off_ppm=100_000)
    session.add(coupon)
    session.flush()
    facts = {"tenant_id": invoice.tenant_id, "subscription_id": invoice.subscription_id}
    discount = Discount(
        **facts,
        coupon_id=coupon.id,
        given_on=invoice.period_start_on,
        ended_on=invoice.period_start_on,
        periods_used=1,
        last_period_start_on=invoice.period_start_on,
    )
    waiting = PendingLine(
        **facts, currency="USD", amount_minor=-2_000, description="Unused", invoice_id=invoice.id
    )
    session.add_all([discount, waiting])
    for line in lines_of(session, invoice):
        line.derivation = {"kind": "recurring", "discounts": [{"coupon": str(coupon.id)}]}
    session.flush()
    return discount, waiting


def test_each_line_is_mirrored_and_what_it_took_is_given_back(session: Session) -> None:
    """The balance, the coupon's period and the lines that had waited for the invoice."""
    tenant, actor = make_tenant(session), actor_with(*Permission, user=make_staff(session))
    subscription = make_subscription(session, tenant=tenant)
    adjust_balance(session, actor, tenant_id=tenant.id, amount="30", currency="USD", reason="x")
    draft = make_draft(
        session,
        tenant=tenant,
        amounts=(10_000, -2_000),
        tax_ppm=190_000,
        subscription_id=subscription.id,
    )
    discount, waiting = _discounted(session, draft)
    invoice = approve_invoice(session, actor, invoice_id=draft.id)
    assert (invoice.balance_minor, balance_of(session, tenant.id, "USD")) == (3_000, 0)
    preview = preview_void(session, actor, invoice_id=invoice.id)
    shown = (preview.to_balance.minor, preview.mirrored_lines, preview.coupon_uses, preview.waiting_lines)
    assert shown == (3_000, 2, 1, 1)
    void_invoice(session, actor, invoice_id=invoice.id, reason="Wrong", token=preview.token)
    session.flush()
    session.refresh(waiting)
    assert balance_of(session, tenant.id, "USD") == 3_000
    assert (discount.periods_used, discount.ended_on, discount.last_period_start_on) == (0, None, None)
    assert waiting.invoice_id is None
    lines = lines_of(session, invoice)
    assert sum(each.amount_minor + each.tax_minor for each in lines) == 0
    assert [each.mirrors_line_id for each in lines] == [None, None, lines[0].id, lines[1].id]
    assert {each.kind for each in lines[2:]} == {"mirror"}
