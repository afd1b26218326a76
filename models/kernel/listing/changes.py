"""What has changed in a list since its rows were shown, without moving a single one of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from sqlmodel import Session

from models.kernel.actor import Actor
from models.kernel.listing.query import ListQuery
from models.kernel.listing.run import list_page, list_rows
from models.kernel.listing.spec import Listing

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Changes(Generic[Row]):
    """The shown rows as they are now, how many would join them, and how many no longer pass the filter."""

    rows: list[Row]
    new: int
    gone: int


def list_changes(
    session: Session,
    actor: Actor,
    listing: Listing[Row],
    query: ListQuery,
    *,
    shown: Sequence[UUID],
    is_last: bool,
) -> Changes[Row]:
    """Compare the rows shown for a query with what the same query finds now; two more reads at most.

    A row that only moved up from the next page, because another left, is not new: new ones stand before
    the last shown row that is still there, or anywhere where the list ended with what was shown (`is_last`).
    """
    fresh = list_page(session, actor, listing, query).rows
    here = {listing.row_id(row): row for row in fresh}
    away = [each for each in shown if each not in here]
    still = list_rows(session, actor, listing, away, query)
    pushed = {listing.row_id(row) for row in still}
    left = [each for each in away if each not in pushed]
    found = [*fresh, *still, *list_rows(session, actor, listing, left)]
    known = set(shown)
    return Changes(
        [row for row in found if listing.row_id(row) in known],
        _count_new(list(here), known, is_open=is_last or bool(pushed)),
        len(left),
    )


def _count_new(fresh: list[UUID], known: set[UUID], *, is_open: bool) -> int:
    kept = [place for place, each in enumerate(fresh) if each in known]
    end = len(fresh) if is_open or not kept else kept[-1]
    return sum(each not in known for each in fresh[:end])


__all__ = ["Changes", "list_changes"]
