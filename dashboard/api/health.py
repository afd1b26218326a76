"""Liveness and readiness."""

from typing import Any

from fastapi import APIRouter, Response

from dashboard.api.visitor import demand
from dashboard.shell.guard import Mark
from models.integrations.stripe import find_sandbox, stripe_mode
from models.kernel.actor import system_actor
from models.kernel.database import read_session
from models.kernel.errors import DomainError
from models.kernel.schema import current_revision, newest_revision
from models.operations import get_queue_lag

router = APIRouter(tags=["health"])

# An event that waits this long means that no worker takes it.
LAG_LIMIT_SECONDS = 300


@router.get("/livez", summary="The process answers")
@demand(Mark.public)
def livez() -> dict[str, str]:
    """`pass` as long as the process answers at all; looks at nothing else."""
    return {"status": "pass"}


@router.get("/readyz", summary="The process can do its work")
@demand(Mark.public)
def readyz(response: Response) -> dict[str, Any]:
    """Database, migrations at head and queue lag, 503 where one of them fails; and what payments go to.

    A sandbox that does not answer is a warning: everything but payments works without it.
    """
    try:
        checks = _checks()
    except DomainError as error:
        checks = {"database": {"status": "fail", "output": error.sentence}}
    checks["stripe"] = _stripe()
    is_ready = all(each["status"] != "fail" for each in checks.values())
    response.status_code = 200 if is_ready else 503
    response.headers["Cache-Control"] = "no-store"
    return {"status": "pass" if is_ready else "fail", "checks": checks}


def _checks() -> dict[str, dict[str, Any]]:
    with read_session() as session:
        revision = current_revision(session)
        checks: dict[str, dict[str, Any]] = {
            "database": {"status": "pass"},
            "migrations": {
                "status": "pass" if revision == newest_revision() else "fail",
                "observedValue": revision,
                "expected": newest_revision(),
            },
        }
        if revision == newest_revision():
            lag = get_queue_lag(session, system_actor("readyz"))
            checks["queue"] = {
                "status": "pass" if lag <= LAG_LIMIT_SECONDS else "fail",
                "observedValue": round(lag, 1),
                "observedUnit": "s",
            }
    return checks


def _stripe() -> dict[str, Any]:
    found = {"status": "pass", "observedValue": str(stripe_mode())}
    try:
        if sandbox := find_sandbox():
            found["time"] = sandbox.state().now.isoformat()
    except DomainError as error:
        found |= {"status": "warn", "output": error.sentence}
    return found
