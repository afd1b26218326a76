"""A renewal run over a hundred thousand subscriptions, beside a raw COPY of the same rows; previews and PDFs."""

import io
import json
import time
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from tests.bench.billing_data import AS_OF, QUICK_SUBSCRIPTIONS, SETTINGS, SUBSCRIPTIONS, renew, template
from tests.bench.figures import Figure
from tests.bench.places import run_module

INVOICES_PER_SECOND, PDFS_PER_SECOND = 2_000.0, 20.0
PREVIEW_MS, PDF_MS = 50.0, 100.0
# Memory at the end of the run, of that at its beginning.
FLAT = 1.2
PREVIEWS, QUICK_PREVIEWS = 500, 50
PDFS, QUICK_PDFS = 1_000, 60
ROUNDS = 3
# What a run writes, table by table.
WRITTEN: Mapping[str, str] = {
    "billing_run": "id = {run}",
    "invoice": "run_id = {run}",
    "invoice_line": "invoice_id IN (SELECT id FROM invoice WHERE run_id = {run})",
    "event": "request_id = {run}::text",
}


def measure(*, is_quick: bool) -> list[Figure]:
    """The run first; previews and PDFs then look at what it made. Of several runs the fastest counts."""
    with template(QUICK_SUBSCRIPTIONS if is_quick else SUBSCRIPTIONS) as (admin, address):
        rounds = []
        for _ in range(1 if is_quick else ROUNDS):
            renew(admin)
            rounds.append(_work(address, "run", AS_OF.isoformat()))
        rows = _rows(address, rounds[-1]["run_id"])
        preview = _work(address, "preview", str(QUICK_PREVIEWS if is_quick else PREVIEWS))
        documents = _work(address, "documents", str(QUICK_PDFS if is_quick else PDFS))
        renew(admin)
        raw_seconds = _copy(address, rows)
    return [*_run_figures(rounds, rows, raw_seconds), *_other_figures(preview, documents)]


def _work(address: str, command: str, argument: str) -> dict[str, Any]:
    settings = {"DATABASE_URL": address, **SETTINGS}
    found: dict[str, Any] = json.loads(
        run_module("tests.bench.billing_worker", command, argument, settings=settings)
    )
    return found


def _run_figures(
    rounds: list[dict[str, Any]], rows: Mapping[str, tuple[int, bytes]], raw_seconds: float
) -> list[Figure]:
    best = min(rounds, key=lambda each: float(each["seconds"]))
    speed = best["invoices"] / best["seconds"]
    memory = best["resident_mb"]
    number = sum(count for count, _ in rows.values())
    details = {"rounds": rounds, "rows_written": number, "raw_copy_seconds": raw_seconds}
    return [
        Figure("billing", "run: finished invoices", speed, "/s", INVOICES_PER_SECOND, ">=", details),
        Figure("billing", "run: time, of a raw COPY of its rows", best["seconds"] / raw_seconds, "x"),
        Figure("billing", "raw COPY of the same rows", number / raw_seconds, "rows/s"),
        Figure(
            "billing", "run: memory at the end, of the beginning", memory["end"] / memory["begin"], "x", FLAT
        ),
        Figure("billing", "run: most memory", memory["most"], "MB"),
        Figure(
            "billing",
            "run: Python's part of an invoice",
            best["python_cpu_seconds"] / best["invoices"] * 1e6,
            "us",
        ),
    ]


def _other_figures(preview: dict[str, Any], documents: dict[str, Any]) -> list[Figure]:
    number = documents["repetitions"]
    return [
        Figure("billing", "preview of a plan change: p95", preview["p95"], "ms", PREVIEW_MS, "<", preview),
        Figure("billing", "one PDF: p95", documents["p95"], "ms", PDF_MS, "<", documents),
        Figure("billing", f"{number:,} PDFs", number / documents["seconds"], "/s", PDFS_PER_SECOND, ">="),
    ]


def _rows(address: str, run_id: str) -> dict[str, tuple[int, bytes]]:
    """What the run wrote: number of rows, and the rows as COPY gives them."""
    found = {}
    with psycopg.connect(address) as connection:
        for table, condition in WRITTEN.items():
            where = sql.SQL(condition).format(run=sql.Literal(UUID(run_id)))  # type: ignore[arg-type]
            statement = sql.SQL("COPY (SELECT {} FROM {} WHERE {} ORDER BY id) TO STDOUT").format(
                _columns(connection, table), sql.Identifier(table), where
            )
            buffer, cursor = io.BytesIO(), connection.cursor()
            with cursor.copy(statement) as copy:
                for data in copy:
                    buffer.write(data)
            found[table] = (cursor.rowcount, buffer.getvalue())
    return found


def _copy(address: str, rows: Mapping[str, tuple[int, bytes]]) -> float:
    """Seconds to bring the same rows into the same tables with nothing else, in one transaction."""
    with psycopg.connect(address) as connection:
        started = time.perf_counter()
        for table, (_, data) in rows.items():
            statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
                sql.Identifier(table), _columns(connection, table)
            )
            with connection.cursor().copy(statement) as copy:
                copy.write(data)
        connection.commit()
        return time.perf_counter() - started


def _columns(connection: psycopg.Connection[Any], table: str) -> sql.Composed:
    names = connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s "
        "AND is_generated = 'NEVER' ORDER BY ordinal_position",
        (table,),
    ).fetchall()
    return sql.SQL(", ").join(sql.Identifier(name) for (name,) in names)
