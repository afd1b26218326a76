"""How many rows a filter has and their sums: asked of the database once for all tabs, and good for some seconds."""

import time
from typing import Any

from sqlmodel import Session

from dashboard.shell.run import read
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.listing import Listing, ListQuery, list_count, list_totals
from models.kernel.money import Money
from models.kernel.paging import Count

HOLDS_SECONDS = 15.0
MAX_KNOWN = 5_000

Found = tuple[Count, list[Money]]
_known: dict[tuple[Any, ...], tuple[float, Found]] = {}


def known_count(listing: Listing[Any], query: ListQuery, reader: Actor) -> Found | None:
    """What was found a moment ago for the reader's scope; never blocks."""
    held = _known.get(_key(listing, query, reader))
    return held[1] if held and held[0] > time.monotonic() else None


async def read_count(listing: Listing[Any], query: ListQuery, reader: Actor) -> Found:
    """Ask the database, and remember the answer."""
    found = await read(_count_and_totals, listing, query)
    if len(_known) >= MAX_KNOWN:
        _known.clear()
    _known[_key(listing, query, reader)] = (time.monotonic() + HOLDS_SECONDS, found)
    return found


def forget_counts(listing: Listing[Any]) -> None:
    """Count anew at the next look, e.g. after rows were added or changed."""
    for key in [each for each in _known if each[0] == listing.key]:
        del _known[key]


def forget_count(listing: Listing[Any], query: ListQuery, reader: Actor) -> None:
    """Count this filter anew at the reader's next look, because what it shows has changed."""
    _known.pop(_key(listing, query, reader), None)


def _key(listing: Listing[Any], query: ListQuery, reader: Actor) -> tuple[Any, ...]:
    """Another order or page of the same filter has the same number of rows; `overdue` means another one tomorrow."""
    scope = reader.scope(listing.permission)
    return listing.key, reader.id, scope, query.search, query.conditions, clock.today()


def _count_and_totals(session: Session, actor: Actor, listing: Listing[Any], query: ListQuery) -> Found:
    found = list_count(session, actor, listing, query)
    # Beyond the cap a sum would read as many rows as the cap spares the count.
    return found, list_totals(session, actor, listing, query) if found.is_exact else []
