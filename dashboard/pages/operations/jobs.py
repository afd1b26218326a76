"""Jobs: is work flowing, and what is stuck?"""

from dataclasses import dataclass
from typing import Any, ClassVar

import reflex as rx
from sqlmodel import Session

from dashboard.components.data_table import plain_table
from dashboard.components.detail import build_tabs, tab_bar
from dashboard.components.feedback import empty_state
from dashboard.components.views import Tab
from dashboard.shell.formats import relative_instant
from dashboard.shell.guard import current, requires
from dashboard.shell.page import page
from dashboard.shell.run import read, write
from dashboard.shell.theme import tone
from dashboard.states.form_fields import as_id
from dashboard.states.live_state import LiveState
from models.kernel.actor import Actor
from models.kernel.events import DeliveryStatus
from models.kernel.listing import show_instant
from models.kernel.permissions import Permission
from models.operations import (
    DeliveryRow,
    JobsOverview,
    JobStatus,
    RunRow,
    WorkerRow,
    get_jobs_overview,
    list_deliveries,
    list_runs,
    list_workers,
    retry_all,
    retry_delivery,
)

TABS = (
    ("waiting", "Waiting"),
    ("scheduled", "Scheduled"),
    ("running", "Running"),
    ("failed", "Failed"),
    ("parked", "Parked"),
    ("done", "Done"),
)
DELIVERIES = {
    "waiting": DeliveryStatus.waiting,
    "scheduled": DeliveryStatus.retrying,
    "parked": DeliveryStatus.parked,
}
RUNS = {"running": JobStatus.running, "failed": JobStatus.failed, "done": JobStatus.done}


@dataclass(frozen=True)
class JobView:
    """A delivery or a task run as shown."""

    id: str
    when: str
    exact: str
    job: str
    subject: str
    badge: str
    tone: str
    tries: str
    following: str
    error: str
    can_retry: bool


@dataclass(frozen=True)
class Figure:
    """One figure over the table."""

    label: str
    value: str
    note: str


class JobsState(LiveState, rx.State):
    """Background work, read again every two seconds."""

    permission: ClassVar = Permission.jobs_read
    every_seconds: ClassVar = 2.0

    tabs: list[Tab] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    tab: str = "waiting"
    figures: list[Figure] = []  # noqa: RUF012
    rows: list[JobView] = []  # noqa: RUF012

    async def _fill(self) -> None:
        reader = current().actor
        self.tabs = build_tabs("/ops/jobs", self.router.url.query_parameters.get("tab", ""), TABS)
        self.tab = next(each.id for each in self.tabs if each.is_current)
        overview, workers, deliveries, runs = await read(_load, self.tab)
        self.figures = _figures(overview, workers)
        self.rows = [_delivery(each, reader) for each in deliveries] + [_run(each, reader) for each in runs]

    @rx.event
    @requires(Permission.jobs_retry)
    async def retry(self, identifier: str) -> Any:
        """Put one parked delivery back, with all its tries."""
        await write(retry_delivery, delivery_id=as_id(identifier))
        await self._fill()
        return rx.toast.success("Put back. It is tried again at once.")

    @rx.event
    @requires(Permission.jobs_retry)
    async def retry_class(self, error: str) -> Any:
        """Put back everything that was parked with this class of error."""
        count = await write(retry_all, error_class=error.partition(":")[0][:200])
        await self._fill()
        return rx.toast.success(f"{count} put back. They are tried again at once.")


def _load(
    session: Session, actor: Actor, tab: str
) -> tuple[JobsOverview, list[WorkerRow], list[DeliveryRow], list[RunRow]]:
    deliveries = list_deliveries(session, actor, status=DELIVERIES[tab]) if tab in DELIVERIES else []
    runs = list_runs(session, actor, status=RUNS[tab]) if tab in RUNS else []
    return get_jobs_overview(session, actor), list_workers(session, actor), deliveries, runs


def _figures(overview: JobsOverview, workers: list[WorkerRow]) -> list[Figure]:
    alive = [each for each in workers if each.is_alive]
    beat = relative_instant(max(each.seen_at for each in workers)) if workers else "never"
    return [
        Figure("Waiting", f"{overview.waiting:,}", f"oldest {overview.oldest_waiting_seconds:.0f} s"),
        Figure("Scheduled", f"{overview.scheduled:,}", "to be tried again"),
        Figure("Running", f"{overview.running:,}", "tasks in hand"),
        Figure("Failed", f"{overview.failed_last_hour:,}", "in the last hour"),
        Figure("Parked", f"{overview.parked:,}", "after the last try"),
        Figure("Workers", f"{len(alive)}", f"last sign of life {beat}"),
    ]


def _delivery(row: DeliveryRow, reader: Actor) -> JobView:
    is_open = row.finished_at is None and row.status != DeliveryStatus.parked
    return JobView(
        id=str(row.id),
        when=relative_instant(row.created_at),
        exact=show_instant(row.created_at, reader.locale, reader.time_zone),
        job=row.subscriber,
        subject=row.event_name,
        badge=row.status.capitalize(),
        tone=tone("deliveries", row.status),
        tries=str(row.attempts),
        following=relative_instant(row.next_attempt_at) if is_open else "\u2014",
        error=row.last_error or "\u2014",
        can_retry=row.status == DeliveryStatus.parked,
    )


def _run(row: RunRow, reader: Actor) -> JobView:
    took = f"{(row.finished_at - row.started_at).total_seconds():.2f} s" if row.finished_at else "\u2014"
    return JobView(
        id=str(row.id),
        when=relative_instant(row.started_at),
        exact=show_instant(row.started_at, reader.locale, reader.time_zone),
        job=row.task,
        subject=row.arguments or "\u2014",
        badge=row.status.capitalize(),
        tone=tone("jobs", row.status),
        tries=took,
        following=row.worker,
        error=row.error or "\u2014",
        can_retry=False,
    )


@page("/ops/jobs", "Jobs", JobsState.load)
def jobs_page() -> rx.Component:
    """Figures, tabs, rows."""
    state = JobsState
    return rx.vstack(
        rx.heading("Jobs", size="5", as_="h1"),
        rx.box(rx.foreach(state.figures, _figure), class_name="cf-tiles", width="100%"),
        tab_bar(state.tabs),
        rx.cond(
            state.rows.length() > 0,
            plain_table(
                ["When", "Job", "Object", "Status", "Tries or time", "Next try or worker", "Error", ""],
                rx.foreach(state.rows, _row),
                caption="Jobs",
            ),
            empty_state(
                "cog", "Nothing here.", "Work appears as soon as there is some; the page follows it."
            ),
        ),
        spacing="4",
        width="100%",
    )


def _figure(figure: rx.Var[Figure]) -> rx.Component:
    return rx.card(
        rx.text(figure.label, size="1", weight="medium", color="var(--gray-11)"),
        rx.text(figure.value, size="6", weight="medium"),
        rx.text(figure.note, size="1", color="var(--gray-11)"),
    )


def _row(row: rx.Var[JobView]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(rx.el.time(row.when, title=row.exact)),
        rx.el.td(row.job),
        rx.el.td(row.subject, title=row.subject),
        rx.el.td(rx.badge(row.badge, color_scheme=row.tone, variant="soft", high_contrast=True)),
        rx.el.td(row.tries),
        rx.el.td(row.following),
        rx.el.td(row.error, title=row.error),
        rx.el.td(
            rx.cond(
                row.can_retry,
                rx.hstack(
                    rx.button(
                        "Retry",
                        on_click=JobsState.retry(row.id),
                        size="1",
                        variant="soft",
                        high_contrast=True,
                    ),
                    rx.button(
                        "Retry all like it",
                        on_click=JobsState.retry_class(row.error),
                        size="1",
                        variant="soft",
                        color_scheme="gray",
                        high_contrast=True,
                    ),
                ),
            )
        ),
    )
