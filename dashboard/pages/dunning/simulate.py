"""What a campaign would do to real debtors; the question stands in the address, so that it can be shared."""

from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from dashboard.pages.dunning import simulate_data as data
from dashboard.pages.dunning import simulate_view as view
from dashboard.shell.guard import Mark, current, requires
from dashboard.shell.page import page
from dashboard.shell.run import read
from dashboard.states.form_fields import as_id
from models.dunning import CampaignDetail, Simulation, Source, get_campaign, simulate_campaign
from models.kernel.actor import Actor
from models.kernel.errors import DomainError, Invalid, NotFound
from models.kernel.permissions import Permission


@dataclass(frozen=True)
class Question:
    """What is asked: on whom, which version, beside which other one."""

    source: Source
    number: str
    version: str
    beside: str


class SimulateState(rx.State):
    """One or two versions on the same debtors. Nothing is sent."""

    permission: ClassVar = Permission.dunning_write

    name: str = ""
    campaign_href: str = ""
    source: str = Source.queue.value
    number: str = ""
    version: str = ""
    beside: str = ""
    versions: list[str] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    results: list[data.ResultView] = []  # noqa: RUF012
    days: list[data.DayView] = []  # noqa: RUF012
    cases: list[data.SimulatedView] = []  # noqa: RUF012
    note: str = ""
    error: str = ""
    is_loaded: bool = False
    is_missing: bool = False

    _id: UUID | None = None

    @rx.event
    @requires(Mark.page, opens_page=True)
    async def load(self) -> None:
        """Answer what the address asks."""
        asked = self.router.url.query_parameters
        try:
            self._id = as_id(self.router.url.path.strip("/").split("/")[-2])
            question = Question(
                _source(asked.get("on", "")),
                asked.get("number", ""),
                asked.get("v", ""),
                asked.get("beside", ""),
            )
            self.error = ""
            found, answer = await read(_load, self._id, question)
        except NotFound as refusal:
            self.is_missing = refusal.data.get("what") == "campaign"
            self.error, self.results, self.days, self.cases = refusal.sentence, [], [], []
            self.is_loaded = True
            return
        except DomainError as refusal:
            self.error = f"{refusal.sentence} ({refusal.code})"
            self.is_loaded = True
            return
        self._show(found, answer, question)

    def _show(self, found: CampaignDetail, answer: Simulation, question: Question) -> None:
        self.name, self.campaign_href = found.name, f"/billing/dunning/campaigns/{found.id}"
        self.versions = [f"v{each.number}" for each in found.versions]
        self.source, self.number = question.source.value, question.number
        self.version = question.version or self.versions[0]
        self.beside = question.beside
        names = [self.version, *([self.beside] if self.beside else [])]
        reader = current().actor
        self.results = data.results(answer, names, reader)
        self.days = data.days(answer, reader)
        self.cases, self.note = data.cases(answer, reader)
        self.is_loaded, self.is_missing = True, False

    @rx.event
    @requires(Mark.page)
    async def ask(self, form: dict[str, str]) -> Any:
        """Put the question into the address."""
        if self._id is None:
            raise NotFound("campaign")
        wanted = {key: str(form.get(key, "")).strip() for key in ("on", "number", "v", "beside")}
        query = urlencode({key: value for key, value in wanted.items() if value and value != "none"})
        return rx.redirect(f"/billing/dunning/campaigns/{self._id}/simulate?{query}")


def _source(text: str) -> Source:
    if text and text not in set(Source):
        raise Invalid("simulation.source", "Simulate on the queue, last month or an invoice.")
    return Source(text or "queue")


def _load(
    session: Session, actor: Actor, campaign_id: UUID, question: Question
) -> tuple[CampaignDetail, Simulation]:
    found = get_campaign(session, actor, campaign_id)
    plans = {f"v{each.number}": each.plan for each in found.versions}
    wanted = [
        question.version or f"v{found.current_version}",
        *([question.beside] if question.beside else []),
    ]
    missing = next((each for each in wanted if each not in plans), None)
    if missing is not None:
        raise Invalid("simulation.version", f"There is no version {missing[:10]}. Choose another.")
    return found, simulate_campaign(
        session, actor, plans=[plans[each] for each in wanted], source=question.source, number=question.number
    )


@page("/billing/dunning/campaigns/[campaign_id]/simulate", "Simulation", SimulateState.load)
def simulate_page() -> rx.Component:
    """The question, the answer by day and by case, and that nothing is sent."""
    return view.body(SimulateState)
