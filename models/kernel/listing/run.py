"""Running a list: a page, its count, its totals, or all of it as a stream."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, and_, func, literal, select
from sqlmodel import Session

from models.kernel.actor import Actor
from models.kernel.columns import can_store_text
from models.kernel.errors import Invalid, NotFound
from models.kernel.listing.clauses import clause
from models.kernel.listing.query import Condition, ListQuery
from models.kernel.listing.spec import Listing, listings
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
    sort = _sort(listing, query)
    columns = [key.column for key in sort.keys]
    return page(
        session,
        _filtered(session, actor, listing, query).add_columns(*columns, listing.identifier),
        sort,
        cursor=query.cursor,
        mark=_mark(listing, query),
        size=query.size,
        build=listing.build,
    )


def list_rows(
    session: Session,
    actor: Actor,
    listing: Listing[Row],
    identifiers: Sequence[UUID],
    query: ListQuery | None = None,
) -> list[Row]:
    """Those of the given rows that the actor reaches and, where a filter is given, that pass it; unordered."""
    actor.ensure(listing.permission)
    if not identifiers:
        return []
    statement = _filtered(session, actor, listing, query) if query else listing.statement(actor)
    found = session.execute(statement.where(listing.identifier.in_(identifiers)))
    return [listing.build(row) for row in found]


def list_count(session: Session, actor: Actor, listing: Listing[Any], query: ListQuery) -> Count:
    """Rows of the whole filter, exact up to 10,000."""
    actor.ensure(listing.permission)
    return count(session, _filtered(session, actor, listing, query))


def list_choice_counts(
    session: Session, actor: Actor, listing: Listing[Any], query: ListQuery, key: str, *, cap: int
) -> dict[str, Count]:
    """Rows that each value of a choice filter would show beside the other filters, each up to the cap."""
    actor.ensure(listing.permission)
    field = listing.filter(key)
    if field is None or not field.choices:
        return {}
    base = _filtered(session, actor, listing, query.with_condition(key, ""))
    ones = base.with_only_columns(literal(1), maintain_column_froms=True).order_by(None)
    counts = [
        select(func.count())
        .select_from(ones.where(clause(field, Condition(key, each.value), actor)).limit(cap + 1).subquery())
        .scalar_subquery()
        for each in field.choices
    ]
    found = session.execute(select(*counts)).one()
    return {
        each.value: Count(min(number, cap), number <= cap)
        for each, number in zip(field.choices, found, strict=True)
    }


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
    sort = _sort(listing, query)
    statement = _filtered(session, actor, listing, query)
    if ids is not None:
        statement = statement.where(listing.identifier.in_(ids))
    keys = [*((key.column, key.descending) for key in sort.keys), (sort.id, sort.keys[-1].descending)]
    order = [column.desc() if is_descending else column.asc() for column, is_descending in keys]
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


def ids_statement(
    session: Session,
    actor: Actor,
    listing: Listing[Any],
    query: ListQuery,
    identifiers: Sequence[UUID] | None = None,
) -> Select[Any]:
    """The ids of the whole filter, or of those given, in the actor's scope: for writing down what to work on."""
    actor.ensure(listing.permission)
    statement = (
        _filtered(session, actor, listing, query)
        if identifiers is None
        else listing.statement(actor).where(listing.identifier.in_(identifiers))
    )
    return statement.with_only_columns(listing.identifier, maintain_column_froms=True)


def _filtered(session: Session, actor: Actor, listing: Listing[Any], query: ListQuery) -> Select[Any]:
    statement = listing.statement(actor)
    known = [(field, each) for each in query.conditions if (field := listing.filter(each.key))]
    clauses = [clause(field, each, actor) for field, each in known]
    # What PostgreSQL cannot store it cannot find either: such letters are passed over.
    search = "".join(filter(can_store_text, query.search)).strip()
    if search and listing.search is not None:
        clauses.append(listing.search(session, search))
    return statement.where(and_(*clauses)) if clauses else statement


def _sort(listing: Listing[Any], query: ListQuery) -> Sort:
    """The asked order and, after a comma, the one among equals."""
    first, _, second = (query.sort or listing.default_sort).partition(",")
    then = _sort_by(listing, second, None) if second.strip("-") != first.strip("-") and second else None
    return _sort_by(listing, first, then)


def _sort_by(listing: Listing[Any], asked: str, then: Sort | None) -> Sort:
    found = listing.sort(asked.removeprefix("-"))
    if found is None:
        known = ", ".join(each.key for each in listing.sorts)
        raise Invalid(
            "sort.unknown", f"This list cannot be sorted by “{asked}”. Choose one of {known}.", field="sort"
        )
    return Sort(found.column, listing.identifier, found.parse, asked.startswith("-"), then)


def _mark(listing: Listing[Any], query: ListQuery) -> str:
    return fingerprint(
        listing.key, query.sort or listing.default_sort, query.search.strip(), query.conditions
    )


def count_sentence(found: Count) -> str:
    """`1,296` or, beyond the cap, `10,000+`."""
    return str(found) if found.is_exact else f"{COUNT_CAP:,}+"


__all__ = [
    "count_sentence",
    "ids_statement",
    "ignored",
    "list_choice_counts",
    "list_count",
    "list_page",
    "list_rows",
    "list_totals",
    "listing_named",
    "scoped_ids",
    "stream",
]
