"""The lists of invoices, customers and subscriptions: search, filters, sorts, scope, and hostile input."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session

from models.accounts import tenant_subject
from models.billing import CUSTOMERS, INVOICES, PAYMENTS, SUBSCRIPTIONS, Invoice, InvoiceStatus
from models.compliance import AUDIT
from models.kernel.actor import Actor, MissingPermission
from models.kernel.errors import Invalid, NotFound
from models.kernel.events import event_catalogue, record_event
from models.kernel.listing import (
    Condition,
    Listing,
    ListQuery,
    count_sentence,
    ignored,
    list_count,
    list_page,
    list_totals,
    listing_named,
    scoped_ids,
    stream,
)
from models.kernel.money import Money
from models.kernel.permissions import Permission, Scope
from tests.factories.accounts import actor_with, anybody, make_staff, make_tenant
from tests.factories.billing import make_invoice, make_plan, make_subscription
from tests.fixtures.clock import FrozenClock

EVENT = event_catalogue()["note.added"]
LISTS: tuple[Listing[Any], ...] = (CUSTOMERS, INVOICES, PAYMENTS, SUBSCRIPTIONS, AUDIT)


@pytest.fixture
def invoices(session: Session, frozen: FrozenClock) -> dict[str, Invoice]:
    """Five invoices of two customers, by a name."""
    acme = make_tenant(session, name="Acme Rockets", external_ref="ACME-1", email="pay@acme.example")
    zorg = make_tenant(
        session, name="Zorg O'Neil & Co 24/7", external_ref="ZORG-1", country="JP", currency="JPY"
    )
    day = date(2026, 2, 1)
    return {
        "paid": make_invoice(session, tenant=acme, status=InvoiceStatus.paid, total=500, issued_on=day),
        "overdue": make_invoice(session, tenant=acme, total=1_000, issued_on=day),
        "fresh": make_invoice(session, tenant=acme, total=2_000, paid=500, issued_on=date(2026, 3, 10)),
        "void": make_invoice(
            session, tenant=zorg, status=InvoiceStatus.void, total=3_000, issued_on=date(2026, 3, 1)
        ),
        "yen": make_invoice(session, tenant=zorg, total=12_345, issued_on=date(2026, 3, 17)),
    }


def _names(session: Session, invoices: dict[str, Invoice], query: ListQuery) -> list[str]:
    names = {invoice.id: name for name, invoice in invoices.items()}
    return [names[row.id] for row in list_page(session, anybody(), INVOICES, query).rows]


@pytest.mark.parametrize(
    ("chips", "expected"),
    [
        ("status:open", {"overdue", "fresh", "yen"}),
        ("status:open,paid", {"overdue", "fresh", "yen", "paid"}),
        ("status:!open", {"paid", "void"}),
        ("status:!open,void", {"paid"}),
        ("status:overdue", {"overdue"}),
        ("status:part_paid", {"fresh"}),
        ("status:!overdue", {"paid", "fresh", "void", "yen"}),
        ("issued_on:2026-02-01", {"paid", "overdue"}),
        ("issued_on:>2026-03-10", {"yen"}),
        ("issued_on:<2026-03-01", {"paid", "overdue"}),
        ("issued_on:2026-03-01..2026-03-10", {"void", "fresh"}),
        ("issued_on:-", set()),
        ("total:10", {"overdue"}),
        ("total:>20", {"void", "yen"}),
        ("total:<10.00", {"paid"}),
        ("total:5..20.00", {"paid", "overdue", "fresh"}),
        ("total:>1,000", set()),
        ("country:JP", {"void", "yen"}),
        ("country:~j", {"void", "yen"}),
        ("country:~%", set()),
        ("customer:ACME-1", {"paid", "overdue", "fresh"}),
        ("customer:~acme", {"paid", "overdue", "fresh"}),
        ("customer:~'; DROP TABLE invoice; --", set()),
    ],
)
def test_each_operator_narrows_the_list(
    session: Session, invoices: dict[str, Invoice], chips: str, expected: set[str]
) -> None:
    key, _, value = chips.partition(":")
    query = ListQuery(conditions=(Condition(key, value),))
    assert set(_names(session, invoices, query)) == expected
    assert list_count(session, anybody(), INVOICES, query).value == len(expected)


def test_chips_narrow_together_and_unknown_ones_are_named(
    session: Session, invoices: dict[str, Invoice]
) -> None:
    query = ListQuery.parse("f=status:open&f=country:US&f=total:>15&f=colour:red")
    assert _names(session, invoices, query) == ["fresh"]
    assert ignored(INVOICES, query) == ["colour:red"]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("", ["yen", "fresh", "void", "overdue", "paid"]),
        ("total", ["paid", "overdue", "fresh", "void", "yen"]),
        ("-total", ["yen", "void", "fresh", "overdue", "paid"]),
        ("number", ["paid", "overdue", "fresh", "void", "yen"]),
    ],
)
def test_each_order(session: Session, invoices: dict[str, Invoice], sort: str, expected: list[str]) -> None:
    assert _names(session, invoices, ListQuery(sort=sort)) == expected


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("acme", {"paid", "overdue", "fresh"}),
        ("rock acm", {"paid", "overdue", "fresh"}),
        ("acme-1", {"paid", "overdue", "fresh"}),
        ("ACME-1 rock", {"paid", "overdue", "fresh"}),
        ("acme-2", set()),
        ("24/7", {"void", "yen"}),
        ("pay@acme.example", {"paid", "overdue", "fresh"}),
        ("o'neil", {"void", "yen"}),
        ("acme zorg", set()),
        ("inv-2026", {"paid", "overdue", "fresh", "void", "yen"}),
        ("INV-%", set()),
        ("INV-2026\\", set()),
        ("!!!", set()),
        ("a & !b | (c)", set()),
        ("INV\0", {"paid", "overdue", "fresh", "void", "yen"}),
        ("   ", {"paid", "overdue", "fresh", "void", "yen"}),
    ],
)
def test_search_finds_by_number_and_by_customer(
    session: Session, invoices: dict[str, Invoice], search: str, expected: set[str]
) -> None:
    assert set(_names(session, invoices, ListQuery(search=search))) == expected


def test_one_invoice_is_found_by_its_whole_number(session: Session, invoices: dict[str, Invoice]) -> None:
    number = invoices["fresh"].number
    assert _names(session, invoices, ListQuery(search=number.lower())) == ["fresh"]


def test_totals_are_kept_apart_by_currency(session: Session, invoices: dict[str, Invoice]) -> None:
    assert list_totals(session, anybody(), INVOICES, ListQuery()) == [
        Money(12_345, "JPY"),
        Money(2_500, "USD"),
    ]


def test_a_stream_gives_all_rows_in_order_or_the_ticked_ones(
    session: Session, invoices: dict[str, Invoice]
) -> None:
    query = ListQuery(sort="-total")
    batches = list(stream(session, anybody(), INVOICES, query, batch=2))
    assert [len(batch) for batch in batches] == [2, 2, 1]
    assert [row.total_minor for batch in batches for row in batch] == [12_345, 3_000, 2_000, 1_000, 500]
    ticked = [invoices["paid"].id, invoices["yen"].id]
    found = [row.id for batch in stream(session, anybody(), INVOICES, query, ids=ticked) for row in batch]
    assert found == ticked[::-1]


@pytest.mark.parametrize("listing", LISTS, ids=lambda each: each.key)
def test_every_offered_view_sort_and_choice_works(session: Session, listing: Listing[Any]) -> None:
    make_subscription(session)
    make_invoice(session)
    queries = [ListQuery.parse(view.params) for view in listing.views]
    queries += [ListQuery(sort=f"{sign}{each.key}") for each in listing.sorts for sign in ("", "-")]
    queries += [
        ListQuery(conditions=(Condition(field.key, choice.value),))
        for field in listing.filters
        for choice in field.choices
    ]
    for query in queries:
        assert ignored(listing, query) == []
        for row in list_page(session, anybody(), listing, query).rows:
            assert [column.value(row) for column in listing.columns] != []


@pytest.mark.parametrize("listing", LISTS, ids=lambda each: each.key)
def test_without_the_permission_nothing_is_listed_counted_or_streamed(
    session: Session, listing: Listing[Any]
) -> None:
    others = actor_with(*(each for each in Permission if each is not listing.permission))
    for attempt in (
        lambda: list_page(session, others, listing, ListQuery()),
        lambda: list_count(session, others, listing, ListQuery()),
        lambda: list_totals(session, others, listing, ListQuery()),
        lambda: list(stream(session, others, listing, ListQuery())),
        lambda: scoped_ids(session, others, listing, []),
    ):
        with pytest.raises(MissingPermission, match=listing.permission.value):
            attempt()


def test_own_scope_shows_ones_own_customers_only(session: Session) -> None:
    manager = make_staff(session)
    mine, theirs = make_tenant(session, owner_id=manager.id), make_tenant(session)
    rows: dict[str, tuple[UUID, UUID]] = {
        "customers": (mine.id, theirs.id),
        "invoices": (make_invoice(session, tenant=mine).id, make_invoice(session, tenant=theirs).id),
        "subscriptions": (
            make_subscription(session, tenant=mine).id,
            make_subscription(session, tenant=theirs).id,
        ),
    }
    actor: Actor = actor_with(*Permission, scope=Scope.own, user=manager)
    for key, (my_id, other_id) in rows.items():
        listing = listing_named(key)
        assert [row.id for row in list_page(session, actor, listing, ListQuery()).rows] == [my_id]
        assert list_count(session, actor, listing, ListQuery()).value == 1
        assert scoped_ids(session, actor, listing, [my_id, other_id]) == [my_id]
        streamed = list(stream(session, actor, listing, ListQuery(), ids=[my_id, other_id]))
        assert [row.id for batch in streamed for row in batch] == [my_id]
    assert list_totals(session, actor, INVOICES, ListQuery()) == [Money(10_000, "USD")]


def test_a_cursor_of_another_list_sort_or_filter_is_refused(session: Session) -> None:
    plan = make_plan(session)
    tenant = make_tenant(session)
    for _ in range(30):
        make_invoice(session, tenant=tenant)
        make_subscription(session, tenant=tenant, plan=plan)
    first = list_page(session, anybody(), INVOICES, ListQuery(size=25))
    assert len(list_page(session, anybody(), INVOICES, ListQuery(size=25, cursor=first.after)).rows) == 5
    for listing, query in (
        (SUBSCRIPTIONS, ListQuery(cursor=first.after)),
        (INVOICES, ListQuery(cursor=first.after, sort="total")),
        (INVOICES, ListQuery(cursor=first.after, search="acme")),
        (INVOICES, ListQuery(cursor=first.after, conditions=(Condition("status", "open"),))),
    ):
        with pytest.raises(Invalid, match="first page"):
            list_page(session, anybody(), listing, query)


def test_customers_show_what_they_pay_and_owe(session: Session, frozen: FrozenClock) -> None:
    tenant = make_tenant(session, created_at=datetime(2025, 1, 1, tzinfo=UTC))
    make_subscription(session, tenant=tenant, mrr=5_000)
    make_subscription(session, tenant=tenant, mrr=700, cancelled_on=date(2026, 2, 1))
    make_invoice(session, tenant=tenant, total=900, paid=100)
    make_invoice(session, tenant=tenant, total=400, status=InvoiceStatus.paid)
    (row,) = list_page(session, anybody(), CUSTOMERS, ListQuery(search=tenant.external_ref)).rows
    assert (row.mrr_minor, row.due_minor) == (5_000, 800)
    due = ListQuery(conditions=(Condition("balance", "due"),))
    assert [each.id for each in list_page(session, anybody(), CUSTOMERS, due).rows] == [tenant.id]
    since = ListQuery(conditions=(Condition("created_at", "2025-01-01"),))
    assert [each.id for each in list_page(session, anybody(), CUSTOMERS, since).rows] == [tenant.id]


def test_a_list_is_known_by_its_key_only() -> None:
    assert listing_named("invoices") is INVOICES
    for word in ("nonsense", "", "Invoices", "../invoices"):
        with pytest.raises(NotFound):
            listing_named(word)


@pytest.mark.parametrize("number", [0, 1, 3])
def test_every_list_counts_its_rows(session: Session, number: int) -> None:
    actor = anybody()
    for _ in range(number):
        tenant = make_tenant(session)
        make_subscription(session, tenant=tenant)
        record_event(session, actor, EVENT, tenant_subject(tenant), after={"body": "x"})
        make_invoice(session, tenant=tenant, paid=5)
    for listing in LISTS:
        assert count_sentence(list_count(session, actor, listing, ListQuery())) == str(number)
        assert len(list_page(session, actor, listing, ListQuery()).rows) == number
