"""The designer: steps as rows, where declines lead, how it ends; checked while it is edited, saved as a version."""

from dataclasses import replace
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from dashboard.pages.dunning import campaign_view as view
from dashboard.pages.dunning import designer_data as data
from dashboard.pages.dunning.campaign_acts import CampaignActs, VersionView, version_views
from dashboard.shell.guard import Mark, current, requires
from dashboard.shell.page import page
from dashboard.shell.run import read, write
from dashboard.states.form_fields import as_id
from models.dunning import (
    STANDARD,
    TEMPLATES,
    CampaignDetail,
    CampaignPlan,
    Problem,
    RouteKind,
    count_movable,
    find_problems,
    get_campaign,
    save_campaign,
)
from models.kernel.actor import Actor
from models.kernel.columns import new_id
from models.kernel.errors import DomainError, Invalid, NotFound
from models.kernel.permissions import Permission

NEW = "new"
MAY = Permission.dunning_write
STEP_FIELDS = {*data.StepView.__dataclass_fields__} - {"key", "problem", "is_warning"}
PLAN_FIELDS = {"end_days", "end_subscription", "end_invoice", "budget", "name"}


class CampaignState(CampaignActs, rx.State):
    """What is typed, what is wrong with it, and the versions there are."""

    permission: ClassVar = Permission.dunning_read

    name: str = ""
    status: str = ""
    version: str = ""
    is_new: bool = False
    is_loaded: bool = False
    is_missing: bool = False
    is_changed: bool = False
    can_write: bool = False
    steps: list[data.StepView] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    routes: list[data.RouteView] = []  # noqa: RUF012
    fields: dict[str, str] = {}  # noqa: RUF012
    problems: list[str] = []  # noqa: RUF012
    warnings: list[str] = []  # noqa: RUF012
    versions: list[VersionView] = []  # noqa: RUF012
    movable: int = 0
    simulate_href: str = ""

    _id: UUID | None = None
    _number: int = 0

    @rx.event
    @requires(Mark.page, opens_page=True)
    async def load(self) -> None:
        """The version in use, or the standard one as the beginning of a new campaign."""
        last = self.router.url.path.strip("/").split("/")[-1]
        self.is_new, self.can_write = last == NEW, current().actor.may(MAY)
        self.dialog = self.dialog_error = ""
        try:
            self._id = None if self.is_new else as_id(last)
            await self._fill()
            self.is_missing = False
        except (NotFound, Invalid):
            self.is_missing = True
        self.is_loaded = True

    async def _fill(self) -> None:
        if self._id is None:
            self.name, self.status, self.version, self.versions = "", "active", "New", []
            self.movable, self._number = 0, 0
            self._show_plan(STANDARD)
            return
        found, self.movable = await read(_load, self._id)
        self.name, self.status, self._number = found.name, found.status, found.current_version
        self.version = f"v{found.current_version}"
        self.simulate_href = f"/billing/dunning/campaigns/{self._id}/simulate"
        self.versions = version_views(found, current().actor)
        self._show_assignments(found)
        self._show_plan(found.versions[0].plan)

    def _show_plan(self, plan: CampaignPlan) -> None:
        self.steps = [data.step_view(step, new_id().hex) for step in plan.steps]
        self.routes = data.route_views(plan)
        self.fields = data.plan_fields(plan)
        self.is_changed = False
        self._check()

    def _check(self) -> None:
        """What is wrong with what is typed; each step shows its own."""
        try:
            found = find_problems(data.read_plan(self.steps, self.routes, self.fields), TEMPLATES)
        except DomainError as error:
            position = int(error.field) if error.field.isdigit() else None
            found = [Problem(error.code, error.sentence, position)]
        self.steps = data.with_problems(self.steps, found)
        self.problems = [_sentence(each) for each in found if not each.is_warning]
        self.warnings = [_sentence(each) for each in found if each.is_warning]

    def _edited(self) -> None:
        self.is_changed = True
        self._check()

    @rx.event
    @requires(MAY)
    async def set_step(self, key: str, name: str, value: str) -> None:
        """One field of a step."""
        if name not in STEP_FIELDS:
            raise Invalid("designer.unknown_field", "There is no such field. Reload the page.")
        kept: Any = value in {"true", "True"} if name == "weekdays" else str(value)[:200]
        self.steps = [replace(each, **{name: kept}) if each.key == key else each for each in self.steps]
        self._edited()

    @rx.event
    @requires(MAY)
    async def move_step(self, key: str, way: int) -> None:
        """A step one up or down; each keeps its day."""
        at = next((index for index, each in enumerate(self.steps) if each.key == key), -1)
        to = at + (1 if way > 0 else -1)
        if at < 0 or not 0 <= to < len(self.steps):
            return
        steps = [*self.steps]
        steps[at], steps[to] = steps[to], steps[at]
        self.steps = steps
        self._edited()

    @rx.event
    @requires(MAY)
    async def add_step(self) -> None:
        """A charge two days after the last step."""
        last = self.steps[-1] if self.steps else None
        day = int(last.day) + 2 if last and last.day.isdigit() else 0
        blank = data.blank_step(new_id().hex, str(day))
        self.steps = [*self.steps, blank]
        self._edited()

    @rx.event
    @requires(MAY)
    async def drop_step(self, key: str) -> None:
        """Take a step out."""
        self.steps = [each for each in self.steps if each.key != key]
        self._edited()

    @rx.event
    @requires(MAY)
    async def set_route(self, decline_class: str, name: str, value: str) -> None:
        """Where a class leads."""
        if name not in {"kind", "step"} or (name == "kind" and value not in set(RouteKind)):
            raise Invalid("designer.unknown_route", "There is no such path. Reload the page.")
        self.routes = [
            replace(each, **{name: value[:4] if name == "step" else value})
            if each.decline_class == decline_class
            else each
            for each in self.routes
        ]
        self._edited()

    @rx.event
    @requires(MAY)
    async def set_field(self, name: str, value: str) -> None:
        """The name, the end or the number of tries."""
        if name not in PLAN_FIELDS:
            raise Invalid("designer.unknown_field", "There is no such field. Reload the page.")
        if name == "name":
            self.name = value[:200]
            return
        self.fields = {**self.fields, name: value[:20]}
        self._edited()

    @rx.event
    @requires(MAY)
    async def save(self, form: dict[str, str]) -> Any:
        """Save as the next version with its reason."""
        try:
            saved = await write(
                save_campaign,
                plan=data.read_plan(self.steps, self.routes, self.fields),
                reason=str(form.get("reason", "")),
                templates=TEMPLATES,
                campaign_id=self._id,
                name=self.name,
                expected_version=self._number or None,
            )
        except DomainError as error:
            self.dialog_error = f"{error.sentence} ({error.code})"
            return None
        self.dialog = self.dialog_error = ""
        done = rx.toast.success(f"Saved as v{saved.number}. Running cases keep their version.")
        if self._id is None:
            return [rx.redirect(f"/billing/dunning/campaigns/{saved.campaign_id}"), done]
        await self._fill()
        return done

    @rx.event
    @requires(MAY)
    async def discard(self) -> None:
        """Back to the version in use."""
        await self._fill()


def _load(session: Session, actor: Actor, campaign_id: UUID) -> tuple[CampaignDetail, int]:
    found = get_campaign(session, actor, campaign_id)
    return found, count_movable(session, actor, campaign_id=campaign_id)


def _sentence(problem: Problem) -> str:
    return f"Step {problem.step + 1}: {problem.sentence}" if problem.step is not None else problem.sentence


@page("/billing/dunning/campaigns/[campaign_id]", "Campaign", CampaignState.load)
def campaign_page() -> rx.Component:
    """Whom it is for, steps, routing and end; versions beside it."""
    return view.body(CampaignState)
