"""One message of a vendor: as it came, what became of it, and working it off again."""

import json
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from dashboard.components.callouts import callout
from dashboard.components.detail_page import detail_page
from dashboard.components.dialogs import action_button
from dashboard.components.views import Fact
from dashboard.pages.operations.inbound import replay_dialog
from dashboard.shell.formats import relative_instant
from dashboard.shell.guard import current, requires
from dashboard.shell.page import page
from dashboard.shell.run import read
from dashboard.shell.theme import tone
from dashboard.shell.timeline import timeline_items
from dashboard.states.detail_state import DetailState
from models.compliance import TimelineEvent, list_timeline
from models.kernel.actor import Actor
from models.kernel.errors import NotFound
from models.kernel.events import Subject
from models.kernel.listing import show_instant
from models.kernel.permissions import Permission
from models.webhooks import INBOUND, InboundRow, get_inbound, replay_message, why_not_replay

MOST_LETTERS = 200_000
SECRETS = frozenset({"client_secret"})
MASK = "•••"
Found = tuple[InboundRow, dict[str, Any], list[TimelineEvent]]


class InboundMessageState(DetailState, rx.State):
    """The message shown, and its replay."""

    permission: ClassVar = Permission.inbound_read
    path: ClassVar = "/ops/inbound"
    tab_labels: ClassVar = (("payload", "Payload"), ("timeline", "Timeline"))

    payload: str = ""
    outcome: str = ""
    is_dead: bool = False
    refusal: str = ""

    async def _fill(self) -> None:
        reader = current().actor
        row, payload, events = await read(_load, self._required_id())
        self.title, self.figure = row.kind, ""
        self.badge, self.tone = INBOUND.labels[row.status], tone("inbound", row.status)
        self.payload = payload_text(payload)
        self.outcome, self.is_dead = row.outcome, row.status == "dead"
        self.refusal = why_not_replay(row.status)
        self.facts = _facts(row, reader)
        self.timeline = timeline_items(events, reader, is_own=True)
        self._subject = Subject("inbound_event", row.id, f"{row.kind} {row.external_id}")

    def _asked(self, name: str) -> Any:
        return type(self).ask_replay if name == "replay" else None

    @rx.event
    @requires(Permission.inbound_retry)
    async def ask_replay(self) -> None:
        """Ask before it is worked off again."""
        self.dialog, self.dialog_error = "replay", ""

    @rx.event
    @requires(Permission.inbound_retry)
    async def replay(self, form: dict[str, str]) -> Any:
        """Work the message off once more."""
        if self.dialog != "replay":
            return None
        return await self._commit(
            replay_message,
            "Put back. It is worked off at once.",
            message_id=self._required_id(),
            reason=str(form.get("reason", "")),
        )

    def _required_id(self) -> UUID:
        if self._id is None:
            raise NotFound("inbound_event")
        return self._id


def _load(session: Session, actor: Actor, message_id: UUID) -> Found:
    row, payload = get_inbound(session, actor, message_id)
    return row, payload, list_timeline(session, actor, subject_id=message_id)


def _facts(row: InboundRow, reader: Actor) -> list[Fact]:
    def when(label: str, instant: Any) -> Fact:
        exact = show_instant(instant, reader.locale, reader.time_zone) if instant else ""
        return Fact(label, relative_instant(instant) if instant else "\u2014", title=exact)

    return [
        Fact("From", row.source.capitalize()),
        Fact("Id", row.external_id),
        Fact("About", " ".join(part for part in (row.object_type, row.object_id) if part) or "\u2014"),
        Fact("API version", row.api_version or "\u2014"),
        Fact("Came", "Asked for, because it was missing" if row.is_fetched else "Sent to us"),
        Fact("Delivered", "once" if row.deliveries == 1 else f"{row.deliveries} times"),
        Fact("Tries", str(row.tries)),
        when("Happened", row.happened_at),
        when("Received", row.received_at),
        when("Next try", row.due_at),
        when("Finished", row.finished_at),
    ]


def payload_text(payload: Any) -> str:
    """The payload as JSON to read; what would let somebody act for a customer is left out."""
    return json.dumps(_masked(payload), indent=2, ensure_ascii=False)[:MOST_LETTERS]


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: MASK if key in SECRETS and each else _masked(each) for key, each in value.items()}
    return [_masked(each) for each in value] if isinstance(value, list) else value


@page(
    "/ops/inbound/[message_id]",
    "Message",
    InboundMessageState.load,
)
def inbound_message_page() -> rx.Component:
    """Head, payload, timeline; facts at the side."""
    state = InboundMessageState
    return detail_page(
        state,
        noun="message",
        list_label="Inbox of webhooks",
        list_href="/ops/inbound",
        first_tab=rx.vstack(
            rx.cond(
                state.outcome != "",
                callout(state.outcome, rx.cond(state.is_dead, "red", "gray"), "info", role="status"),
            ),
            rx.el.pre(
                state.payload,
                class_name="cf-json",
                tab_index=0,
                aria_label="Payload as it came",
                custom_attrs={"data-testid": "payload"},
            ),
            spacing="4",
            width="100%",
        ),
        tabs={},
        actions=(
            action_button("Replay", "refresh-cw", state.ask_replay, refusal=state.refusal, is_main=True),
        ),
        dialogs=(
            replay_dialog(
                state,
                "replay",
                title="Replay " + state.title,
                effect="It is worked off again. What it is about is fetched anew, so what was done stays as it is.",
                verb="Replay message",
                on_submit=state.replay,
            ),
        ),
    )
