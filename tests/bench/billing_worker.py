"""`python -m tests.bench.billing_worker COMMAND`: a process that bills, previews changes or prints; prints JSON."""

import gc
import json
import sys
import time
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psutil
from sqlalchemy import text

from jobs.billing import bill_batch
from models.billing import RunOrder, build_invoice_document, claim_run, preview_change, start_run
from models.billing.rules.changes import ChangePlan
from models.integrations.documents import render_invoice
from models.kernel import clock
from models.kernel.actor import Cause, system_actor
from models.kernel.database import read_session, unit_of_work
from tests.bench.figures import summary, timed

ACTOR = system_actor("bench", Cause.command)
HALF_OF_DECEMBER = datetime(2026, 12, 16, 10, tzinfo=UTC)


def run(as_of: str) -> dict[str, Any]:
    """A whole run, batch by batch, as the task does it."""
    instant, process = datetime.fromisoformat(as_of), psutil.Process()
    # As the worker does when it starts.
    gc.freeze()
    with clock.pinned(instant), unit_of_work() as session:
        run_id: UUID = start_run(session, ACTOR, as_of=instant).id
    started, cpu = time.perf_counter(), time.process_time()
    with unit_of_work() as session:
        order: RunOrder | None = claim_run(session, ACTOR, run_id=run_id)
    invoices, resident = 0, []
    while order is not None:
        order, batch = bill_batch(order)
        invoices += batch.invoices
        resident.append(process.memory_info().rss / 1e6)
    return {
        "run_id": str(run_id),
        "invoices": invoices,
        "seconds": time.perf_counter() - started,
        "python_cpu_seconds": time.process_time() - cpu,
        "resident_mb": {
            "begin": resident[0],
            "middle": resident[len(resident) // 2],
            "end": resident[-1],
            "most": max(resident),
        },
    }


def preview(repetitions: str) -> dict[str, Any]:
    """Upgrades and downgrades in the middle of a period, each of another subscription."""
    with read_session() as session:
        prices = list(
            session.scalars(text("SELECT p.id FROM price p JOIN plan ON plan.id = plan_id AND NOT is_add_on"))
        )
        rows = session.execute(
            text("SELECT id, price_id FROM subscription ORDER BY md5(id::text) LIMIT :limit"),
            {"limit": int(repetitions) + 8},
        ).all()
    wanted = iter([(each.id, next(p for p in prices if p != each.price_id)) for each in rows])

    def once() -> None:
        subscription_id, price_id = next(wanted)
        with clock.pinned(HALF_OF_DECEMBER), read_session() as session:
            preview_change(session, ACTOR, subscription_id=subscription_id, change=ChangePlan(price_id))

    return summary(timed(once, int(repetitions)))


def documents(number: str) -> dict[str, Any]:
    """Invoices as PDF, one after the other as a job makes them."""
    with read_session() as session:
        found = session.scalars(
            text("SELECT id FROM invoice WHERE run_id IS NOT NULL ORDER BY md5(id::text) LIMIT :limit"),
            {"limit": int(number) + 1},
        ).all()
    wanted = iter(found)

    def once() -> None:
        with read_session() as session:
            document = build_invoice_document(session, ACTOR, next(wanted))
        render_invoice(document)

    started = time.perf_counter()
    times = timed(once, int(number), warm_up=1)
    return {**summary(times), "seconds": time.perf_counter() - started}


COMMANDS = {"run": run, "preview": preview, "documents": documents}

if __name__ == "__main__":
    print(json.dumps(COMMANDS[sys.argv[1]](*sys.argv[2:])))
