"""A line that stands above everything else of a page: what blocks, what waits, what to do."""

from typing import Any

import reflex as rx


def callout(words: Any, colour: Any, icon: str = "info", *, role: str = "") -> rx.Component:
    """A soft callout; `role` announces it where it may come while the page is open."""
    return rx.callout.root(
        rx.callout.icon(rx.icon(icon, size=16)),
        rx.callout.text(words),
        color_scheme=colour,
        variant="soft",
        high_contrast=True,
        width="100%",
        **({"role": role} if role else {}),
    )
