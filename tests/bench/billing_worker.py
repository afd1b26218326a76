"""`python -m tests.bench.billing_worker COMMAND`: one process that bills, previews or prints; prints JSON."""

import gc
import json
import sys
import time
from typing import Any
from uuid import UUID

import psutil

from jobs.billing import bill_batch
from models.billing import RunOrder, claim_run, start_run
from models.kernel import clock
from models.kernel.actor import Cause, system_actor
from models.kernel.database import unit_of_work
from tests.bench.billing_data import AS_OF

ACTOR = system_actor("bench", Cause.command)


def run() -> dict[str, Any]:
    """The whole run, batch by batch, as the task does it."""
    # As the worker does when it starts.
    gc.freeze()
    started, cpu = time.perf_counter(), time.process_time()
    with clock.pinned(AS_OF), unit_of_work() as session:
        run_id: UUID = start_run(session, ACTOR, as_of=AS_OF).id
    with unit_of_work() as session:
        order: RunOrder | None = claim_run(session, ACTOR, run_id=run_id)
    invoices, resident = 0, []
    while order is not None:
        order, batch = bill_batch(order)
        invoices += batch.invoices
        resident.append(psutil.Process().memory_info().rss)
    return {
        "invoices": invoices,
        "seconds": time.perf_counter() - started,
        "cpu_seconds": time.process_time() - cpu,
        "resident": resident,
        "run_id": str(run_id),
    }


COMMANDS = {"run": run}

if __name__ == "__main__":
    print(json.dumps(COMMANDS[sys.argv[1]]()))
