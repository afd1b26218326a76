"""What a second person has to do with the thing shown: in a dialog, and on its page."""

from dataclasses import dataclass
from typing import Any

import reflex as rx


@dataclass(frozen=True, slots=True)
class RequestNote:
    """A request that waits, in words, with the way to it."""

    href: str
    text: str
    waits: str


def approval_callout(state: Any) -> rx.Component:
    """In a dialog: why the button asks instead of doing, and whom."""
    return rx.cond(state.needs_approval, _callout(rx.fragment(state.approval_note), role="status"))


def ask_or(state: Any, verb: Any) -> rx.Var:
    """The button's words: the verb itself, or the request for it."""
    return rx.cond(state.needs_approval, "Request approval", verb)


def request_callouts(notes: Any) -> rx.Component:
    """On the page: who asked for what, and the way to the request."""
    return rx.foreach(
        notes,
        lambda note: _callout(
            rx.fragment(
                note.text, " ", note.waits, " ", rx.link("Open request", href=note.href, underline="always")
            )
        ),
    )


def _callout(words: rx.Component, **props: Any) -> rx.Component:
    return rx.callout.root(
        rx.callout.icon(rx.icon("stamp", size=16)),
        rx.callout.text(words),
        color_scheme="violet",
        variant="soft",
        high_contrast=True,
        width="100%",
        **props,
    )
