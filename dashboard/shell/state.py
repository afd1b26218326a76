"""The states every page shares: who the tab belongs to, and the frame around the page."""

from dataclasses import dataclass, replace
from typing import ClassVar

import reflex as rx

from dashboard.shell import navigation
from dashboard.shell.guard import Mark, current, requires
from dashboard.shell.money_mode import Banner, payments_banner
from dashboard.shell.presence import presence
from dashboard.shell.run import read
from models.approvals import count_waiting
from models.kernel.permissions import Permission

MANY = 99


@dataclass(frozen=True)
class NavEntry:
    """An entry of the navigation as the browser sees it."""

    label: str
    href: str
    icon: str
    is_current: bool
    shortcut: str
    count: str = ""


@dataclass(frozen=True)
class NavGroup:
    """A group of the navigation as the browser sees it."""

    label: str
    links: list[NavEntry]


@dataclass(frozen=True)
class Denial:
    """Why a page does not open, and who can change that."""

    title: str = ""
    sentence: str = ""
    permission: str = ""
    roles: str = ""
    grantors: str = ""


class OwnerState(rx.State):
    """Whom this tab's state belongs to; the gate resets the tab when the cookie names somebody else."""

    _owner_id: str = ""


class ShellState(rx.State):
    """The frame: who is signed in, the navigation, a refusal in place of the page."""

    permission: ClassVar[Permission] = Permission.profile_write
    user_name: str = ""
    user_initials: str = ""
    groups: list[NavGroup] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    denial: Denial = Denial()
    is_denied: bool = False
    banner: Banner = Banner()

    @rx.event
    @requires(Mark.page, opens_page=True)
    async def load(self) -> None:
        """Fill the frame for the page that opens."""
        actor = current().actor
        if self.user_name != actor.name:
            self.user_name = actor.name
            self.user_initials = "".join(word[0] for word in actor.name.split()[:2]).upper()
        banner = payments_banner()
        if not actor.may(Permission.demo_clock_move):
            banner = replace(banner, has_clock=False)
        if self.banner != banner:
            self.banner = banner
        path = self.router.url.path.rstrip("/") or "/"
        presence.move(self.router.session.client_token, path)
        shown = navigation.visible(actor)
        here = _nearest(path, [each.href for group in shown for each in group.entries])
        is_asked = actor.may(Permission.approvals_read)
        counts = {navigation.APPROVALS: _capped(await read(count_waiting)) if is_asked else ""}
        groups = [
            NavGroup(
                group.label,
                [
                    NavEntry(
                        each.label,
                        each.href,
                        each.icon,
                        each.href == here,
                        each.shortcut,
                        counts.get(each.href, ""),
                    )
                    for each in group.entries
                ],
            )
            for group in shown
        ]
        if self.groups != groups:
            self.groups = groups
        if self.is_denied:
            self.is_denied = False


def _capped(number: int) -> str:
    """Nothing for none: a figure stands only where something waits."""
    return "" if not number else f"{MANY}+" if number > MANY else str(number)


def _nearest(path: str, hrefs: list[str]) -> str:
    """The entry whose page this is or lies under; of two the longer one."""
    above = [each for each in hrefs if path == each or (each != "/" and path.startswith(each + "/"))]
    return max(above, key=len, default="")
