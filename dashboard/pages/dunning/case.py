"""One case: what was done, what comes, exactly when, and what can be done now."""

from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from dashboard.pages.dunning import case_data as data
from dashboard.pages.dunning import case_view as view
from dashboard.pages.dunning.act_forms import FORMS, NOBODY, in_a_week, new_key, read_act
from dashboard.pages.dunning.queue_acts import PersonView
from dashboard.shell.guard import current, requires
from dashboard.shell.page import page
from dashboard.shell.run import read, rehearse
from dashboard.shell.timeline import timeline_items
from dashboard.states.detail_state import DetailState
from dashboard.states.form_fields import as_id, day
from models.accounts import list_account_managers
from models.compliance import TimelineEvent, list_timeline
from models.dunning import (
    CampaignRow,
    CaseAct,
    CaseDetail,
    close_task,
    get_case,
    grant_grace,
    list_campaigns,
    move_cases,
    own_case,
    pause_case,
    preview_try,
    promise_payment,
    resume_case,
    skip_step,
    stop_case,
    try_now,
    write_off_case,
)
from models.kernel.actor import Actor
from models.kernel.errors import DomainError, Invalid, NotFound
from models.kernel.events import Subject
from models.kernel.permissions import Permission

OPERATIONS: dict[CaseAct, Any] = {
    CaseAct.retry: try_now,
    CaseAct.pause: pause_case,
    CaseAct.resume: resume_case,
    CaseAct.own: own_case,
    CaseAct.grace: grant_grace,
    CaseAct.skip: skip_step,
    CaseAct.stop: stop_case,
    CaseAct.write_off: write_off_case,
    CaseAct.task_done: close_task,
}
MAY = Permission.dunning_act


class CaseState(DetailState, rx.State):
    """The case shown, its dialogs and what they do."""

    permission: ClassVar = Permission.dunning_read
    path: ClassVar = "/billing/dunning"
    tab_labels: ClassVar = (("line", "Steps"), ("timeline", "Timeline"))

    customer: str = ""
    points: list[data.PointView] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    assumption: str = ""
    person_why: str = ""
    can_act: bool = False
    is_resting: bool = False
    invoice_href: str = ""
    act: str = ""
    effect: str = ""
    undo: str = ""
    verb: str = ""
    is_dangerous: bool = False
    first_day: str = ""
    due_text: str = ""
    people: list[PersonView] = []  # noqa: RUF012
    campaigns: list[PersonView] = []  # noqa: RUF012
    moved: str = ""

    _request_key: str = ""
    _token: str = ""

    async def _fill(self) -> None:
        reader = current().actor
        found, events = await read(_load, self._required_id())
        for name, value in data.show(found, reader).items():
            setattr(self, name, value)
        self.timeline = timeline_items(events, reader, is_own=True)
        self._subject = Subject("invoice", found.row.invoice_id, found.row.number, found.row.tenant_id)

    @rx.event
    @requires(MAY)
    async def ask_act(self, name: str) -> None:
        """Open the form of an action; a try shows first what it would charge."""
        if name not in set(CaseAct):
            raise Invalid("dunning.no_such_action", "There is no such action. Reload the page.")
        act = CaseAct(name)
        form = FORMS[act]
        self.effect, self.undo, self.verb = form.effect, form.undo, form.label
        self.is_dangerous = form.is_dangerous
        if act is CaseAct.retry:
            found = await read(preview_try, case_id=self._required_id())
            amount = found.amount.format(current().actor.locale)
            method = found.method or "No method can be charged"
            self.effect = (
                f"{amount} of {found.number}. {method}. {found.tries} Should it fail: {found.next_why}"
            )
            self.verb = f"Charge {amount}"
        if act is CaseAct.own:
            self.people = await read(_people)
        self.act, self.dialog, self.dialog_error = act.value, "act", ""
        self.first_day, self._request_key = in_a_week(), new_key()

    @rx.event
    @requires(MAY)
    async def submit_act(self, form: dict[str, str]) -> Any:
        """Do what the form says."""
        act = CaseAct(self.act)
        try:
            facts = read_act(act, form, self._request_key)
        except DomainError as error:
            self.dialog_error = f"{error.sentence} ({error.code})"
            return None
        return await self._commit(
            OPERATIONS[act], f"{FORMS[act].label}: done.", case_id=self._required_id(), **facts
        )

    @rx.event
    @requires(MAY)
    async def ask_promise(self) -> None:
        """Ask for the day and amount of a promise."""
        self.first_day, self.due_text = in_a_week(), self.figure
        self.dialog, self.dialog_error = "promise", ""

    @rx.event
    @requires(MAY)
    async def promise(self, form: dict[str, str]) -> Any:
        """Note the promise; the case rests until the morning after."""
        return await self._commit(
            promise_payment,
            "Promise noted. The case rests until then.",
            case_id=self._required_id(),
            on=day(form, "on"),
            amount=str(form.get("amount", "")),
            reason=str(form.get("reason", "")),
        )

    @rx.event
    @requires(MAY)
    async def ask_move(self) -> None:
        """Offer the campaigns in use."""
        self.campaigns = await read(_campaigns)
        self.moved, self._token = "", ""
        self.dialog, self.dialog_error = "move", ""

    @rx.event
    @requires(MAY)
    async def move(self, form: dict[str, str]) -> Any:
        """First the next step before and after, then the move as shown."""
        wanted: dict[str, Any] = {
            "campaign_id": as_id(str(form.get("campaign", ""))),
            "case_ids": [self._required_id()],
            "reason": str(form.get("reason", "")),
        }
        if self._token:
            return await self._commit(move_cases, "Moved.", token=self._token, **wanted)
        try:
            found = await rehearse(move_cases, **wanted)
        except DomainError as error:
            self.dialog_error = f"{error.sentence} ({error.code})"
            return None
        self.moved, self._token = data.moved_words(found.rows[0], current().actor), found.token
        self.dialog_error = ""
        return None

    @rx.event
    @requires(MAY)
    async def choose_campaign(self, _value: str) -> None:
        """Another campaign needs another preview."""
        self.moved, self._token = "", ""

    def _required_id(self) -> UUID:
        if self._id is None:
            raise NotFound("dunning_case")
        return self._id


def _load(session: Session, actor: Actor, case_id: UUID) -> tuple[CaseDetail, list[TimelineEvent]]:
    found = get_case(session, actor, case_id)
    return found, list_timeline(session, actor, subject_id=found.row.invoice_id)


def _people(session: Session, _actor: Actor) -> list[PersonView]:
    people = [PersonView(str(each.id), each.name) for each in list_account_managers(session)]
    return [PersonView(NOBODY, "Nobody"), *people]


def _campaigns(session: Session, actor: Actor) -> list[PersonView]:
    rows: list[CampaignRow] = list_campaigns(session, actor)
    return [
        PersonView(str(each.id), f"{each.name} v{each.version}") for each in rows if each.status == "active"
    ]


@page("/billing/dunning/[case_id]", "Dunning case", CaseState.load)
def case_page() -> rx.Component:
    """Head, the line of steps, timeline; facts at the side."""
    return view.body(CaseState)
