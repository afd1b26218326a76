"""The mixin by which a list as it stands is kept as a view: for oneself or everyone, and as the first to open."""

from typing import Any, ClassVar

import reflex as rx

from dashboard.components.views import Tab
from dashboard.shell.guard import requires
from dashboard.shell.run import write
from dashboard.states import list_views as looks
from dashboard.states.form_fields import as_id
from models.accounts import (
    ListLook,
    ViewRow,
    ViewScope,
    choose_default_view,
    delete_view,
    save_view,
)
from models.kernel.errors import NotFound
from models.kernel.listing import Listing
from models.kernel.permissions import Permission


class SavedViews(rx.State, mixin=True):
    """Views over a list; the address names the one it came from, so that a changed one can be saved or left."""

    listing: ClassVar[Listing[Any]]

    tabs: list[Tab] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    is_changed: bool = False

    _params: str = ""
    # Read once for a tab, again when it changes them, and after a while, because others share theirs.
    _views: list[ViewRow] | None = None
    _look: ListLook = ListLook()

    @rx.event
    @requires(Permission.views_write)
    async def keep_view(self, form: dict[str, str]) -> Any:
        """Save the list as it stands under a name, for oneself or for everyone."""
        name, scope = str(form.get("name", "")), str(form.get("scope", "")) or None
        kept = await write(save_view, listing=self.listing.key, name=name, params=self._params, scope=scope)
        self._views = None
        row = ViewRow(kept.id, kept.name, kept.params)
        return [rx.redirect(looks.view_href(self.listing, row)), rx.toast.success("View saved.")]

    @rx.event
    @requires(Permission.views_write)
    async def save_current(self, identifier: str) -> Any:
        """Save the list as it stands in the view it came from."""
        view = self._own_view(identifier)
        return await self._saved(view, self._params, None)

    @rx.event
    @requires(Permission.views_write)
    async def share_view(self, identifier: str, is_shared: bool) -> Any:  # noqa: FBT001 -- from the menu
        """Show one of the reader's own views to everyone, or no longer."""
        view = self._own_view(identifier)
        return await self._saved(view, view.params, ViewScope.everyone if is_shared else ViewScope.me)

    @rx.event
    @requires(Permission.views_write)
    async def open_with(self, identifier: str) -> Any:
        """Open the list with this view from now on, or with none."""
        chosen = as_id(identifier) if identifier else None
        await write(choose_default_view, listing=self.listing.key, view_id=chosen)
        self._views = None
        said = "The list opens with this view now." if chosen else "The list opens with all rows now."
        return [self.__class__.load, rx.toast.success(said)]

    @rx.event
    @requires(Permission.views_write)
    async def drop_view(self, identifier: str) -> Any:
        """Delete one of the reader's own views."""
        await write(delete_view, view_id=as_id(identifier))
        self._views = None
        return rx.redirect(self.listing.path)

    async def _saved(self, view: ViewRow, params: str, scope: str | None) -> Any:
        await write(save_view, listing=self.listing.key, name=view.name, params=params, scope=scope)
        self._views = None
        return [self.__class__.load, rx.toast.success("View saved.")]

    def _own_view(self, identifier: str) -> ViewRow:
        wanted = as_id(identifier)
        found = next((each for each in self._views or [] if each.id == wanted and each.is_own), None)
        if found is None:
            raise NotFound("saved_view", identifier)
        return found
