"""The line above the header that says what kind of money moves here; real money says nothing."""

import reflex as rx

from dashboard.shell.state import ShellState


def payments_line(*controls: rx.Component) -> rx.Component:
    """What the payments are; `controls` stand at its end on the sandbox alone, e.g. its clock."""
    banner = ShellState.banner
    return rx.cond(
        banner.text != "",
        rx.box(
            rx.icon("flask-conical", size=14, aria_hidden="true"),
            rx.el.span(banner.text),
            *([rx.cond(banner.is_sandbox, rx.fragment(*controls))] if controls else []),
            class_name="cf-banner",
            role="note",
            custom_attrs={"data-testid": "payments-mode", "data-tone": banner.tone},
        ),
    )
