"""What stands where rows do not: skeleton, empty, failed, not found."""

from typing import Any

import reflex as rx


def empty_state(icon: str, what: str, following: str, *actions: rx.Component) -> rx.Component:
    """What is missing, in one sentence, and what to do next."""
    return rx.vstack(
        rx.icon(icon, size=20, color="var(--gray-11)"),
        rx.text(what, weight="medium"),
        rx.text(following, size="2", color="var(--gray-11)"),
        *actions,
        align="center",
        spacing="2",
        padding="var(--space-8) var(--space-4)",
        width="100%",
        border="1px dashed var(--gray-a6)",
        border_radius="var(--radius-4)",
    )


def error_panel(message: Any, retry_href: Any) -> rx.Component:
    """What failed and why, with a way on."""
    return rx.callout.root(
        rx.callout.icon(rx.icon("triangle-alert", size=16)),
        rx.callout.text(
            message,
            " ",
            rx.link("Start again from the first page", href=retry_href, underline="always", color="inherit"),
        ),
        color_scheme="red",
        variant="soft",
        high_contrast=True,
        role="alert",
        width="100%",
    )


def skeleton_rows(rows: int = 8) -> rx.Component:
    """The place of a table before the first rows arrive."""
    return rx.vstack(
        *[rx.skeleton(height="36px", width="100%") for _ in range(rows)],
        spacing="2",
        width="100%",
        aria_hidden="true",
    )


def not_found(what: str, list_href: str) -> rx.Component:
    """One and the same page for what does not exist and what is out of reach."""
    return rx.vstack(
        rx.heading("Not found", size="5", as_="h1"),
        empty_state(
            "search-x",
            f"There is no such {what}, or you may not see it.",
            "Check the address, or search for it with Ctrl/Cmd K.",
            rx.link("Back to the list", href=list_href),
        ),
        width="100%",
    )


def notice(icon: str, sentence: Any, color_scheme: str = "amber") -> rx.Component:
    """A fact that must be seen before what follows."""
    return rx.callout(
        sentence,
        icon=icon,
        color_scheme=color_scheme,
        variant="soft",
        high_contrast=True,
        role="status",
        width="100%",
    )
