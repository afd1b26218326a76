"""Starting a run by hand: first what it would do, then a run over exactly what was due then."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlmodel import Session

from models.billing.errors import PreviewStale
from models.billing.operations.reasons import ensure_reason
from models.billing.operations.run_batch import BatchResult, run_batch
from models.billing.operations.runs import ensure_startable, start_run
from models.billing.queries.snapshots import count_due
from models.billing.tables import BillingRun
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import Forbidden
from models.kernel.permissions import Permission
from models.kernel.secrets import read_link, sign_link

PREVIEW_SECONDS = 600
PURPOSE = "billing-run"
# A rehearsal holds the number series: people who issue by hand wait that long.
REHEARSED = 2_000
BATCH = 1_000


@dataclass(frozen=True, slots=True)
class RunPreview:
    """What a run would do; `rehearsed` covers the first steps alone where `is_whole` is not true."""

    as_of: datetime
    due_count: int
    rehearsed: BatchResult
    is_whole: bool
    token: str


def as_of_day(day: date) -> datetime:
    """The instant by which a run over a day looks: its last second (UTC), for today this moment."""
    end = datetime.combine(day + timedelta(days=1), time(), UTC) - timedelta(seconds=1)
    return clock.now() if day == clock.today() else end


def preview_run(session: Session, actor: Actor, *, as_of: datetime) -> RunPreview:
    """The real run, for a session that is taken back; raises what starting it would.

    Beyond two thousand steps it stops and says so.
    """
    actor.ensure(Permission.billing_runs_start)
    ensure_startable(session, as_of)
    due = count_due(session, as_of)
    whole, last = BatchResult(), BatchResult(taken=1)
    with clock.pinned(as_of):
        while last.taken and whole.taken < REHEARSED:
            last = run_batch(session, actor, as_of=as_of, run_id=None, limit=BATCH)
            whole = whole.plus(last)
    token = sign_link(PURPOSE, json.dumps([as_of.isoformat(), due]))
    return RunPreview(as_of, due, whole, not last.taken, token)


def start_previewed_run(session: Session, actor: Actor, *, token: str, reason: str) -> BillingRun:
    """A run as previewed; Conflict `preview.stale` where more or fewer are due now, or after ten minutes."""
    actor.ensure(Permission.billing_runs_start)
    try:
        as_of_text, shown = json.loads(read_link(PURPOSE, token, max_age_seconds=PREVIEW_SECONDS))
    except Forbidden as error:
        if error.code != "link.expired":
            raise
        raise PreviewStale("This preview is older than ten minutes.") from None
    as_of = datetime.fromisoformat(as_of_text)
    due = count_due(session, as_of)
    if due != shown:
        raise PreviewStale(f"{shown:,} subscriptions were due and now it is {due:,}.")
    return start_run(session, actor, as_of=as_of, reason=ensure_reason(reason))
