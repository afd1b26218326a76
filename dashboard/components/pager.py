"""Previous and Next under a list that pages by keyset."""

from typing import Any

import reflex as rx


def pager(state: Any) -> rx.Component:
    """The two steps; one that leads nowhere is left out."""
    return rx.hstack(
        _step("Previous", state.before_href, "chevron-left"),
        _step("Next", state.after_href, "chevron-right"),
        justify="end",
        width="100%",
    )


def _step(label: str, href: Any, icon: str) -> rx.Component:
    return rx.cond(
        href != "",
        rx.link(
            rx.button(
                rx.icon(icon, size=16),
                label,
                variant="soft",
                color_scheme="gray",
                high_contrast=True,
                tab_index=-1,
            ),
            href=href,
            custom_attrs={"data-testid": label.lower()},
        ),
    )
