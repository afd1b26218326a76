"""Campaigns: do our reminders follow our rules, and do they work?"""

from dataclasses import dataclass
from typing import Any, ClassVar

import reflex as rx
from sqlmodel import Session

from dashboard.components.data_table import plain_table
from dashboard.components.detail import section
from dashboard.components.dialogs import link_button
from dashboard.components.feedback import empty_state, skeleton_rows
from dashboard.shell.formats import relative_instant
from dashboard.shell.guard import Mark, requires
from dashboard.shell.page import page
from dashboard.shell.run import read
from models.dunning import CampaignRow, list_campaigns, list_uncovered_plans
from models.kernel.actor import Actor
from models.kernel.permissions import Permission

FEWEST = 10


@dataclass(frozen=True)
class CampaignView:
    """A campaign in the list."""

    id: str
    name: str
    href: str
    status: str
    tone: str
    version: str
    used_by: str
    running: str
    rate: str
    edited: str
    edited_by: str


class CampaignsState(rx.State):
    """Every campaign; there are few."""

    permission: ClassVar = Permission.dunning_read

    rows: list[CampaignView] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    uncovered: str = ""
    is_loaded: bool = False

    @rx.event
    @requires(Mark.page, opens_page=True)
    async def load(self) -> None:
        """Campaigns, and which plans fall back to the default."""
        found, plans = await read(_load)
        self.rows = [_view(each) for each in found]
        self.uncovered = ", ".join(plans)
        self.is_loaded = True


def _load(session: Session, actor: Actor) -> tuple[list[CampaignRow], list[str]]:
    return list_campaigns(session, actor), list_uncovered_plans(session, actor)


def _view(row: CampaignRow) -> CampaignView:
    return CampaignView(
        id=str(row.id),
        name=row.name,
        href=f"/billing/dunning/campaigns/{row.id}",
        status=row.status.capitalize(),
        tone="jade" if row.status == "active" else "gray",
        version=f"v{row.version}",
        used_by=row.used_by,
        running=f"{row.running:,}",
        rate=rate_words(row.recovered, row.closed),
        edited=relative_instant(row.edited_at),
        edited_by=row.edited_by,
    )


def rate_words(good: int, n: int) -> str:
    """`41.2 % of 85`; with under ten closed cases only how many there were."""
    if n < FEWEST:
        return f"Too few: {n}"
    permille = good * 1_000 // n
    return f"{permille // 10}.{permille % 10} % of {n:,}"


@page("/billing/dunning/campaigns", "Campaigns", CampaignsState.load)
def campaigns_page() -> rx.Component:
    """The table, and what falls back to the default."""
    state: Any = CampaignsState
    return rx.vstack(
        rx.el.nav(rx.link("Dunning", href="/billing/dunning", size="2"), aria_label="Breadcrumb"),
        rx.hstack(
            rx.heading("Campaigns", size="5", as_="h1"),
            rx.spacer(),
            link_button("New campaign", "plus", "/billing/dunning/campaigns/new", key="n"),
            width="100%",
            align="center",
        ),
        _table(state),
        rx.cond(
            state.uncovered != "",
            section(
                "Coverage",
                rx.text(
                    "These plans have no campaign of their own and fall back to the default: ",
                    state.uncovered,
                    ".",
                    size="2",
                ),
            ),
        ),
        spacing="4",
        width="100%",
    )


def _table(state: Any) -> rx.Component:
    return rx.cond(
        state.is_loaded,
        rx.cond(
            state.rows.length() > 0,
            plain_table(
                ["Campaign", "Status", "Version", "Used by", "Running", "Recovered in 90 days", "Edited"],
                rx.foreach(state.rows, _row),
                caption="Campaigns",
                numeric=(4, 5),
            ),
            empty_state("workflow", "There is no campaign.", "Make one; without it nothing is chased."),
        ),
        skeleton_rows(3),
    )


def _row(row: rx.Var[CampaignView]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(rx.link(row.name, href=row.href)),
        rx.el.td(rx.badge(row.status, color_scheme=row.tone, variant="soft", high_contrast=True)),
        rx.el.td(row.version),
        rx.el.td(row.used_by),
        rx.el.td(row.running, class_name="cf-num"),
        rx.el.td(row.rate, class_name="cf-num"),
        rx.el.td(rx.el.span(row.edited, title=row.edited_by)),
        key=row.id,
    )
