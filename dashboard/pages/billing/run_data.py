"""What a run's page shows, from one read."""

from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session

from dashboard.components.views import Fact, TimelineItem
from dashboard.shell.formats import relative_instant
from dashboard.shell.theme import tone
from dashboard.shell.timeline import timeline_items
from models.billing import BatchResult, FailureRow, ParkedStep, RunRow, get_run_row, list_failures
from models.compliance import TimelineEvent, list_timeline
from models.kernel.actor import Actor
from models.kernel.listing import show_instant

MINUTE = 60
STEPS = {ParkedStep.compute: "Computing the invoice failed", ParkedStep.safety: "Above the bounds of a run"}
Found = tuple[RunRow, list[FailureRow], list[TimelineEvent]]


@dataclass(frozen=True)
class FailureView:
    """A parked subscription as shown."""

    subscription_id: str
    customer: str
    customer_href: str
    subscription_href: str
    sentence: str
    state: str
    is_open: bool
    can_exceed: bool


@dataclass(frozen=True)
class FailureGroup:
    """What was parked at one step for one reason."""

    step: str
    code: str
    count: str
    failures: list[FailureView] = field(default_factory=list)


def load(session: Session, actor: Actor, run_id: Any) -> Found:
    """The run, what it parked, and its timeline."""
    return (
        get_run_row(session, actor, run_id),
        list_failures(session, actor, run_id=run_id),
        list_timeline(session, actor, subject_id=run_id),
    )


def show(found: Found, reader: Actor) -> dict[str, Any]:
    """The state's variables for this run."""
    run, failures, events = found
    return {
        "title": f"Run as of {run.as_of_at:%Y-%m-%d %H:%M} UTC",
        "badge": run.status.capitalize(),
        "tone": tone("billing_runs", run.status),
        "error": run.error,
        "percent": run.percent_done,
        "progress": _progress(run),
        "facts": _facts(run, reader),
        "groups": _groups(failures),
        "can_retry": any(each.resolved_at is None for each in failures),
        "is_under_way": run.is_under_way,
        "invoices_href": f"/billing/invoices?f=run:{run.id}" if run.invoice_count + run.draft_count else "",
        "timeline": _timeline(events, reader),
    }


def _progress(run: RunRow) -> str:
    done = f"{run.steps:,} of {run.due_count:,} done, {run.speed:,} a second"
    left = run.seconds_left
    return done if left is None else f"{done}, about {_duration(left)} left"


def _duration(seconds: int) -> str:
    return f"{seconds // MINUTE} min {seconds % MINUTE:02} s" if seconds >= MINUTE else f"{seconds} s"


def _facts(run: RunRow, reader: Actor) -> list[Fact]:
    def instant(label: str, value: Any) -> Fact:
        shown = relative_instant(value) if value else "—"
        return Fact(label, shown, title=show_instant(value, reader.locale, reader.time_zone) if value else "")

    counts = (
        ("Due at its start", run.due_count),
        ("Invoices issued", run.invoice_count),
        ("Drafts to review", run.draft_count),
        ("Planned changes", run.change_count),
        ("Parked", run.failed_count),
    )
    return [
        *(Fact(label, f"{number:,}") for label, number in counts),
        Fact("Took", _duration(run.milliseconds // 1_000) if run.started_at else "—"),
        Fact("Started by", run.started_by),
        instant("Asked for", run.created_at),
        instant("Last sign of life", run.heartbeat_at),
        instant("Ended", run.finished_at),
        Fact("Id", str(run.id)),
    ]


def _groups(failures: list[FailureRow]) -> list[FailureGroup]:
    by_code: dict[str, list[FailureRow]] = {}
    for each in failures:
        by_code.setdefault(each.code, []).append(each)
    return [
        FailureGroup(STEPS[ParkedStep(rows[0].step)], code, f"{len(rows):,}", [_failure(row) for row in rows])
        for code, rows in by_code.items()
    ]


def _failure(row: FailureRow) -> FailureView:
    return FailureView(
        str(row.subscription_id),
        row.customer,
        f"/customers/{row.tenant_id}",
        f"/billing/subscriptions/{row.subscription_id}",
        row.sentence,
        f"Released by {row.resolved_by}" if row.resolved_at else "Parked",
        row.resolved_at is None,
        row.resolved_at is None and row.step == ParkedStep.safety,
    )


def outcome_words(batch: BatchResult) -> str:
    """What became of one that was tried again."""
    if batch.failures:
        return "Parked again, with the reason it has now."
    if batch.drafts:
        return "Billed: a draft waits for review."
    if batch.invoices:
        return "Billed and issued."
    return "Its planned change is carried out." if batch.changes else "Released. Nothing of it is due now."


def _timeline(events: list[TimelineEvent], reader: Actor) -> list[TimelineItem]:
    return timeline_items(events, reader, is_own=True)
