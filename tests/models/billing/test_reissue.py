"""Voiding and reissuing: a draft with the same lines in the place of the void invoice; each names the other."""

from datetime import UTC, date, datetime

import pytest
from sqlmodel import Session, col, select

from models.billing import (
    ChangeQuantity,
    Invoice,
    InvoiceStatus,
    Subscription,
    adjust_balance,
    approve_invoice,
    balance_of,
    build_invoice_document,
    get_invoice,
    is_reproduced,
    list_review,
    preview_reissue,
    preview_void,
    reissue_invoice,
    retry_step,
    void_invoice,
)
from models.billing.rules.changes import Settlement
from models.billing.tables import BillingProfile, Coupon, Discount, InvoiceLine, PendingLine, TaxRule
from models.integrations.documents import render_invoice
from models.kernel.actor import Actor, MissingPermission
from models.kernel.errors import Conflict
from models.kernel.events import Event
from models.kernel.permissions import Permission
from tests.factories.accounts import actor_with, make_staff, make_tenant
from tests.factories.billing import lines_of, make_draft, make_invoice
from tests.factories.engine import at, change, make_listed_price, run, start
from tests.fixtures.clock import FrozenClock
from tests.fixtures.configured import Configure

FIRST = date(2026, 11, 1)


@pytest.fixture
def ann(session: Session, frozen: FrozenClock) -> Actor:
    """Somebody of finance, in December."""
    frozen.move_to(datetime(2026, 12, 5, 12, tzinfo=UTC))
    return actor_with(*Permission, user=make_staff(session))


def _newest(session: Session, subscription_id: object) -> Invoice:
    statement = select(Invoice).where(Invoice.subscription_id == subscription_id)
    return session.exec(statement.order_by(col(Invoice.id).desc())).first()  # type: ignore[return-value]


def _once(session: Session, one: Subscription) -> Discount:
    """A tenth off one period."""
    coupon = Coupon(key="spring", name="Spring", percent_off_ppm=100_000, duration="once")
    session.add(coupon)
    session.flush()
    discount = Discount(
        tenant_id=one.tenant_id, subscription_id=one.id, coupon_id=coupon.id, given_on=date(2026, 11, 10)
    )
    session.add(discount)
    session.flush()
    return discount


def test_a_billed_period_is_reissued_with_its_coupon_its_waiting_lines_and_its_balance(
    session: Session, ann: Actor
) -> None:
    """Nothing is billed twice or lost: what the void one used, the draft uses."""
    tenant = make_tenant(session)
    one = start(session, make_listed_price(session, 10_000), on=FIRST, tenant=tenant)
    discount = _once(session, one)
    change(
        session, one, ChangeQuantity(one.id, 2, settlement=Settlement.next_invoice), at(date(2026, 11, 16))
    )
    adjust_balance(session, ann, tenant_id=tenant.id, amount="30", currency="USD", reason="x")
    run(session, date(2026, 12, 1))
    draft = _newest(session, one.id)
    invoice = approve_invoice(session, ann, invoice_id=draft.id)
    session.refresh(discount)
    waiting = session.exec(select(PendingLine).where(PendingLine.invoice_id == invoice.id)).all()
    assert (len(waiting), discount.periods_used, invoice.balance_minor) == (2, 1, 3_000)

    shown = preview_reissue(session, ann, invoice_id=invoice.id)
    assert (shown.total, shown.failure) == (shown.was, "")
    token = preview_void(session, ann, invoice_id=invoice.id).token
    copy = reissue_invoice(session, ann, invoice_id=invoice.id, reason="Wrong address", token=token)
    session.flush()
    for each in (discount, *waiting, invoice, copy):
        session.refresh(each)
    assert (invoice.status, copy.status, copy.replaces_id) == ("void", "draft", invoice.id)
    assert {each.invoice_id for each in waiting} == {copy.id}, "they wait for no other invoice"
    assert discount.periods_used == 1, "the draft uses the coupon's only period"
    assert balance_of(session, tenant.id, "USD") == 3_000
    originals = [each for each in lines_of(session, invoice) if each.mirrors_line_id is None]
    copies = lines_of(session, copy)
    assert [(each.description, each.amount_minor) for each in copies] == [
        (each.description, each.amount_minor) for each in originals
    ]
    assert all(is_reproduced(each.derivation, each.amount_minor, each.tax_minor) for each in copies)
    assert [each.code for each in list_review(session, ann)] == ["reissued"]
    assert any(invoice.number in each["sentence"] for each in copy.review)


def test_both_invoices_and_their_papers_and_timelines_name_each_other(session: Session, ann: Actor) -> None:
    tenant = make_tenant(session)
    adjust_balance(session, ann, tenant_id=tenant.id, amount="30", currency="USD", reason="x")
    invoice = approve_invoice(session, ann, invoice_id=make_draft(session, tenant=tenant).id)
    copy = reissue_invoice(session, ann, invoice_id=invoice.id, reason="Wrong address")
    assert build_invoice_document(session, ann, invoice.id).replaced_by == "", "a draft has no number yet"
    issued = approve_invoice(session, ann, invoice_id=copy.id)
    assert (issued.balance_minor, balance_of(session, tenant.id, "USD")) == (3_000, 0)
    assert issued.total_minor == invoice.total_minor
    old, new = (get_invoice(session, ann, each.id) for each in (invoice, issued))
    assert old.replaced_by is not None
    assert new.replaces is not None
    assert (old.replaced_by.number, new.replaces.number) == (issued.number, invoice.number)
    papers = [build_invoice_document(session, ann, each.id) for each in (invoice, issued)]
    assert [(each.replaces, each.replaced_by) for each in papers] == [
        ("", issued.number),
        (invoice.number, ""),
    ]
    assert all(render_invoice(each).startswith(b"%PDF-") for each in papers)
    events = {each.name: each for each in session.exec(select(Event))}
    assert events["invoice.reissued"].after["replaces"] == invoice.number  # type: ignore[index]
    assert events["invoice.voided"].after["replaced_by"].startswith("DRAFT-")  # type: ignore[index]


def test_a_reissued_draft_that_is_voided_gives_everything_back(session: Session, ann: Actor) -> None:
    one = start(session, make_listed_price(session, 10_000), on=FIRST)
    change(
        session, one, ChangeQuantity(one.id, 2, settlement=Settlement.next_invoice), at(date(2026, 11, 16))
    )
    run(session, date(2026, 12, 1))
    invoice = approve_invoice(session, ann, invoice_id=_newest(session, one.id).id)
    copy = reissue_invoice(session, ann, invoice_id=invoice.id, reason="Wrong")
    with pytest.raises(Conflict, match="void already"):
        reissue_invoice(session, ann, invoice_id=invoice.id, reason="Twice")
    void_invoice(session, ann, invoice_id=copy.id, reason="Not owed at all")
    session.flush()
    assert {each.invoice_id for each in session.exec(select(PendingLine))} == {None}


def test_tax_is_that_of_todays_details_on_the_days_of_the_lines(
    session: Session, ann: Actor, configure: Configure
) -> None:
    """A VAT id that was missing, and then no rule at all: the draft waits at its step."""
    configure(ISSUER_COUNTRY="DE")
    tenant = make_tenant(session, country="FR", currency="EUR")
    rule = TaxRule(country="FR", name="TVA", rate_ppm=200_000, valid_from_on=date(2020, 1, 1))
    session.add(rule)
    session.flush()
    one = start(session, make_listed_price(session, 10_000, currency="EUR"), on=FIRST, tenant=tenant)
    invoice = _newest(session, one.id)
    assert (invoice.status, invoice.total_minor) == ("open", 12_000)
    rule.valid_until_on = date(2026, 11, 15)
    session.flush()
    assert preview_reissue(session, ann, invoice_id=invoice.id).total.minor == 12_000, "as of its own day"

    session.add(BillingProfile(tenant_id=tenant.id, tax_id="FR40303265045"))
    session.flush()
    shown = preview_reissue(session, ann, invoice_id=invoice.id)
    assert (shown.total.minor, "Reverse charge" in shown.tax_note) == (10_000, True)
    copy = reissue_invoice(session, ann, invoice_id=invoice.id, reason="VAT id was missing")
    assert (copy.total_minor, copy.tax_minor, copy.status) == (10_000, 0, "draft")

    approve_invoice(session, ann, invoice_id=copy.id)
    session.get_one(BillingProfile, tenant.id).tax_id = ""
    rule.valid_from_on = date(2019, 1, 1)
    rule.valid_until_on = date(2019, 6, 1)
    session.flush()
    stuck = reissue_invoice(session, ann, invoice_id=copy.id, reason="No VAT id after all")
    assert (stuck.status, stuck.failed_step, stuck.replaces_id) == ("generating", "tax", copy.id)
    rule.valid_until_on = None
    session.flush()
    retry_step(session, ann, invoice_id=stuck.id)
    assert (stuck.status, stuck.total_minor) == ("draft", 12_000)


def test_what_cannot_be_voided_or_is_a_draft_is_not_reissued(session: Session, ann: Actor) -> None:
    draft, paid = make_draft(session), make_invoice(session, status=InvoiceStatus.paid)
    for each, code in ((draft, "invoice.reissue_of_draft"), (paid, "invoice.has_payments")):
        for attempt in (preview_reissue, reissue_invoice):
            facts = {"reason": "x"} if attempt is reissue_invoice else {}
            with pytest.raises(Conflict) as refusal:
                attempt(session, ann, invoice_id=each.id, **facts)  # type: ignore[operator]
            assert refusal.value.code == code
    invoice = make_invoice(session)
    token = preview_void(session, ann, invoice_id=invoice.id).token
    invoice.version += 1
    session.flush()
    with pytest.raises(Conflict, match="changed since the preview"):
        reissue_invoice(session, ann, invoice_id=invoice.id, reason="x", token=token)
    for missing in (Permission.invoices_void, Permission.invoices_create):
        other = actor_with(*(set(Permission) - {missing}), user=make_staff(session))
        with pytest.raises(MissingPermission, match=missing.value):
            reissue_invoice(session, other, invoice_id=invoice.id, reason="x")
    assert session.exec(select(InvoiceLine).where(col(InvoiceLine.mirrors_line_id).is_not(None))).all() == []
