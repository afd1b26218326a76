"""`python -m tests.bench.list_reader REPETITIONS`: the invoices list of DATABASE_URL, measured; prints JSON."""

import json
import sys
from typing import Any

import psycopg

from models.billing import INVOICES
from models.kernel.database import database_url
from models.kernel.listing import list_count, list_page, list_totals
from tests.bench.figures import summary, timed
from tests.bench.list_cases import ACTOR, Case, Statement, cases, replayed, show, statements_of

# Beside the main figures, and slow ones among them: fewer repetitions.
COUNT_REPETITIONS = 10


def main(repetitions: int) -> None:
    """Measure every case and print what was found."""
    print(json.dumps({case.name: _measured(case, repetitions) for case in cases()}))


def _measured(case: Case, repetitions: int) -> dict[str, Any]:
    asked = statements_of(lambda session: list_page(session, ACTOR, INVOICES, case.query))
    with replayed(asked, database_url()) as run:
        timed(lambda: show(case.query), 0)
        timed(run, 0)
        # In turns, so that whatever else the machine does meets both alike.
        server, bare = [], []
        for _ in range(repetitions):
            server += timed(lambda: show(case.query), 1, 0)
            bare += timed(run, 1, 0)
    return {
        "asked": case.query.params(),
        "server_ms": summary(server),
        "bare_ms": summary(bare),
        "statements": len(asked),
        "count_ms": _beside(list_count, case),
        "totals_ms": _beside(list_totals, case),
        "plan": _plan(asked[-1]),
    }


def _beside(query: Any, case: Case) -> dict[str, float]:
    asked = statements_of(lambda session: query(session, ACTOR, INVOICES, case.query))
    with replayed(asked, database_url()) as run:
        return summary(timed(run, COUNT_REPETITIONS, 1))


def _plan(statement: Statement) -> list[str]:
    """How PostgreSQL finds the page."""
    with psycopg.connect(database_url()) as connection:
        lines = connection.execute(f"EXPLAIN (ANALYZE, BUFFERS) {statement[0]}", statement[1])
        return [str(line[0]) for line in lines]


if __name__ == "__main__":
    main(int(sys.argv[1]))
