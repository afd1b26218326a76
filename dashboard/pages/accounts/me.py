"""The reader's own profile: sessions, password, and what they may do."""

from dataclasses import dataclass
from typing import Any, ClassVar

import reflex as rx
from sqlmodel import Session

from dashboard.components.data_table import plain_table
from dashboard.components.detail import section
from dashboard.components.dialogs import error_callout, text_field
from dashboard.components.views import Fact
from dashboard.shell.formats import relative_instant
from dashboard.shell.guard import Mark, current, forget_all, requires
from dashboard.shell.page import page
from dashboard.shell.run import read, write
from dashboard.states.form_fields import as_id
from models.accounts import (
    Profile,
    SessionRow,
    change_password,
    end_all_other_sessions,
    end_session,
    get_profile,
    list_sessions,
)
from models.kernel.actor import Actor
from models.kernel.errors import DomainError
from models.kernel.listing import show_instant
from models.kernel.permissions import Permission

MAX_PASSWORD = 1_000


@dataclass(frozen=True)
class SessionView:
    """One of the reader's sessions as shown."""

    id: str
    device: str
    address: str
    signed_in: str
    last_seen: str
    expires: str
    is_current: bool


class MeState(rx.State):
    """Who the reader is, and where they are signed in."""

    permission: ClassVar = Permission.profile_write

    name: str = ""
    email: str = ""
    sessions: list[SessionView] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    access: list[Fact] = []  # noqa: RUF012
    password_error: str = ""

    @rx.event
    @requires(Mark.page, opens_page=True)
    async def load(self) -> None:
        """Profile, sessions and grants."""
        reader = current().actor
        profile, sessions = await read(_load)
        self.name, self.email, self.password_error = profile.name, profile.email, ""
        self.sessions = [_view(each, reader) for each in sessions]
        self.access = [
            Fact(permission.value, f"May {permission.sentence} ({scope})")
            for permission, scope in sorted(reader.grants.items())
        ]

    @rx.event
    @requires(Permission.profile_write)
    async def end(self, identifier: str) -> Any:
        """End one of the reader's sessions."""
        await write(end_session, session_id=as_id(identifier))
        forget_all()
        return [MeState.load, rx.toast.success("Session ended.")]

    @rx.event
    @requires(Permission.profile_write)
    async def end_others(self) -> Any:
        """End all of the reader's sessions but this one."""
        count = await write(end_all_other_sessions, keep=current().session_id)
        forget_all()
        return [MeState.load, rx.toast.success(f"{count} sessions ended.")]

    @rx.event
    @requires(Permission.profile_write)
    async def save_password(self, form: dict[str, str]) -> Any:
        """Change the password; every other session ends."""
        try:
            ended = await write(
                change_password,
                current=str(form.get("current", ""))[:MAX_PASSWORD],
                new=str(form.get("new", ""))[:MAX_PASSWORD],
                session_id=current().session_id,
            )
        except DomainError as error:
            self.password_error = f"{error.sentence} ({error.code})"
            return None
        forget_all()
        return [MeState.load, rx.toast.success(f"Password changed; {ended} other sessions ended.")]


def _load(session: Session, actor: Actor) -> tuple[Profile, list[SessionRow]]:
    return get_profile(session, actor), list_sessions(session, actor)


def _view(row: SessionRow, reader: Actor) -> SessionView:
    return SessionView(
        id=str(row.id),
        device=_device(row.user_agent),
        address=row.address or "\u2014",
        signed_in=show_instant(row.created_at, reader.locale, reader.time_zone),
        last_seen=relative_instant(row.last_seen_at),
        expires=relative_instant(row.expires_at),
        is_current=row.id == current().session_id,
    )


def _device(user_agent: str) -> str:
    """The browser and system of a user agent, in two words; the rest of the string says little."""
    browsers = ("Edg", "OPR", "Firefox", "Chrome", "Safari", "curl")
    systems = ("Windows", "iPhone", "Android", "Mac OS", "Linux")
    browser = next((each for each in browsers if each in user_agent), "Unknown program")
    system = next((each for each in systems if each in user_agent), "")
    return f"{browser} on {system}" if system else browser


@page("/me", "Profile", MeState.load)
def me_page() -> rx.Component:
    """Sessions, password, access."""
    return rx.vstack(
        rx.heading(MeState.name, size="5", as_="h1"),
        rx.text(MeState.email, color="var(--gray-11)"),
        section(
            "Sessions",
            plain_table(
                ["Device", "Address", "Signed in", "Last active", "Expires", ""],
                rx.foreach(MeState.sessions, _row),
                caption="Sessions",
            ),
            rx.button(
                "End all others",
                on_click=MeState.end_others,
                variant="soft",
                color_scheme="gray",
                high_contrast=True,
                margin_top="var(--space-3)",
            ),
        ),
        section("Password", _password_form()),
        section(
            "My access",
            rx.el.dl(
                rx.foreach(
                    MeState.access,
                    lambda fact: rx.fragment(rx.el.dt(rx.code(fact.label, size="2")), rx.el.dd(fact.value)),
                ),
                class_name="cf-facts",
            ),
        ),
        spacing="5",
        width="100%",
    )


def _row(row: rx.Var[SessionView]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(
            row.device,
            rx.cond(
                row.is_current,
                rx.badge("This one", variant="soft", high_contrast=True, class_name="cf-note"),
            ),
        ),
        rx.el.td(row.address),
        rx.el.td(row.signed_in),
        rx.el.td(row.last_seen),
        rx.el.td(row.expires),
        rx.el.td(
            rx.cond(
                row.is_current,
                rx.fragment(),
                rx.button("End", on_click=MeState.end(row.id), size="1", variant="soft", high_contrast=True),
            )
        ),
    )


def _password_form() -> rx.Component:
    return rx.form(
        rx.vstack(
            text_field("Current password", "current", kind="password"),
            text_field("New password, at least 12 characters", "new", kind="password"),
            rx.cond(MeState.password_error != "", error_callout(MeState.password_error)),
            rx.text("All your other sessions end.", size="1", color="var(--gray-11)"),
            rx.button("Change password", type="submit", high_contrast=True),
            spacing="3",
            max_width="480px",
            align="start",
        ),
        on_submit=MeState.save_password,
        reset_on_submit=True,
    )
