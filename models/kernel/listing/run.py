"""Running a list: a page, its count, its totals, or all of it as a stream."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, and_, func
from sqlmodel import Session

from models.kernel.actor import Actor
from models.kernel.columns import can_store_text
from models.kernel.errors import Invalid, NotFound
from models.kernel.listing.clauses import clause
from models.kernel.listing.query import ListQuery
from models.kernel.listing.spec import Listing, SortKey, listings
from models.kernel.money import Money
from models.kernel.paging import COUNT_CAP, Count, Page, Sort, count, fingerprint, page

Row = TypeVar("Row")


def listing_named(key: str) -> Listing[Any]:
    """The listing of this key; NotFound for any other word."""
    found = listings().get(key)
    if found is None:
        raise NotFound("list", key)
    return found


def ignored(listing: Listing[Any], query: ListQuery) -> list[str]:
    """Chips of an old address that this list does not know."""
    return [str(each) for each in query.conditions if listing.filter(each.key) is None]


def list_page(session: Session, actor: Actor, listing: Listing[Row], query: ListQuery) -> Page[Row]:
    """One page in the asked order; raises Invalid for a filter, sort or cursor it cannot read."""
    actor.ensure(listing.permission)
    sort, is_descending = _sort(listing, query)
    return page(
        session,
        _filtered(session, actor, listing, query).add_columns(sort.column, listing.identifier),
        Sort(sort.column, listing.identifier, sort.parse, is_descending),
        cursor=query.cursor,
        mark=_mark(listing, query),
        size=query.size,
        build=listing.build,
    )


def list_count(session: Session, actor: Actor, listing: Listing[Any], query: ListQuery) -> Count:
    """Rows of the whole filter, exact up to 10,000."""
    actor.ensure(listing.permission)
    return count(session, _filtered(session, actor, listing, query))


def list_totals(session: Session, actor: Actor, listing: Listing[Any], query: ListQuery) -> list[Money]:
    """Sums of the whole filter, one per currency, largest first; empty where the list has no amount."""
    actor.ensure(listing.permission)
    if listing.total is None:
        return []
    amount, currency = listing.total
    statement = (
        _filtered(session, actor, listing, query)
        .with_only_columns(func.sum(amount), currency, maintain_column_froms=True)
        .group_by(currency)
        .order_by(func.sum(amount).desc())
    )
    return [Money(int(minor), code) for minor, code in session.execute(statement)]


def stream(
    session: Session,
    actor: Actor,
    listing: Listing[Row],
    query: ListQuery,
    *,
    ids: Sequence[UUID] | None = None,
    batch: int = 1_000,
) -> Iterator[list[Row]]:
    """All rows of the filter in its order, in batches, through a server-side cursor."""
    actor.ensure(listing.permission)
    sort, is_descending = _sort(listing, query)
    statement = _filtered(session, actor, listing, query)
    if ids is not None:
        statement = statement.where(listing.identifier.in_(ids))
    order = [column.desc() if is_descending else column.asc() for column in (sort.column, listing.identifier)]
    found = session.execute(statement.order_by(*order).execution_options(yield_per=batch))
    for rows in found.partitions():
        yield [listing.build(row) for row in rows]


def scoped_ids(
    session: Session, actor: Actor, listing: Listing[Any], identifiers: Sequence[UUID]
) -> list[UUID]:
    """Those of the given ids that exist in the actor's scope."""
    actor.ensure(listing.permission)
    statement = listing.statement(actor).where(listing.identifier.in_(identifiers))
    return list(session.scalars(statement.with_only_columns(listing.identifier, maintain_column_froms=True)))


def _filtered(session: Session, actor: Actor, listing: Listing[Any], query: ListQuery) -> Select[Any]:
    statement = listing.statement(actor)
    known = [(field, each) for each in query.conditions if (field := listing.filter(each.key))]
    clauses = [clause(field, each) for field, each in known]
    # What PostgreSQL cannot store it cannot find either: such letters are passed over.
    search = "".join(filter(can_store_text, query.search)).strip()
    if search and listing.search is not None:
        clauses.append(listing.search(session, search))
    return statement.where(and_(*clauses)) if clauses else statement


def _sort(listing: Listing[Any], query: ListQuery) -> tuple[SortKey, bool]:
    asked = query.sort or listing.default_sort
    found = listing.sort(asked.removeprefix("-"))
    if found is None:
        known = ", ".join(each.key for each in listing.sorts)
        raise Invalid(
            "sort.unknown", f"This list cannot be sorted by “{asked}”. Choose one of {known}.", field="sort"
        )
    return found, asked.startswith("-")


def _mark(listing: Listing[Any], query: ListQuery) -> str:
    return fingerprint(
        listing.key, query.sort or listing.default_sort, query.search.strip(), query.conditions
    )


def count_sentence(found: Count) -> str:
    """`1,296` or, beyond the cap, `10,000+`."""
    return str(found) if found.is_exact else f"{COUNT_CAP:,}+"


__all__ = [
    "count_sentence",
    "ignored",
    "list_count",
    "list_page",
    "list_totals",
    "listing_named",
    "scoped_ids",
    "stream",
]
