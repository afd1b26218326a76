"""The queue: who owes, why did it fail, what happens next and when?"""

from typing import Any, ClassVar

import reflex as rx

from dashboard.components.dialogs import link_button
from dashboard.components.list_page import list_page
from dashboard.pages.dunning.queue_acts import QueueActs, act_dialog, bulk_menu, outcome_panel
from dashboard.pages.dunning.queue_tiles import TileView, build_tiles, tiles
from dashboard.shell.guard import Mark, current, requires
from dashboard.shell.page import page
from dashboard.shell.run import read
from dashboard.states.list_state import ListState
from models.dunning import CASES, get_tiles
from models.kernel.permissions import Permission


class DunningState(QueueActs, ListState, rx.State):
    """The list of cases, the figures over it, and what can be done with those selected."""

    listing: ClassVar = CASES
    permission: ClassVar = Permission.dunning_read
    write_permission: ClassVar = Permission.dunning_act

    tiles: list[TileView] = []  # noqa: RUF012 -- Reflex copies defaults for each state

    @rx.event
    @requires(Mark.page)
    async def load_tiles(self) -> None:
        """The figures, after the rows."""
        self.tiles = build_tiles(await read(get_tiles), current().actor.locale)


@page("/billing/dunning", "Dunning", [DunningState.load, DunningState.load_tiles])
def dunning_page() -> rx.Component:
    """Tiles, then the generic list with what can be done with the selected cases."""
    state: Any = DunningState
    return rx.fragment(
        list_page(
            state,
            CASES,
            bulk=(bulk_menu(state),),
            actions=(
                link_button("Results", "chart-no-axes-column", "/billing/dunning/results", is_main=False),
                link_button("Campaigns", "workflow", "/billing/dunning/campaigns", is_main=False),
            ),
            notice=rx.vstack(tiles(state.tiles), outcome_panel(state), width="100%"),
        ),
        act_dialog(state),
    )
