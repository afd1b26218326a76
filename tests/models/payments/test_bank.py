"""Bank transfers: stored once, matched in full, ignored with a reason, and never entered twice."""

from datetime import date
from uuid import UUID

import pytest
from sqlmodel import Session, func, select

from models.billing import Invoice, InvoiceStatus, Payment, balance_of
from models.kernel.actor import Actor, MissingPermission
from models.kernel.errors import Conflict, Invalid, NotFound
from models.kernel.events import Event
from models.kernel.listing import ListQuery, list_page
from models.kernel.permissions import Permission, Scope
from models.payments import (
    BANK_LINES,
    BankLineRow,
    Part,
    StatementBroken,
    Upload,
    get_bank_line,
    ignore_line,
    import_statement,
    match_line,
    preview_match,
    reopen_line,
    suggest_invoices,
)
from models.payments.rules.bank_matching import Candidate, numbers_in, suggest
from models.payments.tables import BankLine, BankStatement
from tests.factories.accounts import actor_with, anybody, make_staff, make_tenant
from tests.factories.billing import make_invoice
from tests.fixtures.clock import FrozenClock

HEAD = "Date,Amount,Name,Reference\n"


@pytest.fixture(autouse=True)
def _now(frozen: FrozenClock) -> None:
    """Payments are entered today."""


def _upload(session: Session, *rows: str, actor: Actor | None = None) -> Upload:
    return import_statement(
        session,
        actor or anybody(),
        file_name="november.csv",
        content=(HEAD + "\n".join(rows)).encode(),
        account="DE75 5121 0800",
        currency="USD",
    )


def _line(session: Session, row: str) -> UUID:
    _upload(session, row)
    return session.exec(select(BankLine.id).order_by(BankLine.id.desc())).first()  # type: ignore[attr-defined,return-value]


def _match(session: Session, line_id: UUID, *parts: Part) -> None:
    found = preview_match(session, anybody(), line_id=line_id, parts=parts)
    match_line(session, anybody(), line_id=line_id, parts=parts, token=found.token)


def _rows(session: Session, params: str = "") -> list[BankLineRow]:
    return list_page(session, anybody(), BANK_LINES, ListQuery.parse(params)).rows


def test_a_line_is_stored_once_however_many_files_name_it(session: Session) -> None:
    first = _upload(session, "2026-03-16,100.00,Ada,a", "2026-03-16,-5.00,Bank,fee")
    assert (first.account, first.new, first.known, first.outgoing) == ("DE7551210800", 1, 0, 1)
    again = _upload(session, "2026-03-16,100.00,Ada,a", "2026-03-17,40.00,Bob,b")
    assert (again.new, again.known) == (1, 1)
    assert [(row.payer, row.booked_on) for row in _rows(session)] == [
        ("Bob", date(2026, 3, 17)),
        ("Ada", date(2026, 3, 16)),
    ]


def test_a_broken_file_leaves_nothing(session: Session) -> None:
    with pytest.raises(StatementBroken, match="Line 3"):
        _upload(session, "2026-03-16,100.00,Ada,a", "someday,40.00,Bob,b")
    with pytest.raises(StatementBroken, match="Name the account"):
        import_statement(
            session, anybody(), file_name="x", content=HEAD.encode(), account=" ", currency="USD"
        )
    assert session.exec(select(func.count()).select_from(BankStatement)).one() == 0
    with pytest.raises(MissingPermission):
        _upload(session, "2026-03-16,1.00,Ada,a", actor=actor_with(Permission.bank_lines_read))


def test_suggestions_say_why_and_the_number_in_the_text_comes_first(session: Session) -> None:
    ada = make_tenant(session, name="Ada Rockets GmbH", external_ref="C-4711")
    other = make_tenant(session, name="Zorg Holding")
    meant = make_invoice(session, tenant=ada, total=12_345)
    same_amount = make_invoice(session, tenant=other, total=10_000)
    make_invoice(session, tenant=other, total=77)
    spaced = meant.number.replace("-", " ")
    line = _line(session, f"2026-03-16,100.00,ADA ROCKETS,Payment {spaced} thanks")
    found = suggest_invoices(session, anybody(), line)
    assert [each.candidate.invoice_id for each in found] == [meant.id, same_amount.id]
    assert found[0].reasons == (
        f"{meant.number} stands in the text.",
        "The payer is called like Ada Rockets GmbH.",
    )
    assert found[1].reasons == ("The amount is exactly what is due.",)
    searched = suggest_invoices(session, anybody(), line, search="Zorg")
    assert {each.candidate.tenant_id for each in searched} == {other.id}
    stranger = actor_with(
        Permission.bank_lines_read, Permission.invoices_read, scope=Scope.own, user=make_staff(session)
    )
    assert suggest_invoices(session, stranger, line) == []


def test_one_line_pays_several_invoices_and_all_of_it_is_entered(session: Session) -> None:
    tenant = make_tenant(session)
    first, second = (make_invoice(session, tenant=tenant, total=total) for total in (6_000, 5_000))
    line = _line(session, "2026-03-16,100.00,Ada,both")
    parts = (Part(first.id, "60.00"), Part(second.id, "40.00"))
    shown = preview_match(session, anybody(), line_id=line, parts=parts)
    assert [
        (each.number, each.amount.minor, each.to_balance.minor, each.due.minor) for each in shown.shares
    ] == [
        (first.number, 6_000, 0, 6_000),
        (second.number, 4_000, 0, 5_000),
    ]
    match_line(session, anybody(), line_id=line, parts=parts, token=shown.token)
    assert (first.status, second.status, second.due_minor) == ("paid", "open", 1_000)
    payments = session.exec(select(Payment).where(Payment.invoice_id == first.id)).all()
    assert [(each.channel, each.received_on) for each in payments] == [("bank_transfer", date(2026, 3, 16))]
    row, matches = get_bank_line(session, anybody(), line)
    assert (row.status, [each.amount_minor for each in matches]) == ("matched", [6_000, 4_000])
    with pytest.raises(Conflict, match="already"):
        match_line(session, anybody(), line_id=line, parts=parts, token=shown.token)
    with pytest.raises(Conflict, match="credit note"):
        reopen_line(session, anybody(), line_id=line)
    event = session.exec(select(Event).where(Event.name == "bank_line.matched")).one()
    assert event.after is not None
    assert event.after["invoices"] == [first.number, second.number]


def test_what_is_more_than_due_goes_to_the_balance_of_its_one_customer(session: Session) -> None:
    tenant = make_tenant(session)
    invoice = make_invoice(session, tenant=tenant, total=6_000)
    line = _line(session, "2026-03-16,100.00,Ada,too much")
    shown = preview_match(session, anybody(), line_id=line, parts=(Part(invoice.id, "60"),))
    assert (shown.shares[0].amount.minor, shown.shares[0].to_balance.minor) == (10_000, 4_000)
    _match(session, line, Part(invoice.id, "60"))
    assert (invoice.status, balance_of(session, tenant.id, "USD")) == ("paid", 4_000)
    other = make_invoice(session, tenant=make_tenant(session), total=1_000)
    mine = make_invoice(session, tenant=tenant, total=1_000)
    rest = _line(session, "2026-03-16,30.00,Ada,of two")
    with pytest.raises(Invalid, match="several customers"):
        preview_match(session, anybody(), line_id=rest, parts=(Part(mine.id, "10"), Part(other.id, "10")))


def test_what_does_not_fit_is_refused(session: Session) -> None:
    tenant = make_tenant(session)
    invoice = make_invoice(session, tenant=tenant, total=6_000)
    paid = make_invoice(session, tenant=tenant, status=InvoiceStatus.paid, total=6_000)
    euro = make_invoice(session, tenant=make_tenant(session, currency="EUR"), total=6_000)
    line = _line(session, "2026-03-16,50.00,Ada,x")
    for parts, words in (
        ((), "1 to 50"),
        ((Part(invoice.id, "10"), Part(invoice.id, "10")), "each once"),
        ((Part(invoice.id, "60.01"),), "at most the 60.00 USD"),
        ((Part(invoice.id, "0"),), "more than zero"),
        ((Part(paid.id, "1"),), "at most the 0.00 USD"),
        ((Part(invoice.id, "60"),), "10.00 USD more than"),
    ):
        with pytest.raises(Invalid, match=words):
            preview_match(session, anybody(), line_id=line, parts=parts)
    with pytest.raises(Conflict, match="is in EUR"):
        preview_match(session, anybody(), line_id=line, parts=(Part(euro.id, "1"),))
    shown = preview_match(session, anybody(), line_id=line, parts=(Part(invoice.id, "50"),))
    session.get_one(Invoice, invoice.id).paid_minor = 500
    session.flush()
    session.refresh(invoice)
    with pytest.raises(Conflict, match="has changed since"):
        match_line(session, anybody(), line_id=line, parts=(Part(invoice.id, "50"),), token=shown.token)
    stranger = actor_with(*Permission, scope=Scope.own, user=make_staff(session))
    with pytest.raises(NotFound):
        preview_match(session, stranger, line_id=line, parts=(Part(invoice.id, "1"),))


def test_an_ignored_line_says_why_and_comes_back(session: Session) -> None:
    line = _line(session, "2026-03-16,50.00,Tax office,refund")
    with pytest.raises(Invalid, match="what the money is for"):
        ignore_line(session, anybody(), line_id=line, reason="  ")
    ignore_line(session, anybody(), line_id=line, reason="Refund of the tax office")
    (row,) = _rows(session, "f=status:ignored")
    assert (row.ignored_reason, row.settled_by) == ("Refund of the tax office", "Ann Actor")
    invoice = make_invoice(session, total=5_000)
    with pytest.raises(Conflict, match="ignored this line already"):
        preview_match(session, anybody(), line_id=line, parts=(Part(invoice.id, "50"),))
    reopen_line(session, anybody(), line_id=line)
    (row,) = _rows(session, "f=status:open")
    assert (row.ignored_reason, row.settled_by, row.settled_at) == ("", "", None)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("INV-2026-000123", ("INV2026000123",)),
        ("rg inv 2026 000123, INV2026/000124", ("INV2026000123", "INV2026000124")),
        ("INV-2026- 000123", ("INV2026000123",)),
        ("thank you", ()),
    ],
)
def test_numbers_are_found_however_banks_write_them(text: str, numbers: tuple[str, ...]) -> None:
    assert set(numbers) <= set(numbers_in(text))
    assert bool(numbers_in(text)) == bool(numbers)


def test_a_short_name_is_like_nobody() -> None:
    candidate = Candidate(UUID(int=1), "INV-1", UUID(int=2), "AB", "C", 100)
    assert suggest(5, "AB", "", [candidate]) == ()
