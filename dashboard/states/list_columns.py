"""The mixin by which a reader arranges a list: its columns, their order and widths, and its second order."""

from dataclasses import replace
from typing import Any, ClassVar

import reflex as rx

from dashboard.components.views import FilterMenu, Option
from dashboard.shell.guard import Mark, requires
from dashboard.shell.run import read, write
from dashboard.states import list_views as looks
from models.accounts import ListLook, keep_look
from models.kernel.errors import Invalid
from models.kernel.listing import Listing, ListQuery, list_choice_counts
from models.kernel.permissions import Permission

STEP = 40
USUAL = 160
MAX_COUNT = 1_000


class ColumnsList(rx.State, mixin=True):
    """Columns as each reader likes them, kept for the next time; values of a filter with their counts."""

    listing: ClassVar[Listing[Any]]
    permission: ClassVar[Permission]

    columns: list[Option] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    menus: list[FilterMenu] = []  # noqa: RUF012
    # Rules of the style sheet for this reader's widths: nothing is sent with each row.
    width_rules: str = ""

    _look: ListLook = ListLook()

    @rx.event
    @requires(Permission.views_write)
    async def arrange(self, text: str) -> Any:
        """Change the columns: `toggle`, `up`, `down`, `wide`, `narrow`, `width`, `then` with a key, or `reset`."""
        what, _, rest = text.strip().partition(" ")
        key, _, figure = rest.partition(" ")
        if what != "reset" and self.listing.column(key) is None:
            raise Invalid("column.unknown", "This list has no such column. Reload the page.")
        query = ListQuery.parse(self.router.url.query)
        if what == "then":
            return rx.redirect(looks.href(self.listing, looks.then_by(self.listing, query, key)))
        shown = [option.key for option in self.columns if option.is_chosen]
        self._look = arranged(self._look, shown, what, key, figure)
        keep = {"columns": self._look.columns, "widths": self._look.widths}
        await write(keep_look, listing=self.listing.key, **keep)
        if what in {"wide", "narrow", "width"}:
            columns = self.listing.shown(query.columns or self._look.columns)
            self.width_rules = looks.width_rules(columns, self._look.widths)
            return None
        # The columns of an address go before one's own, so they leave it.
        return rx.redirect(looks.href(self.listing, replace(query, columns=())), replace=True)

    @rx.event
    @requires(Mark.page)
    async def count_choices(self, key: str, is_open: bool) -> None:  # noqa: FBT001 -- Radix passes the new state
        """Say how many rows each value of a filter would show, once its menu opens."""
        if not is_open or not any(menu.key == key and menu.options for menu in self.menus):
            return
        query = ListQuery.parse(self.router.url.query)
        counts = await read(list_choice_counts, self.listing, query, key, cap=MAX_COUNT)
        self.menus = [looks.with_counts(menu, counts) if menu.key == key else menu for menu in self.menus]


def arranged(look: ListLook, shown: list[str], what: str, key: str, figure: str) -> ListLook:
    """The look after one change; what makes no sense leaves it as it is."""
    if what == "reset":
        return replace(look, columns=(), widths={})
    widths = dict(look.widths)
    if what in {"wide", "narrow"}:
        widths[key] = widths.get(key, USUAL) + (STEP if what == "wide" else -STEP)
    elif what == "width" and figure.isascii() and figure.isdigit():
        widths[key] = int(figure[:4])
    elif what == "toggle":
        shown = [each for each in shown if each != key] if key in shown else [*shown, key]
    elif key in shown and what in {"up", "down"}:
        place = shown.index(key)
        target = min(max(place + (1 if what == "down" else -1), 0), len(shown) - 1)
        shown.insert(target, shown.pop(place))
    columns = tuple(shown) if what in {"toggle", "up", "down"} else look.columns
    return replace(look, columns=columns, widths=widths)
