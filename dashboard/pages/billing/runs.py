"""Runs: what was billed when, and starting a run by hand."""

from datetime import date
from typing import Any, ClassVar

import reflex as rx

from dashboard.components.dialogs import action_button, reason_dialog, reason_field, text_field
from dashboard.components.list_page import list_page
from dashboard.components.views import Fact
from dashboard.shell.guard import Mark, current, requires
from dashboard.shell.page import page
from dashboard.shell.run import rehearse, write
from dashboard.states.list_state import ListState
from models.billing import BILLING_RUNS, RunPreview, as_of_day, preview_run, start_previewed_run
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import DomainError, Invalid
from models.kernel.money import Money
from models.kernel.permissions import Permission


class RunsState(ListState, rx.State):
    """The list of runs, and the dialog that starts one."""

    listing: ClassVar = BILLING_RUNS
    permission: ClassVar = Permission.billing_runs_read

    dialog: str = ""
    dialog_error: str = ""
    day: str = ""
    effect: str = ""
    outcome: list[Fact] = []  # noqa: RUF012 -- Reflex copies defaults for each state

    _token: str = ""

    @rx.event
    @requires(Permission.billing_runs_start)
    async def ask_start(self) -> None:
        """Ask for the day."""
        self.day, self.dialog, self.dialog_error = clock.today().isoformat(), "day", ""

    @rx.event
    @requires(Permission.billing_runs_start)
    async def rehearse(self, form: dict[str, str]) -> None:
        """Show what a run over everything due by the end of the day would do."""
        try:
            self.day = str(form.get("day", ""))
            preview = await rehearse(preview_run, as_of=as_of_day(_day(self.day)))
        except DomainError as error:
            self.dialog_error = f"{error.sentence} ({error.code})"
            return
        self.effect, self._token = _effect(preview), preview.token
        self.outcome = _outcome(preview, current().actor)
        self.dialog, self.dialog_error = "start", ""

    @rx.event
    @requires(Permission.billing_runs_start)
    async def start(self, form: dict[str, str]) -> Any:
        """Start the run as shown, and follow it."""
        try:
            run = await write(start_previewed_run, token=self._token, reason=str(form.get("reason", "")))
        except DomainError as error:
            self.dialog_error = f"{error.sentence} ({error.code})"
            return None
        self.dialog = self.dialog_error = ""
        return rx.redirect(f"/billing/runs/{run.id}")

    @rx.event
    @requires(Mark.page)
    async def close_dialog(self) -> None:
        """Close the open dialog without doing anything."""
        self.dialog = self.dialog_error = ""


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("date.unreadable", "Give the day as 2026-11-20.", field="day") from None


def _effect(preview: RunPreview) -> str:
    which = "" if preview.is_whole else f", of which the first {preview.rehearsed.taken:,} were rehearsed"
    return f"{preview.due_count:,} subscriptions are due{which}. The rehearsal made, and took back:"


def _outcome(preview: RunPreview, reader: Actor) -> list[Fact]:
    made = preview.rehearsed
    counts = (
        ("Invoices issued", made.invoices),
        ("Drafts to review", made.drafts),
        ("Planned changes", made.changes),
        ("Parked", made.failures),
    )
    totals = [
        Fact(f"Total {currency}", Money(minor, currency).format(reader.locale))
        for currency, minor in made.totals
    ]
    return [*(Fact(label, f"{number:,}") for label, number in counts), *totals]


@page("/billing/runs", "Runs", RunsState.load)
def runs_page() -> rx.Component:
    """The generic list, and the dialogs that start a run."""
    start = action_button("Start a run", "play", RunsState.ask_start, is_main=True)
    return rx.fragment(list_page(RunsState, BILLING_RUNS, actions=(start,)), _day_dialog(), _start_dialog())


def _day_dialog() -> rx.Component:
    return reason_dialog(
        title="Start a run",
        effect="A run bills everything due by the end of a day (UTC), dated as of that day.",
        undo="Nothing is billed yet: what it would do is shown first.",
        verb="Show what is due",
        is_open=RunsState.dialog == "day",
        on_close=RunsState.close_dialog,
        on_submit=RunsState.rehearse,
        error=RunsState.dialog_error,
        fields=(text_field("As of", "day", kind="date", default=RunsState.day),),
        is_dangerous=False,
    )


def _start_dialog() -> rx.Component:
    return reason_dialog(
        title=f"Start a run as of {RunsState.day}",
        effect=RunsState.effect,
        undo="Invoices that are issued stay issued: void or credit them. A run can be stopped between two batches.",
        verb="Start the run",
        is_open=RunsState.dialog == "start",
        on_close=RunsState.close_dialog,
        on_submit=RunsState.start,
        error=RunsState.dialog_error,
        fields=(_outcome_list(), reason_field("Why is it started by hand?")),
    )


def _outcome_list() -> rx.Component:
    return rx.el.dl(
        rx.foreach(RunsState.outcome, lambda fact: rx.fragment(rx.el.dt(fact.label), rx.el.dd(fact.value))),
        class_name="cf-facts",
    )
