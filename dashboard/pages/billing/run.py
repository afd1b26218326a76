"""One run: how far it is, what it made, and what it could not bill."""

from typing import Any, ClassVar
from uuid import UUID

import reflex as rx

from dashboard.components.detail import detail_head, fact_rail, section
from dashboard.components.dialogs import action_button
from dashboard.components.feedback import not_found, skeleton_rows
from dashboard.components.timeline import timeline
from dashboard.components.views import Fact, TimelineItem
from dashboard.pages.billing import run_data as data
from dashboard.pages.billing.run_view import parked, run_dialogs
from dashboard.shell.guard import Mark, current, requires
from dashboard.shell.page import page
from dashboard.shell.run import read, write
from dashboard.states.form_fields import as_id
from dashboard.states.live_state import LiveState
from models.billing import BatchResult, retry_failure, retry_failures, stop_run
from models.kernel.errors import DomainError, NotFound
from models.kernel.permissions import Permission


class RunState(LiveState, rx.State):
    """The run shown, followed while it works."""

    permission: ClassVar = Permission.billing_runs_read
    every_seconds: ClassVar = 1.0

    title: str = ""
    badge: str = ""
    tone: str = "gray"
    error: str = ""
    percent: int = 0
    progress: str = ""
    facts: list[Fact] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    groups: list[data.FailureGroup] = []  # noqa: RUF012
    timeline: list[TimelineItem] = []  # noqa: RUF012
    invoices_href: str = ""
    can_retry: bool = False
    is_under_way: bool = False
    is_missing: bool = False
    is_loaded: bool = False
    dialog: str = ""
    dialog_error: str = ""

    _id: UUID | None = None
    # The subscription to try again.
    _chosen: UUID | None = None

    async def _fill(self) -> None:
        try:
            self._id = UUID(self.router.url.path.strip("/").split("/")[-1])
            shown = data.show(await read(data.load, self._id), current().actor)
        except (NotFound, ValueError):
            self._id, self.is_missing, self.is_loaded = None, True, True
            return
        for name, value in {**shown, "is_missing": False, "is_loaded": True}.items():
            if getattr(self, name) != value:
                setattr(self, name, value)

    @rx.event
    @requires(Permission.billing_runs_start)
    async def ask_stop(self) -> None:
        """Ask why it is to stop."""
        self.dialog, self.dialog_error = "stop", ""

    @rx.event
    @requires(Permission.billing_runs_start)
    async def ask_retry(self, subscription_id: str) -> None:
        """Ask why one that was parked can be billed now."""
        self._chosen = as_id(subscription_id)
        self.dialog, self.dialog_error = "retry", ""

    @rx.event
    @requires(Permission.billing_runs_start)
    async def ask_exceed(self, subscription_id: str) -> None:
        """Ask why one is billed although it exceeds the bounds."""
        self._chosen = as_id(subscription_id)
        self.dialog, self.dialog_error = "exceed", ""

    @rx.event
    @requires(Permission.billing_runs_start)
    async def ask_retry_all(self) -> None:
        """Ask why all that was parked can be billed now."""
        self.dialog, self.dialog_error = "retry_all", ""

    @rx.event
    @requires(Permission.billing_runs_start)
    async def stop(self, form: dict[str, str]) -> Any:
        """Stop the run after the batch in hand."""
        reason = str(form.get("reason", ""))
        return await self._commit(stop_run, "Stopped. What is billed stays billed.", reason=reason)

    @rx.event
    @requires(Permission.billing_runs_start)
    async def retry(self, form: dict[str, str]) -> Any:
        """Try the step again at which the one was parked."""
        return await self._take_again(form, is_above_bounds_allowed=False)

    @rx.event
    @requires(Permission.billing_runs_start)
    async def exceed(self, form: dict[str, str]) -> Any:
        """Bill the one although it exceeds the bounds, as a draft."""
        return await self._take_again(form, is_above_bounds_allowed=True)

    @rx.event
    @requires(Permission.billing_runs_start)
    async def retry_all(self, form: dict[str, str]) -> Any:
        """Release all that was parked, for a new run."""
        reason = str(form.get("reason", ""))
        return await self._commit(retry_failures, "Released. A run bills it now.", reason=reason)

    @rx.event
    @requires(Mark.page)
    async def close_dialog(self) -> None:
        """Close the open dialog without doing anything."""
        self.dialog = self.dialog_error = ""

    async def _take_again(self, form: dict[str, str], *, is_above_bounds_allowed: bool) -> Any:
        return await self._commit(
            retry_failure,
            "",
            reason=str(form.get("reason", "")),
            subscription_id=self._chosen,
            is_above_bounds_allowed=is_above_bounds_allowed,
        )

    async def _commit(self, operation: Any, done: str, **arguments: Any) -> Any:
        try:
            result = await write(operation, run_id=self._id, **arguments)
        except DomainError as error:
            self.dialog_error = f"{error.sentence} ({error.code})"
            return None
        self.dialog = self.dialog_error = ""
        await self._fill()
        if not isinstance(result, BatchResult):
            return rx.toast.success(done)
        tell = rx.toast.error if result.failures else rx.toast.success
        return tell(data.outcome_words(result))


@page("/billing/runs/[run_id]", "Run", RunState.load)
def run_page() -> rx.Component:
    """Head, progress, failures and timeline; counts at the side."""
    state = RunState
    found = rx.vstack(
        detail_head(
            list_label="Runs",
            list_href="/billing/runs",
            title=state.title,
            badge=state.badge,
            tone=state.tone,
            note=state.error,
            figure="",
            actions=(
                rx.cond(state.is_under_way, action_button("Stop", "square", state.ask_stop)),
                rx.cond(state.can_retry, action_button("Retry all", "rotate-ccw", state.ask_retry_all)),
            ),
        ),
        rx.box(
            rx.vstack(
                _progress(),
                parked(state),
                section("Timeline", timeline(state.timeline)),
                spacing="4",
                width="100%",
            ),
            fact_rail(state.facts),
            class_name="cf-detail",
            width="100%",
        ),
        *run_dialogs(state),
        spacing="4",
        width="100%",
    )
    return rx.cond(
        state.is_missing,
        not_found("run", "/billing/runs"),
        rx.cond(state.is_loaded, found, skeleton_rows()),
    )


def _progress() -> rx.Component:
    state = RunState
    return section(
        "Progress",
        rx.vstack(
            rx.progress(value=state.percent, aria_label="Progress", width="100%"),
            rx.text(state.progress, size="2", custom_attrs={"data-testid": "progress"}),
            rx.cond(
                state.invoices_href != "",
                rx.link("Invoices of this run", href=state.invoices_href, size="2"),
            ),
            spacing="3",
            width="100%",
        ),
    )
