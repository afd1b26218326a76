"""Lists over HTTP: the same listings as the screens, asked strictly."""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Query
from pydantic import Field

from dashboard.api.v1.shapes import Listed, Text
from models.kernel.actor import Actor
from models.kernel.database import read_session
from models.kernel.errors import Invalid
from models.kernel.listing import Condition, Filter, Listing, ListQuery, list_page

Row = TypeVar("Row")
Item = TypeVar("Item")

Search = Annotated[
    Text,
    Query(max_length=200, description="Words to find, each the beginning of a word.", examples=["northw"]),
]
Filters = Annotated[
    list[Annotated[Text, Field(max_length=300)]],
    Query(
        default_factory=list,
        max_length=20,
        description="`field:value`, repeated for each further field. `a,b` any of, `!a,b` none of, `~text` contains, "
        "`<x`, `>x`, `x..y` from to, `-` empty.",
        examples=[["status:open,overdue", "total:>120.50"]],
    ),
]
Order = Annotated[
    Text,
    Query(max_length=60, description="A field, with `-` for the largest first.", examples=["-issued_on"]),
]
Cursor = Annotated[Text, Query(max_length=1_000, description="`after` or `before` of the page you have.")]
Size = Annotated[int, Query(ge=1, le=100, description="Rows a page.")]


def _list_query(
    f: Filters, q: Search = "", sort: Order = "", after: Cursor = "", size: Size = 50
) -> ListQuery:
    return ListQuery(
        search=q,
        conditions=tuple(_condition(text) for text in f),
        sort=sort,
        cursor=after,
        size=size,
    )


Asked = Annotated[ListQuery, Depends(_list_query)]


def describe_list(listing: Listing[Any]) -> str:
    """What a list may be asked for, for its description."""
    sorts = ", ".join(f"`{each.key}`" for each in listing.sorts)
    filters = [f"`{each.key}`{_values(each)}" for each in listing.filters]
    return (
        f"Within your reach, ordered by `{listing.default_sort}` where nothing else is asked for. "
        f"Orders: {sorts}. Filters: {', '.join(filters)}."
    )


def answer_list(
    actor: Actor, listing: Listing[Row], asked: ListQuery, shape: Callable[[Row], Item]
) -> Listed[Any]:
    """A page of the listing within the actor's reach; unlike a screen's address, a wrong filter is refused."""
    for condition in asked.conditions:
        if listing.filter(condition.key) is None:
            known = ", ".join(each.key for each in listing.filters)
            raise Invalid(
                "filter.unknown",
                f"{listing.title} cannot be filtered by “{condition.key}”. Choose one of {known}.",
                field="f",
            )
    with read_session() as session:
        found = list_page(session, actor, listing, asked)
    return Listed(
        items=[shape(row) for row in found.rows], before=found.before or None, after=found.after or None
    )


def _condition(text: str) -> Condition:
    found = Condition.parse(text)
    if found is None:
        raise Invalid(
            "filter.malformed", f"“{text[:80]}” is no filter. Write it like status:open.", field="f"
        )
    return found


def _values(field: Filter) -> str:
    if not field.choices:
        return f" ({field.kind})"
    return f" ({', '.join(each.value for each in field.choices)})"
