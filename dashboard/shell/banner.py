"""The line above the header that says what kind of money moves here; real money says nothing."""

import reflex as rx

from dashboard.shell.state import ShellState


def payments_line() -> rx.Component:
    """What the payments are; on the sandbox with the way to its clock."""
    banner = ShellState.banner
    return rx.cond(
        banner.text != "",
        rx.el.aside(
            rx.icon("flask-conical", size=14, aria_hidden="true"),
            rx.el.span(banner.text),
            rx.cond(
                banner.has_clock,
                rx.link("Let time pass", href="/ops/clock", size="1", color="inherit", underline="always"),
            ),
            class_name="cf-banner",
            aria_label="Payments",
            custom_attrs={"data-testid": "payments-mode", "data-tone": banner.tone},
        ),
    )
