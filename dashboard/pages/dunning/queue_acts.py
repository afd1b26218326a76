"""What the selected cases can be given: previewed with how many take it and why others do not, then done."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from dashboard.components.dialogs import reason_dialog
from dashboard.pages.dunning.act_forms import FORMS, NOBODY, act_fields, in_a_week, new_key, read_act
from dashboard.shell.guard import requires
from dashboard.shell.run import read, rehearse, write
from dashboard.states.form_fields import as_id
from dashboard.states.list_counts import forget_counts
from dashboard.states.list_state import ListState
from models.accounts import list_account_managers
from models.dunning import BulkOutcome, CaseAct, act_on_cases
from models.kernel.actor import Actor
from models.kernel.errors import DomainError, Invalid
from models.kernel.permissions import Permission

MAY = Permission.dunning_act


@dataclass(frozen=True)
class PersonView:
    """Somebody to give cases to."""

    id: str
    name: str


@dataclass(frozen=True)
class LeftView:
    """Why some were left alone."""

    sentence: str
    count: str


class QueueActs(ListState, mixin=True):
    """The dialog of an action on the selected cases: filled in, shown, done."""

    act: str = ""
    act_title: str = ""
    act_effect: str = ""
    act_undo: str = ""
    act_verb: str = ""
    act_error: str = ""
    is_act_shown: bool = False
    is_act_dangerous: bool = False
    first_day: str = ""
    people: list[PersonView] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    left: list[LeftView] = []  # noqa: RUF012
    outcome: str = ""

    _request_key: str = ""
    _ids: list[UUID] = []  # noqa: RUF012

    @rx.event
    @requires(MAY)
    async def ask_act(self, name: str) -> None:
        """Open the form of an action."""
        act = _act(name)
        form = FORMS[act]
        if self.is_whole:
            raise Invalid("dunning.choose_rows", "Choose the rows of a page, up to 200 at once.")
        self._ids = [as_id(each) for each in self.selected]
        self.act, self.act_title = act.value, f"{form.label}: {len(self._ids)} selected"
        self.act_effect, self.act_undo, self.is_act_dangerous = form.effect, form.undo, form.is_dangerous
        self.act_verb, self.act_error, self.is_act_shown = "Show what happens", "", False
        self.first_day, self._request_key, self.left = in_a_week(), new_key(), []
        if act is CaseAct.own:
            self.people = await read(_people)

    @rx.event
    @requires(MAY)
    async def submit_act(self, form: dict[str, str]) -> Any:
        """First show what would happen, then do it."""
        act = _act(self.act)
        try:
            facts = {"act": act, "case_ids": self._ids, **read_act(act, form, self._request_key)}
            if not self.is_act_shown:
                self._show_outcome(await rehearse(act_on_cases, **facts))
                return None
            done = await write(act_on_cases, **facts)
        except DomainError as error:
            self.act_error = f"{error.sentence} ({error.code})"
            return None
        self.act, self.outcome = "", _done_words(act, done)
        self.left = _left(done)
        forget_counts(self.listing)
        return [type(self).load, type(self).load_tiles]

    def _show_outcome(self, found: BulkOutcome) -> None:
        label = FORMS[_act(self.act)].label
        skipped = sum(number for _, number in found.left)
        self.act_effect = f"Will do {found.done:,}; will skip {skipped:,}."
        self.left, self.act_error = _left(found), ""
        self.act_verb = f"{label}: {found.done:,}" if found.done else "Nothing to do"
        self.is_act_shown = found.done > 0

    @rx.event
    @requires(MAY)
    async def close_act(self) -> None:
        """Close the form without doing anything."""
        self.act, self.left = "", []

    @rx.event
    @requires(MAY)
    async def close_outcome(self) -> None:
        """Put the outcome away."""
        self.outcome, self.left = "", []


def _act(name: str) -> CaseAct:
    if name not in set(CaseAct):
        raise Invalid("dunning.unknown_action", "There is no such action. Reload the page.")
    return CaseAct(name)


def _people(session: Session, _actor: Actor) -> list[PersonView]:
    people = [PersonView(str(each.id), each.name) for each in list_account_managers(session)]
    return [PersonView(NOBODY, "Nobody"), *people]


def _left(found: BulkOutcome) -> list[LeftView]:
    return [LeftView(sentence, f"{number:,}") for sentence, number in found.left]


def _done_words(act: CaseAct, done: BulkOutcome) -> str:
    many = "1 case" if done.done == 1 else f"{done.done:,} cases"
    skipped = sum(number for _, number in done.left)
    left = f" {skipped:,} left as they were." if skipped else ""
    return f"{FORMS[act].label}: done for {many}.{left}"


def bulk_menu(state: Any) -> rx.Component:
    """Everything that can be done with the selected cases."""
    return rx.cond(
        state.can_write,
        rx.menu.root(
            rx.menu.trigger(
                rx.button(
                    "Do",
                    rx.icon("chevron-down", size=14),
                    size="1",
                    variant="soft",
                    high_contrast=True,
                    custom_attrs={"data-testid": "do"},
                )
            ),
            rx.menu.content(
                *[
                    rx.menu.item(rx.icon(form.icon, size=14), form.label, on_select=state.ask_act(act.value))
                    for act, form in FORMS.items()
                ]
            ),
        ),
    )


def act_dialog(state: Any) -> rx.Component:
    """The form of the action, and what it would do before it does it."""
    return reason_dialog(
        title=state.act_title,
        effect=state.act_effect,
        undo=state.act_undo,
        verb=state.act_verb,
        is_open=state.act != "",
        on_close=state.close_act,
        on_submit=state.submit_act,
        error=state.act_error,
        fields=(*act_fields(state), _reasons(state)),
        is_dangerous=False,
    )


def _reasons(state: Any) -> rx.Component:
    return rx.cond(
        state.left.length() > 0,
        rx.el.ul(
            rx.foreach(
                state.left, lambda each: rx.el.li(rx.text(each.count, " \u00d7 ", each.sentence, size="2"))
            ),
            custom_attrs={"data-testid": "left"},
        ),
    )


def outcome_panel(state: Any) -> rx.Component:
    """What was done, and why some were left alone."""
    return rx.cond(
        state.outcome != "",
        rx.card(
            rx.hstack(
                rx.text(state.outcome, size="2", role="status", custom_attrs={"data-testid": "outcome"}),
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
            _reasons(state),
            width="100%",
        ),
    )
