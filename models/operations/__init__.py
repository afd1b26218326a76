"""Background work: events on their way to subscribers, task runs, and the workers."""

from models.operations.deliveries import (
    Subscriber,
    claim_due,
    deliver_one,
    fan_out,
    retry_all,
    retry_delivery,
)
from models.operations.errors import (
    DeliveryNotRetryable,
    ProgramOnly,
    UnknownSubscriber,
    ensure_program,
)
from models.operations.queries import (
    ALIVE_SECONDS,
    HEARTBEAT_SECONDS,
    DeliveryRow,
    JobsOverview,
    ParkedError,
    RunRow,
    WorkerRow,
    get_jobs_overview,
    get_queue_lag,
    list_deliveries,
    list_parked_errors,
    list_runs,
    list_workers,
)
from models.operations.rules import build_error_text
from models.operations.runs import (
    prune_workers,
    purge_runs,
    record_heartbeat,
    record_run_finished,
    record_run_started,
    remove_worker,
)
from models.operations.tables import JobStatus

__all__ = [
    "ALIVE_SECONDS",
    "HEARTBEAT_SECONDS",
    "DeliveryNotRetryable",
    "DeliveryRow",
    "JobStatus",
    "JobsOverview",
    "ParkedError",
    "ProgramOnly",
    "RunRow",
    "Subscriber",
    "UnknownSubscriber",
    "WorkerRow",
    "build_error_text",
    "claim_due",
    "deliver_one",
    "ensure_program",
    "fan_out",
    "get_jobs_overview",
    "get_queue_lag",
    "list_deliveries",
    "list_parked_errors",
    "list_runs",
    "list_workers",
    "prune_workers",
    "purge_runs",
    "record_heartbeat",
    "record_run_finished",
    "record_run_started",
    "remove_worker",
    "retry_all",
    "retry_delivery",
]
