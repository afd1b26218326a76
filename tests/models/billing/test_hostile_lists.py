"""Lists and what a browser may send them: refused by name, and never by the database."""

from typing import Any

import pytest
from sqlmodel import Session

from models.billing import COUPONS, CUSTOMERS, INVOICES, PAYMENTS, PLANS, SUBSCRIPTIONS, TAX_RULES
from models.compliance import AUDIT
from models.kernel.errors import Invalid
from models.kernel.listing import Condition, Listing, ListQuery, list_count, list_page, listing_named
from tests.factories.accounts import anybody

LISTS: tuple[Listing[Any], ...] = (
    CUSTOMERS,
    INVOICES,
    PAYMENTS,
    SUBSCRIPTIONS,
    PLANS,
    COUPONS,
    TAX_RULES,
    AUDIT,
)
HOSTILE = [
    "'",
    '"',
    "'; DROP TABLE invoice; --",
    "\\",
    "%",
    "_",
    "a\0b",
    "half \ud800 pair",
    "\u0661\u0662",
    "9" * 200,
    "-" + "9" * 200,
    "1e999999999",
    "-1e999999999",
    "NaN",
    "sNaN",
    "Infinity",
    "9223372036854775807",
    "9223372036854775808",
    "92233720368547758.07",
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "2026-13-01",
    "2026-W01-1",
    "..",
    "1..",
    "..1",
    "2..1",
    "<",
    ">",
    "<<1",
    "~",
    "!",
    "-",
    "!-",
    ",",
    ",,open",
    "open,nonsense",
    "None",
    "true",
]


@pytest.mark.parametrize(("name", "key"), [(each.key, field.key) for each in LISTS for field in each.filters])
def test_no_value_of_a_chip_reaches_the_database_as_an_error(session: Session, name: str, key: str) -> None:
    listing = listing_named(name)
    for value in HOSTILE:
        query = ListQuery(conditions=(Condition(key, value),))
        refusal = None
        try:
            list_page(session, anybody(), listing, query)
            list_count(session, anybody(), listing, query)
        except Invalid as error:
            refusal = error
        if refusal is not None:
            assert refusal.field == key
            assert refusal.code in {"filter.unreadable", "filter.unknown_value"}
            assert refusal.sentence.encode()


@pytest.mark.parametrize("listing", LISTS, ids=lambda each: each.key)
def test_no_search_reaches_the_database_as_an_error(session: Session, listing: Listing[Any]) -> None:
    for text in [*HOSTILE, "INV-\0", "INV-%_\\", "a" * 10_000, "' | '' :*", "\u202e", "\U0001f600"]:
        list_page(session, anybody(), listing, ListQuery(search=text))


@pytest.mark.parametrize("listing", LISTS, ids=lambda each: each.key)
@pytest.mark.parametrize(
    "sort", ["nonsense", "--total", "id; DROP TABLE invoice", "-", "a\0", "customer.name"]
)
def test_an_unknown_sort_is_refused_with_the_known_ones(
    session: Session, listing: Listing[Any], sort: str
) -> None:
    with pytest.raises(Invalid, match=listing.sorts[0].key) as refusal:
        list_page(session, anybody(), listing, ListQuery(sort=sort))
    assert (refusal.value.code, refusal.value.field) == ("sort.unknown", "sort")
