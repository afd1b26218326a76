"""What the page of a request shows, from one read."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session

from dashboard.components.views import Fact
from dashboard.shell.formats import relative_instant
from dashboard.shell.theme import TONES, tone
from models.approvals import APPROVALS, RequestDetail, RequestRow, RequestStatus, get_request
from models.compliance import TimelineEvent, list_timeline
from models.kernel.actor import Actor
from models.kernel.events import Subject
from models.kernel.listing import show_instant
from models.kernel.money import Money
from models.limits import ACTIONS, ANY_CURRENCY, LimitedAction

NOTHING = "\u2014"
# Where what a request is about has its page.
PAGES = {"invoice": "/billing/invoices/{id}", "tenant": "/customers/{id}?tab=credit"}
# What counted together where it was more than the request's own amount.
TOGETHER = {
    "invoice": ", all of this invoice together",
    "tenant": ", all that was given within 24 hours together",
}


@dataclass(frozen=True)
class FactView:
    """One line of the preview: now and afterwards."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class SimilarView:
    """A request like this one."""

    title: str
    href: str
    amount: str
    status: str
    tone: str
    requester: str
    when: str
    exact: str


def load(session: Session, actor: Actor, request_id: UUID) -> tuple[RequestDetail, list[TimelineEvent]]:
    """The request with its timeline."""
    return get_request(session, actor, request_id), list_timeline(session, actor, subject_id=request_id)


def subject(detail: RequestDetail) -> Subject:
    """The request as the subject of a note."""
    return Subject("approval", detail.row.id, detail.row.title, detail.row.tenant_id)


def show(detail: RequestDetail, reader: Actor) -> dict[str, Any]:
    """The state's variables for this request."""
    row = detail.row
    note, role = _note(detail)
    return {
        "title": row.title,
        "badge": APPROVALS.labels.get(row.standing, row.standing.capitalize()),
        "tone": tone("approvals", row.standing),
        "note": note,
        "note_tone": TONES[role],
        "figure": Money(row.amount_minor, row.currency).format(reader.locale),
        "facts": _facts(row, reader),
        "sentence": detail.sentence,
        "lines": [
            FactView(each.label, _text(each.before, reader), _text(each.after, reader))
            for each in detail.facts
        ],
        "changes": [
            FactView(each.label, _text(each.was, reader), _text(each.now, reader))
            for each in detail.standing.differences
        ],
        "is_stale": detail.is_open and not detail.standing.is_current,
        "impossible": detail.standing.refusal,
        "error": row.error,
        "policy": _policy(detail, reader),
        "similar": [_similar(each, reader) for each in detail.similar],
        "is_own": detail.is_own,
        "is_open": detail.is_open,
        "requester": row.requester,
        "approve_refusal": _approve_refusal(detail),
        "reject_refusal": detail.decide_refusal,
        "own_refusal": detail.own_refusal,
    }


def _note(detail: RequestDetail) -> tuple[str, str]:
    """One badge beside the status: what a reader has to know first."""
    if detail.is_open and not detail.standing.is_current:
        return "Out of date", "attention"
    if detail.is_open and detail.row.error:
        return "Failed", "bad"
    return ("Reminded", "special") if detail.row.flag else ("", "neutral")


def _approve_refusal(detail: RequestDetail) -> str:
    if detail.decide_refusal:
        return detail.decide_refusal
    if detail.standing.refusal:
        return f"It cannot be carried out now: {detail.standing.refusal}"
    if not detail.standing.is_current:
        return (
            f"It has changed since it was asked for. {detail.row.requester} can ask again with a new preview."
        )
    return ""


def _facts(row: RequestRow, reader: Actor) -> list[Fact]:
    def when(instant: Any) -> tuple[str, str]:
        return relative_instant(instant), show_instant(instant, reader.locale, reader.time_zone)

    asked, asked_exact = when(row.created_at)
    facts = [
        Fact("Customer", row.customer, f"/customers/{row.tenant_id}"),
        Fact("About", row.subject_label, PAGES[row.subject_type].format(id=row.subject_id)),
        Fact("Kind", ACTIONS[LimitedAction(row.kind)].label),
        Fact("Requested by", row.requester),
        Fact("Reason", row.reason),
        Fact("Asked", asked, title=asked_exact),
    ]
    if row.standing == RequestStatus.waiting:
        facts.append(Fact("Expires", *_pair(when(row.expires_at))))
    if row.reminded_at:
        facts.append(Fact("Reminded", *_pair(when(row.reminded_at))))
    if row.decided_at:
        facts.append(Fact("Decided by", row.decider or "The program"))
        facts.append(Fact("Decided", *_pair(when(row.decided_at))))
    if row.note:
        facts.append(Fact("Note", row.note))
    return facts


def _pair(when: tuple[str, str]) -> tuple[str, str, str]:
    return when[0], "", when[1]


def _policy(detail: RequestDetail, reader: Actor) -> list[str]:
    policy = detail.policy
    spec = ACTIONS[LimitedAction(detail.row.kind)]
    scope = "any currency" if policy.rule == ANY_CURRENCY else policy.rule
    source = f"version {policy.version}, set by {policy.set_by}" if policy.version else "from the settings"
    whole = "" if policy.counted.minor == detail.row.amount_minor else TOGETHER[detail.row.subject_type]
    counted = (
        f"{policy.counted.format(reader.locale)} counted{whole}, and one person decides at most "
        f"{policy.limit.format(reader.locale)} alone when {spec.doing}."
    )
    who = (
        f"Who may decide: {' or '.join(policy.roles) or 'nobody yet'} ({policy.approve_permission}), "
        f"and never {'you' if detail.is_own else detail.row.requester}, who asked."
    )
    return [counted, f"Rule: {spec.label}, {scope}, {source}.", who]


def _similar(row: RequestRow, reader: Actor) -> SimilarView:
    return SimilarView(
        row.title,
        f"/approvals/{row.id}",
        Money(row.amount_minor, row.currency).format(reader.locale),
        APPROVALS.labels.get(row.standing, row.standing.capitalize()),
        tone("approvals", row.standing),
        row.requester,
        relative_instant(row.created_at),
        show_instant(row.created_at, reader.locale, reader.time_zone),
    )


def _text(value: str | Money | None, reader: Actor) -> str:
    if value is None:
        return NOTHING
    return value.format(reader.locale) if isinstance(value, Money) else value
