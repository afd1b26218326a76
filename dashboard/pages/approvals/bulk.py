"""Approving a selection: one kind, with sums and the largest, each carried out or refused by itself."""

from typing import Any

import reflex as rx

from dashboard.components.dialogs import reason_dialog
from dashboard.components.views import Fact
from dashboard.shell.guard import Mark, current, requires
from dashboard.shell.run import read
from dashboard.shell.state import ShellState
from dashboard.states.dialog_state import DialogState
from dashboard.states.form_fields import as_id
from dashboard.states.list_counts import forget_counts
from dashboard.states.list_state import ListState
from models.approvals import BulkOutcome, BulkPreview, approve_many, preview_approve_many
from models.kernel.actor import Actor
from models.kernel.errors import Conflict
from models.limits import ACTIONS, LimitedAction


class BulkApproval(ListState, DialogState, mixin=True):
    """The dialog over the selected requests, and what became of each."""

    bulk_effect: str = ""
    bulk_verb: str = ""
    bulk_facts: list[Fact] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    bulk_refused: list[Fact] = []  # noqa: RUF012
    bulk_done: str = ""

    _bulk_token: str = ""
    _bulk_ids: list[str] = []  # noqa: RUF012

    @rx.event
    @requires(Mark.page)
    async def ask_bulk(self) -> None:
        """Show what approving the selected requests will do; a refusal is told instead."""
        self._bulk_ids = list(self.selected)
        preview = await read(preview_approve_many, request_ids=[as_id(each) for each in self._bulk_ids])
        if not preview.count:
            raise Conflict("approvals.none_decidable", _nothing(preview))
        reader = current().actor
        self._bulk_token = preview.token
        self.bulk_effect = (
            "Each is carried out at once, on behalf of whoever asked. One that fails stays open."
        )
        sums = ", ".join(each.format(reader.locale) for each in preview.sums)
        self.bulk_verb = f"Approve {_many(preview)} of {sums}"
        self.bulk_facts = _facts(preview, reader)
        self.dialog, self.dialog_error = "bulk", ""

    @rx.event
    @requires(Mark.page)
    async def approve_bulk(self, _form: dict[str, str]) -> Any:
        """Approve them as previewed."""
        outcome = await self._submit(
            approve_many, request_ids=[as_id(each) for each in self._bulk_ids], token=self._bulk_token
        )
        if outcome is None:
            return None
        forget_counts(self.listing)
        self.bulk_done = _done(outcome)
        self.bulk_refused = [Fact(title, why) for title, why in outcome.refused]
        return [type(self).load, ShellState.load]

    @rx.event
    @requires(Mark.page)
    async def close_outcome(self) -> None:
        """Put the outcome away."""
        self.bulk_done, self.bulk_refused = "", []


def _many(preview: BulkPreview) -> str:
    label = ACTIONS[LimitedAction(preview.kind)].label.lower()
    return f"1 {label}" if preview.count == 1 else f"{preview.count} {label}s"


def _nothing(preview: BulkPreview) -> str:
    reasons = " ".join(sentence for sentence, _ in preview.skipped)
    return f"None of these can be approved by you. {reasons}".strip()


def _facts(preview: BulkPreview, reader: Actor) -> list[Fact]:
    return [
        *(Fact(f"Sum {each.currency}", each.format(reader.locale)) for each in preview.sums),
        *(Fact(title, amount.format(reader.locale)) for title, amount in preview.largest),
        *(Fact(f"Left out: {count}", sentence) for sentence, count in preview.skipped),
    ]


def _done(outcome: BulkOutcome) -> str:
    many = "1 request" if outcome.done == 1 else f"{outcome.done} requests"
    left = len(outcome.refused)
    rest = f" {left} could not be carried out and stay{'s' if left == 1 else ''} open." if left else ""
    return f"{many} approved and carried out.{rest}"


def bulk_button(state: Any) -> rx.Component:
    """In the bar of a selection."""
    return rx.button(
        rx.icon("check", size=14), "Approve selected", on_click=state.ask_bulk, size="1", high_contrast=True
    )


def bulk_dialog(state: Any) -> rx.Component:
    """Sums, the largest, and what is left out."""
    return reason_dialog(
        title="Approve the selected requests",
        effect=state.bulk_effect,
        undo="What was carried out is reversed one by one, where it can be.",
        verb=state.bulk_verb,
        is_open=state.dialog == "bulk",
        on_close=state.close_dialog,
        on_submit=state.approve_bulk,
        error=state.dialog_error,
        is_dangerous=False,
        fields=(_list(state.bulk_facts),),
    )


def bulk_outcome(state: Any) -> rx.Component:
    """What was done, and each that was not, with its reason."""
    return rx.cond(
        state.bulk_done != "",
        rx.card(
            rx.hstack(
                rx.text(state.bulk_done, size="2", role="status", custom_attrs={"data-testid": "outcome"}),
                rx.spacer(),
                rx.icon_button(
                    rx.icon("x", size=14),
                    on_click=state.close_outcome,
                    aria_label="Close the outcome",
                    variant="ghost",
                    color_scheme="gray",
                    high_contrast=True,
                ),
                width="100%",
                align="center",
            ),
            rx.cond(state.bulk_refused.length() > 0, _list(state.bulk_refused)),
            width="100%",
        ),
    )


def _list(facts: Any) -> rx.Component:
    return rx.el.dl(
        rx.foreach(facts, lambda fact: rx.fragment(rx.el.dt(fact.label), rx.el.dd(fact.value))),
        class_name="cf-facts",
    )
