"""The sign-in page: a real form that the browser posts."""

import reflex as rx

from dashboard.components.native import native_form
from dashboard.shell.guard import Mark, requires

MAX_WAIT_DIGITS = 5


class SignInState(rx.State):
    """What the address says about the last try."""

    message: str = ""
    next_page: str = ""

    @rx.event
    @requires(Mark.public)
    async def load(self) -> None:
        """Say why the last try was refused, or that the person is signed out."""
        asked = self.router.url.query_parameters
        self.next_page = asked.get("next", "")[:2_000]
        seconds = asked.get("retry", "")
        wait = seconds if seconds.isdigit() and len(seconds) <= MAX_WAIT_DIGITS else "60"
        self.message = {
            "wrong": "E-mail address and password do not match. Check both and try again.",
            "slow": f"Too many tries. Try again in {wait} s.",
        }.get(asked.get("error", ""), "You are signed out." if asked.get("out") else "")


def _field(label: str, name: str, kind: str, autocomplete: str) -> rx.Component:
    return rx.el.label(
        rx.text(label, size="2", weight="medium", margin_bottom="var(--space-1)"),
        rx.input(
            name=name,
            type=kind,
            auto_complete=autocomplete,
            required=True,
            size="3",
            width="100%",
        ),
        width="100%",
    )


@rx.page("/sign-in", title="Sign in · ClientForge Ops", on_load=SignInState.load)
def sign_in_page() -> rx.Component:
    """Form, message, nothing else."""
    return rx.el.main(
        rx.card(
            native_form(
                rx.vstack(
                    rx.hstack(rx.icon("anvil", size=20), rx.text("ClientForge Ops", weight="bold")),
                    rx.heading("Sign in", size="5", as_="h1"),
                    rx.cond(
                        SignInState.message != "",
                        rx.callout(
                            SignInState.message,
                            icon="info",
                            variant="soft",
                            high_contrast=True,
                            color_scheme="gray",
                            width="100%",
                            role="status",
                        ),
                    ),
                    _field("E-mail address", "email", "email", "username"),
                    _field("Password", "password", "password", "current-password"),
                    rx.el.input(type="hidden", name="next", value=SignInState.next_page, read_only=True),
                    rx.button("Sign in", type="submit", size="3", width="100%", high_contrast=True),
                    spacing="4",
                    width="100%",
                    align="start",
                ),
                action="/api/auth/sign-in",
                method="post",
            ),
            width="100%",
            max_width="380px",
            size="4",
        ),
        class_name="cf-sign-in",
    )
