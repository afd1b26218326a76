"""One run: how far it is, what it made, and what it could not bill."""

from typing import Any, ClassVar
from uuid import UUID

import reflex as rx

from dashboard.components.data_table import plain_table
from dashboard.components.detail import detail_head, fact_rail, section
from dashboard.components.dialogs import action_button, reason_dialog, reason_field
from dashboard.components.feedback import empty_state, not_found, skeleton_rows
from dashboard.components.timeline import timeline
from dashboard.components.views import Fact, TimelineItem
from dashboard.pages.billing import run_data as data
from dashboard.shell.guard import Mark, current, requires
from dashboard.shell.page import page
from dashboard.shell.run import read, write
from dashboard.states.form_fields import as_id
from dashboard.states.live_state import LiveState
from models.billing import retry_failures, stop_run
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
    # The one subscription to retry; None is all of them.
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
        """Ask why what was parked can be billed now; an empty id is all of it."""
        self._chosen = as_id(subscription_id) if subscription_id else None
        self.dialog, self.dialog_error = "retry", ""

    @rx.event
    @requires(Permission.billing_runs_start)
    async def stop(self, form: dict[str, str]) -> Any:
        """Stop the run after the batch in hand."""
        reason = str(form.get("reason", ""))
        return await self._commit(stop_run, "Stopped. What is billed stays billed.", reason=reason)

    @rx.event
    @requires(Permission.billing_runs_start)
    async def retry(self, form: dict[str, str]) -> Any:
        """Release what was parked and bill it."""
        reason = str(form.get("reason", ""))
        done = "Released. A run bills it now."
        return await self._commit(retry_failures, done, reason=reason, subscription_id=self._chosen)

    @rx.event
    @requires(Mark.page)
    async def close_dialog(self) -> None:
        """Close the open dialog without doing anything."""
        self.dialog = self.dialog_error = ""

    async def _commit(self, operation: Any, done: str, **arguments: Any) -> Any:
        try:
            await write(operation, run_id=self._id, **arguments)
        except DomainError as error:
            self.dialog_error = f"{error.sentence} ({error.code})"
            return None
        self.dialog = self.dialog_error = ""
        await self._fill()
        return rx.toast.success(done)


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
                rx.cond(state.can_retry, action_button("Retry all", "rotate-ccw", state.ask_retry(""))),
            ),
        ),
        rx.box(
            rx.vstack(
                _progress(),
                _failures(),
                section("Timeline", timeline(state.timeline)),
                spacing="4",
                width="100%",
            ),
            fact_rail(state.facts),
            class_name="cf-detail",
            width="100%",
        ),
        *_dialogs(),
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


def _failures() -> rx.Component:
    return section(
        "Parked",
        rx.cond(
            RunState.groups.length() > 0,
            rx.vstack(rx.foreach(RunState.groups, _group), spacing="4", width="100%"),
            empty_state(
                "circle-check",
                "Nothing was parked.",
                "What a run cannot bill waits here with its reason, and later runs leave it out.",
            ),
        ),
    )


def _group(group: rx.Var[data.FailureGroup]) -> rx.Component:
    return rx.box(
        rx.text(rx.code(group.code, size="2"), " ", group.count, size="2", margin_bottom="var(--space-2)"),
        plain_table(
            ["Customer", "Subscription", "Why", "State", ""],
            rx.foreach(group.failures, _failure),
            caption="Parked subscriptions",
        ),
        width="100%",
    )


def _failure(row: rx.Var[data.FailureView]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(rx.link(row.customer, href=row.customer_href)),
        rx.el.td(rx.link("Open", href=row.subscription_href, aria_label="Subscription of " + row.customer)),
        rx.el.td(row.sentence, style={"white_space": "normal"}),
        rx.el.td(row.state),
        rx.el.td(
            rx.cond(
                row.is_open,
                rx.button(
                    "Retry this",
                    on_click=RunState.ask_retry(row.subscription_id),
                    size="1",
                    variant="soft",
                    high_contrast=True,
                ),
            )
        ),
    )


def _dialogs() -> tuple[rx.Component, ...]:
    common = {"on_close": RunState.close_dialog, "error": RunState.dialog_error}
    return (
        reason_dialog(
            title="Stop this run",
            effect="No further batch begins. What is billed stays billed, and the rest waits for the next run.",
            undo="A new run goes on where this one ends.",
            verb="Stop the run",
            is_open=RunState.dialog == "stop",
            on_submit=RunState.stop,
            fields=(reason_field("Why is it stopped?"),),
            **common,
        ),
        reason_dialog(
            title="Retry what was parked",
            effect="It is released, and a run bills it and whatever else is due by now.",
            undo="What still cannot be billed is parked again with its reason.",
            verb="Release and retry",
            is_open=RunState.dialog == "retry",
            on_submit=RunState.retry,
            fields=(reason_field("What has been mended?"),),
            is_dangerous=False,
            **common,
        ),
    )
