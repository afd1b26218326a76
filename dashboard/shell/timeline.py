"""Events as a timeline shows them: who did what, why, and what changed, in the reader's words."""

from collections.abc import Mapping
from typing import Any

from dashboard.components.views import Change, TimelineItem
from dashboard.shell.formats import relative_instant
from models.compliance import TimelineEvent
from models.kernel.actor import Actor, ActorKind
from models.kernel.listing import show_instant
from models.kernel.money import Money

ICONS = {
    "approval": "stamp",
    "approval_limit": "gauge",
    "balance": "wallet",
    "bank_line": "landmark",
    "bank_statement": "file-up",
    "billing_profile": "file-text",
    "charge": "zap",
    "contact": "user-plus",
    "coupon": "ticket-percent",
    "credit_note": "undo-2",
    "campaign": "workflow",
    "dunning_case": "siren",
    "dunning_step": "siren",
    "discount": "ticket-percent",
    "dispute": "scale",
    "inbound_event": "inbox",
    "invoice": "receipt-text",
    "mail_template": "mail-open",
    "message": "mail",
    "note": "message-square",
    "payment": "banknote",
    "payment_account": "credit-card",
    "payment_link": "link",
    "payment_method": "credit-card",
    "plan": "package",
    "price": "tag",
    "promotion_code": "ticket",
    "refund": "undo-2",
    "staff_user": "user",
    "subscription": "repeat",
    "tax_rule": "percent",
    "tax_rules": "percent",
    "tenant": "building-2",
}
KINDS = {
    "approval": "money",
    "balance": "money",
    "bank_line": "money",
    "charge": "money",
    "credit_note": "money",
    "dispute": "money",
    "invoice": "money",
    "message": "messages",
    "note": "messages",
    "payment": "money",
    "refund": "money",
}
BY_PROGRAM = "system"


def timeline_items(events: list[TimelineEvent], reader: Actor, *, is_own: bool) -> list[TimelineItem]:
    """The events as rows; `is_own` leaves the subject out because the page is about it."""
    return [_item(each, reader, is_own=is_own) for each in events]


def _item(event: TimelineEvent, reader: Actor, *, is_own: bool) -> TimelineItem:
    noun = event.name.partition(".")[0]
    body = str(event.after.get("body", "")) if noun == "note" else ""
    return TimelineItem(
        id=str(event.id),
        icon=ICONS.get(noun, "circle-dot"),
        sentence=event.sentence,
        # A request stands on the timeline of what it is about, too.
        subject="" if is_own and noun != "approval" else event.subject_label,
        href=_place(noun, event.after),
        actor=event.actor_name,
        on_behalf_of=event.on_behalf_of,
        cause=event.cause.replace("_", " "),
        reason=event.reason or body,
        when=relative_instant(event.occurred_at),
        exact=show_instant(event.occurred_at, reader.locale, reader.time_zone),
        request_id=event.request_id,
        changes=[] if body else _changes(event, reader),
        kind=KINDS.get(noun, BY_PROGRAM if event.actor_kind == ActorKind.system else "changes"),
    )


def _place(noun: str, after: Mapping[str, Any]) -> str:
    """The page that shows what the event made, where the event's subject is another thing."""
    return f"/ops/notifications/{after['message_id']}" if noun == "message" and "message_id" in after else ""


def _changes(event: TimelineEvent, reader: Actor) -> list[Change]:
    keys = [key for key in {**event.before, **event.after} if key not in {"currency", "message_id"}]
    currency = str(event.after.get("currency") or event.before.get("currency") or "")
    return [
        Change(
            key.removesuffix("_minor").replace("_", " "),
            _value(event.before.get(key), key, currency, reader),
            _value(event.after.get(key), key, currency, reader),
        )
        for key in keys
        if event.before.get(key) != event.after.get(key)
    ]


def _value(value: Any, key: str, currency: str, reader: Actor) -> str:
    if value is None or value == "":
        return "\u2014"
    if key.endswith("_minor") and currency and isinstance(value, int):
        return Money(value, currency).format(reader.locale)
    if isinstance(value, dict):
        shown = {name: each for name, each in value.items() if each not in (None, "", [], False)}
        return ", ".join(f"{name.replace('_', ' ')} {each}" for name, each in shown.items())
    if isinstance(value, list):
        return ", ".join(str(each) for each in value) or "\u2014"
    return str(value)
