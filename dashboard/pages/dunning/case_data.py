"""One case as its page shows it: the line of what was and what comes, and the facts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dashboard.components.views import Fact
from dashboard.pages.dunning.designer_words import next_words
from dashboard.shell.formats import relative_instant
from dashboard.shell.theme import TONES, tone
from models.dunning import ACTION_WORDS, CLASS_WORDS, CaseDetail, Moved, Next, StepRow
from models.kernel.actor import Actor
from models.kernel.listing import show_date, show_instant
from models.kernel.money import Money

OUTCOMES = {
    "done": ("Done", "good"),
    "waiting": ("Waiting for the answer", "info"),
    "succeeded": ("Went through", "good"),
    "failed": ("Declined", "bad"),
    "needs_action": ("Customer must confirm", "attention"),
    "skipped": ("Skipped", "neutral"),
    "refused": ("Not possible", "attention"),
}
ICONS = {
    "charge": "credit-card",
    "mail": "mail",
    "task": "phone",
    "pause": "pause",
    "suspend": "ban",
    "write_off": "eraser",
    "end": "flag",
    "wake": "alarm-clock",
    "answer": "hourglass",
}
STATUS_WORDS = {"waiting_action": "Waiting for the customer", "ended": "Ended unpaid"}


@dataclass(frozen=True)
class PointView:
    """A point of the line: `phase` is past, skip or ahead."""

    phase: str
    icon: str
    title: str
    badge: str
    tone: str
    when: str
    exact: str
    why: str
    template: str = ""
    key: str = ""


def show(found: CaseDetail, reader: Actor) -> dict[str, Any]:
    """Every variable of the page but the timeline."""
    row = found.row
    return {
        "title": row.number,
        "badge": STATUS_WORDS.get(row.status, row.status.capitalize()),
        "tone": tone("dunning_cases", row.status),
        "note": row.flag[0],
        "note_tone": TONES.get(row.flag[1], "red"),
        "figure": Money(row.amount_minor, row.currency).format(reader.locale),
        "customer": row.customer,
        "facts": facts(found, reader),
        "points": line(found, reader),
        "assumption": found.ahead_why if row.is_open else "",
        "person_why": row.person_why,
        "can_act": row.is_open,
        "is_resting": row.status in {"paused", "promised"},
        "invoice_href": f"/billing/invoices/{row.invoice_id}",
    }


def facts(found: CaseDetail, reader: Actor) -> list[Fact]:
    """The facts at the side."""
    row = found.row
    rows = [
        Fact("Customer", row.customer, f"/customers/{row.tenant_id}"),
        Fact("Invoice", row.number, f"/billing/invoices/{row.invoice_id}"),
        Fact("Due since", f"{show_date(row.due_on, reader.locale)}, {row.days} days"),
        Fact(
            "Campaign",
            f"{row.campaign} v{row.version}",
            f"/billing/dunning/campaigns/{found.campaign_id}",
            found.chosen_why,
        ),
        Fact("Why this one", found.chosen_why),
        Fact("Tries", f"{row.tries_used} of {row.budget} used; a try by hand uses none"),
        Fact("Method", found.method or "None that can be charged"),
        Fact("Last failure", row.failure_words),
        Fact("Owner", row.owner or "Nobody"),
    ]
    if row.failure_class:
        rows.insert(8, Fact("Its class", CLASS_WORDS.get(row.failure_class, row.failure_class)))
    if row.promise_on:
        rows.append(Fact("Promised for", show_date(row.promise_on, reader.locale)))
    if found.rest_reason:
        rows.append(Fact("Rests because", found.rest_reason))
    if not row.is_open:
        rows.append(Fact("Closed", row.closed_why))
    if row.recovered_minor:
        rows.append(Fact("Recovered", Money(row.recovered_minor, row.currency).format(reader.locale)))
    return rows


def line(found: CaseDetail, reader: Actor) -> list[PointView]:
    """Past and future in one line, oldest first."""
    zone = found.row.zone
    past = [_past(each, found, reader) for each in found.steps]
    ahead: list[PointView] = []
    for index, coming in enumerate(found.ahead):
        ahead += [_skip(skip.position, skip.why, coming, found) for skip in coming.skips]
        ahead.append(_ahead(coming, found, reader, is_next=index == 0))
    opened = PointView(
        "past",
        "play",
        "The chase began",
        "",
        "gray",
        relative_instant(found.row.opened_at),
        _exact(found.row.opened_at, zone, reader),
        found.chosen_why,
        key="opened",
    )
    return [opened, *past, *ahead]


def _past(step: StepRow, found: CaseDetail, reader: Actor) -> PointView:
    word, role = OUTCOMES[step.outcome]
    name = ACTION_WORDS.get(step.action, step.action)
    title = f"Step {step.position + 1}: {name.lower()}" if step.kind == "step" else _other(step, name)
    code = f" ({step.decline_code.replace('_', ' ')})" if step.decline_code else ""
    return PointView(
        "skip" if step.outcome == "skipped" else "past",
        ICONS.get(step.action, "circle-dot"),
        title,
        word,
        TONES[role],
        relative_instant(step.done_at),
        _exact(step.done_at, found.row.zone, reader),
        f"{step.sentence}{code}",
        key=f"past-{step.kind}-{step.position}-{step.done_at.isoformat()}",
    )


def _other(step: StepRow, name: str) -> str:
    return f"{name} by hand" if step.kind == "hand" else f"{name} outside the campaign"


def _ahead(coming: Next, found: CaseDetail, reader: Actor, *, is_next: bool) -> PointView:
    name = ACTION_WORDS.get(coming.action, coming.action)
    is_step = coming.position < len(found.plan.steps) and coming.action not in {"wake", "answer"}
    return PointView(
        "ahead",
        ICONS.get(coming.action, "circle-dot"),
        f"Step {coming.position + 1}: {name.lower()}" if is_step else name,
        "Next" if is_next else "",
        "indigo",
        relative_instant(coming.at),
        _exact(coming.at, found.row.zone, reader),
        coming.why,
        found.plan.steps[coming.position].template if is_step else "",
        key=f"ahead-{coming.position}-{coming.action}",
    )


def _skip(position: int, why: str, coming: Next, found: CaseDetail) -> PointView:
    name = ACTION_WORDS[found.plan.steps[position].action]
    return PointView(
        "skip",
        ICONS.get(found.plan.steps[position].action, "circle-dot"),
        f"Step {position + 1}: {name.lower()}",
        "Will be skipped",
        "gray",
        "",
        "",
        why,
        key=f"skip-{position}-{coming.position}",
    )


def _exact(instant: datetime, zone: str, reader: Actor) -> str:
    return f"{show_instant(instant, reader.locale, zone)} ({zone})"


def moved_words(moved: Moved, reader: Actor) -> str:
    """The next step before and after a move."""
    before = next_words(moved.before_action, moved.before_at, reader)
    after = next_words(moved.after_action, moved.after_at, reader)
    return f"Next was: {before}. It will be: {after}."
