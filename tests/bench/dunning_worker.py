"""`python -m tests.bench.dunning_worker DUE`: looks at every case, takes so many due ones, reads pages; prints JSON."""

import json
import sys
import time
from typing import Any

from sqlalchemy import text

from models.dunning import CASES, advance_due, evaluate_cases, get_tiles
from models.kernel.actor import Cause, system_actor
from models.kernel.database import raw_connection, read_session, unit_of_work
from models.kernel.listing import ListQuery, list_page
from tests.bench.figures import summary, timed

ACTOR = system_actor("bench", Cause.command)
BATCH = 1_000
REPETITIONS = 60
PAGES = {
    "first page": "",
    "needs a person": "f=attention:person",
    "next 24 h": "f=attention:soon",
    "ending": "f=attention:ending",
    "by decline": "f=class:stop",
    "most owed first": "sort=-owed",
    "a customer": "q=Customer+77",
}


def look() -> dict[str, Any]:
    """Every open case once, in batches, as the nightly task does it."""
    started, cpu = time.perf_counter(), time.process_time()
    taken = changed = 0
    cursor = None
    while True:
        with unit_of_work() as session:
            batch = evaluate_cases(session, ACTOR, after=cursor, limit=BATCH)
        if batch.cursor is None:
            break
        cursor, taken, changed = batch.cursor, taken + batch.taken, changed + batch.changed
    return {
        "seconds": time.perf_counter() - started,
        "python_cpu_seconds": time.process_time() - cpu,
        "taken": taken,
        "changed": changed,
    }


def take(due: int) -> dict[str, Any]:
    """So many cases made due at their step, then taken as the sweep takes them."""
    with unit_of_work() as session:
        session.execute(
            text(
                "UPDATE dunning_case SET next_at = now(), position = CASE WHEN failure_class = 'try_later' THEN 3 ELSE 0 END, "
                "anchor_at = now() - interval '2 days', tries_used = 0 "
                "WHERE id IN (SELECT id FROM dunning_case WHERE status = 'running' ORDER BY next_at LIMIT :due)"
            ),
            {"due": due},
        )
    started = time.perf_counter()
    taken = acted = 0
    while taken < due:
        with unit_of_work() as session:
            batch = advance_due(session, ACTOR, limit=200)
        if not batch.taken:
            break
        taken, acted = taken + batch.taken, acted + batch.acted
    return {"seconds": time.perf_counter() - started, "taken": taken, "acted": acted}


def show(params: str) -> None:
    """One page, as a screen asks for it."""
    with read_session() as session:
        list_page(session, ACTOR, CASES, ListQuery.parse(params))


def tiles() -> None:
    """The figures over the queue."""
    with read_session() as session:
        get_tiles(session, ACTOR)


def main(due: int) -> None:
    """Measure and print what was found."""
    first, again = look(), look()
    due_ones = take(due)
    # As autovacuum leaves the table after a night in which each row was written.
    with raw_connection() as connection:
        connection.autocommit = True
        connection.execute("VACUUM (ANALYZE)")
    found = {
        "first": first,
        "again": again,
        "due": due_ones,
        "pages": {
            name: summary(timed(lambda params=params: show(params), REPETITIONS))  # type: ignore[misc]
            for name, params in PAGES.items()
        },
        "tiles": summary(timed(tiles, REPETITIONS)),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(int(sys.argv[1]))
