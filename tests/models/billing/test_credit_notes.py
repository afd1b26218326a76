"""Credit notes: to the cent, within what is left, settled in full, and taken back only while no money has gone."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import Session, select

from models.billing import (
    CreditWish,
    Invoice,
    InvoiceStatus,
    SettlementText,
    approve_invoice,
    balance_of,
    get_credit_note,
    issue_credit_note,
    preview_credit_note,
    preview_void_credit_note,
    record_payment,
    reopen_invoice,
    void_credit_note,
    void_invoice,
    write_off_invoice,
)
from models.billing.tables import CreditNote, CreditNoteLine, Refund
from models.kernel.actor import MissingPermission
from models.kernel.columns import new_id
from models.kernel.errors import Conflict, Invalid, NotFound
from models.kernel.events import Event
from models.kernel.permissions import Permission
from tests.factories.accounts import actor_with, anybody, make_staff, make_tenant
from tests.factories.billing import lines_of, make_draft, make_invoice
from tests.fixtures.clock import FrozenClock

ALL = CreditWish(percent="100")


def issued(session: Session, **facts: Any) -> Invoice:
    """An invoice with lines and tax that was approved and issued."""
    draft = make_draft(session, needed=1, **facts)
    ann = actor_with(*Permission, user=make_staff(session))
    return approve_invoice(session, ann, invoice_id=draft.id)


def credit(session: Session, invoice: Invoice, wish: CreditWish = ALL, **parts: str) -> CreditNote:
    """Issue a credit note, settled as given."""
    key = parts.pop("key", new_id().hex)
    return issue_credit_note(
        session,
        anybody(),
        invoice_id=invoice.id,
        wish=wish,
        settlement=SettlementText(**parts),
        reason="Outage",
        request_key=key,
    )


def pay(session: Session, invoice: Invoice, amount: str) -> None:
    """Record a payment."""
    record_payment(
        session,
        anybody(),
        invoice_id=invoice.id,
        amount=amount,
        received_on=invoice.issued_on,
        channel="bank_transfer",
        reference="",
        request_key="",
    )


def test_credits_of_each_line_one_by_one_add_up_to_the_invoice_to_the_cent(session: Session) -> None:
    """Lago PR 2643: lines of 6833, 6833, 5750 and 8500 at 20 %, rounded over the invoice, make 33499."""
    invoice = issued(session, amounts=(6_833, 6_833, 5_750, 8_500), tax_ppm=200_000)
    lines = lines_of(session, invoice)
    # As rounding over the invoice makes it: only a draft can be changed.
    invoice.status = InvoiceStatus.draft
    session.flush()
    for line, tax in zip(lines, (1_367, 1_366, 1_150, 1_700), strict=True):
        line.tax_minor = tax
    invoice.tax_minor, invoice.total_minor = 5_583, 33_499
    session.flush()
    invoice.status = InvoiceStatus.open
    session.flush()
    totals = []
    for line in lines:
        # In two uneven parts each.
        for amount in (f"{line.amount_minor // 3 / 100:.2f}", ""):
            left = line.amount_minor - line.amount_minor // 3
            wish = CreditWish(((line.id, amount or f"{left / 100:.2f}"),))
            total = preview_credit_note(session, anybody(), invoice_id=invoice.id, wish=wish).total
            totals.append(credit(session, invoice, wish, reduce=str(total.decimal)).total_minor)
    assert sum(totals) == 33_499 == invoice.credited_minor == invoice.reduced_minor
    assert (invoice.status, invoice.due_minor) == ("paid", 0)
    assert {each.number[:3] for each in session.exec(select(CreditNote))} == {"CN-"}


def test_half_of_an_open_invoice_is_no_longer_due(session: Session) -> None:
    invoice = issued(session, amounts=(10_000, -1_001), tax_ppm=190_000)
    preview = preview_credit_note(session, anybody(), invoice_id=invoice.id, wish=CreditWish(percent="50"))
    assert [(each.credit_minor, each.tax_minor) for each in preview.lines] == [(5_000, 950), (-501, -95)]
    assert (preview.proposal.reduced_minor, preview.proposal.to_balance_minor) == (5_354, 0)
    note = credit(session, invoice, CreditWish(percent="50"), reduce="53.54")
    assert (note.subtotal_minor, note.tax_minor, note.total_minor) == (4_499, 855, 5_354)
    assert (invoice.due_minor, invoice.credited_minor, invoice.status) == (
        invoice.total_minor - 5_354,
        5_354,
        "open",
    )
    detail = get_credit_note(session, anybody(), note.id)
    assert [each.amount_minor for each in detail.lines] == [5_000, -501]
    names = [each.name for each in session.exec(select(Event))]
    assert names[-2:] == ["credit_note.issued", "invoice.credited"]


def test_a_paid_invoice_is_given_back_in_three_ways_at_once(session: Session, frozen: FrozenClock) -> None:
    invoice = issued(session, amounts=(10_000,))
    pay(session, invoice, "100")
    note = credit(
        session, invoice, to_balance="30", refund="50", outside="20", channel="card", reference=" R 1 "
    )
    refund = session.exec(select(Refund)).one()
    assert (refund.amount_minor, refund.channel, refund.reference) == (5_000, "card", "R 1")
    assert refund.refunded_on == date(2026, 3, 17)
    assert balance_of(session, invoice.tenant_id, "USD") == 3_000
    assert (invoice.status, invoice.credited_minor, invoice.reduced_minor) == ("paid", 10_000, 0)
    with pytest.raises(Conflict) as gone:
        void_credit_note(session, anybody(), credit_note_id=note.id, reason="x")
    assert gone.value.code == "credit_note.money_gone"
    with pytest.raises(Conflict) as twice:
        credit(session, invoice, to_balance="1")
    assert twice.value.code == "invoice.fully_credited"


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"reduce": "99.99"}, "credit_note.not_settled"),
        ({"reduce": "100.01"}, "credit_note.not_settled"),
        ({"reduce": "101", "outside": "-1"}, "credit_note.negative_part"),
        ({"to_balance": "100"}, "credit_note.gives_too_much"),
        ({"reduce": "60.01", "to_balance": "39.99"}, "credit_note.reduces_too_much"),
        ({"reduce": "60", "refund": "40", "channel": "pigeon"}, "refund.unknown_channel"),
    ],
)
def test_a_settlement_is_exact_and_gives_back_no_more_than_came_in(
    session: Session, frozen: FrozenClock, parts: dict[str, str], code: str
) -> None:
    invoice = issued(session, amounts=(10_000,))
    pay(session, invoice, "40")
    with pytest.raises(Invalid) as refusal:
        credit(session, invoice, **parts)
    assert refusal.value.code == code
    assert session.exec(select(CreditNote)).all() == []
    assert invoice.credited_minor == 0
    credit(session, invoice, reduce="60", refund="40", channel="bank_transfer")
    assert (invoice.status, invoice.due_minor) == ("paid", 0)


def test_no_more_than_is_left_of_a_line_is_credited(session: Session) -> None:
    invoice = issued(session, amounts=(5_000, 5_000))
    line = lines_of(session, invoice)[0]
    credit(session, invoice, CreditWish(((line.id, "30"),)), reduce="30")
    with pytest.raises(Invalid, match=r"20\.00 USD") as refusal:
        credit(session, invoice, CreditWish(((line.id, "20.01"),)), reduce="20.01")
    assert refusal.value.code == "credit_line.more_than_left"
    with pytest.raises(NotFound):
        credit(session, invoice, CreditWish(((new_id(), "1"),)), reduce="1")
    for percent in ("0", "100.5", "-5", "x"):
        with pytest.raises(Invalid):
            credit(session, invoice, CreditWish(percent=percent))
    with pytest.raises(Invalid) as nothing:
        credit(session, invoice, CreditWish())
    assert nothing.value.code == "credit_note.not_positive"


def test_a_form_sent_twice_is_one_note_and_a_stale_preview_none(session: Session) -> None:
    invoice, other = issued(session), issued(session)
    half = CreditWish(percent="50")
    first = credit(session, invoice, half, reduce="50", key="form")
    assert credit(session, invoice, half, reduce="50", key="form").id == first.id
    with pytest.raises(Conflict):
        credit(session, other, half, reduce="50", key="form")
    token = preview_credit_note(session, anybody(), invoice_id=invoice.id, wish=half).token
    credit(session, invoice, half, reduce="25")
    with pytest.raises(Conflict) as stale:
        issue_credit_note(
            session,
            anybody(),
            invoice_id=invoice.id,
            wish=half,
            settlement=SettlementText(reduce="25"),
            reason="x",
            request_key="new",
            token=token,
        )
    assert stale.value.code == "credit_note.changed"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (InvoiceStatus.draft, "invoice.not_issued"),
        (InvoiceStatus.void, "invoice.void_not_credited"),
        (InvoiceStatus.uncollectible, "invoice.written_off_not_credited"),
    ],
)
def test_only_issued_invoices_are_credited(session: Session, status: InvoiceStatus, code: str) -> None:
    invoice = make_invoice(session, status=status)
    with pytest.raises(Conflict) as refusal:
        preview_credit_note(session, anybody(), invoice_id=invoice.id, wish=ALL)
    assert refusal.value.code == code
    with pytest.raises(MissingPermission):
        preview_credit_note(session, actor_with(Permission.invoices_read), invoice_id=invoice.id, wish=ALL)


def test_a_note_is_taken_back_while_nothing_has_left_the_house(session: Session, frozen: FrozenClock) -> None:
    invoice = issued(session, amounts=(10_000,))
    pay(session, invoice, "40")
    note = credit(session, invoice, CreditWish(percent="50"), reduce="20", to_balance="30")
    with pytest.raises(Conflict) as credited:
        void_invoice(session, anybody(), invoice_id=invoice.id, reason="x")
    assert credited.value.code == "invoice.has_payments"
    preview = preview_void_credit_note(session, anybody(), credit_note_id=note.id)
    assert (preview.due_again.minor, preview.from_balance.minor) == (2_000, 3_000)
    void_credit_note(session, anybody(), credit_note_id=note.id, reason="Wrong one", token=preview.token)
    assert (note.status, invoice.credited_minor, invoice.due_minor) == ("void", 0, 6_000)
    assert balance_of(session, invoice.tenant_id, "USD") == 0
    with pytest.raises(Conflict) as twice:
        void_credit_note(session, anybody(), credit_note_id=note.id, reason="x")
    assert twice.value.code == "credit_note.already_void"
    again = credit(session, invoice, CreditWish(percent="60"), reduce="60")
    assert invoice.status == InvoiceStatus.paid
    with pytest.raises(Conflict) as closed:
        void_credit_note(session, anybody(), credit_note_id=again.id, reason="x")
    assert closed.value.code == "credit_note.invoice_closed"


def test_what_was_credited_cannot_be_voided_and_spent_balance_not_taken_back(session: Session) -> None:
    tenant = make_tenant(session)
    first = issued(session, tenant=tenant, amounts=(1_000,))
    pay(session, first, "10")
    note = credit(session, first, to_balance="10")
    second = issued(session, tenant=tenant, amounts=(400,))
    assert (second.balance_minor, second.status) == (400, "paid")
    with pytest.raises(Conflict, match=r"down to 6\.00 USD") as spent:
        void_credit_note(session, anybody(), credit_note_id=note.id, reason="x")
    assert spent.value.code == "credit_note.balance_spent"
    third = issued(session, amounts=(1_000,))
    credit(session, third, CreditWish(percent="10"), reduce="1")
    with pytest.raises(Conflict, match="Credit the rest") as credited:
        void_invoice(session, anybody(), invoice_id=third.id, reason="x")
    assert credited.value.code == "invoice.has_credit_notes"


def test_money_that_comes_after_a_write_off_is_taken(session: Session, frozen: FrozenClock) -> None:
    invoice = issued(session, amounts=(1_000,))
    with pytest.raises(Invalid) as reason:
        write_off_invoice(session, anybody(), invoice_id=invoice.id, reason="because")
    assert reason.value.code == "write_off.unknown_reason"
    write_off_invoice(session, anybody(), invoice_id=invoice.id, reason="not_received", note="Moved away")
    assert (invoice.status, invoice.due_minor) == ("uncollectible", 0)
    with pytest.raises(Conflict) as twice:
        write_off_invoice(session, anybody(), invoice_id=invoice.id, reason="forgiven")
    assert twice.value.code == "invoice.already_written_off"
    reopen_invoice(session, anybody(), invoice_id=invoice.id, reason="They called")
    assert (invoice.status, invoice.due_minor, invoice.written_off_at) == ("open", 1_000, None)
    with pytest.raises(Conflict):
        reopen_invoice(session, anybody(), invoice_id=invoice.id, reason="x")
    write_off_invoice(session, anybody(), invoice_id=invoice.id, reason="forgiven")
    pay(session, invoice, "4")
    assert (invoice.status, invoice.due_minor) == ("open", 600)
    pay(session, invoice, "6")
    assert invoice.status == InvoiceStatus.paid
    with pytest.raises(Conflict, match="Nothing is due"):
        write_off_invoice(session, anybody(), invoice_id=invoice.id, reason="forgiven")


def test_lines_of_a_note_carry_the_currency_and_the_customer(session: Session) -> None:
    invoice = issued(session, tenant=make_tenant(session, currency="KWD"), amounts=(1_234,), tax_ppm=50_000)
    credit(session, invoice, reduce="1.296")
    (line,) = session.exec(select(CreditNoteLine))
    assert (line.amount_minor, line.tax_minor, line.currency) == (1_234, 62, "KWD")
    assert line.tenant_id == invoice.tenant_id
