"""How a person likes a list to look: its columns in their order, and their widths."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import Session, col, select

from models.accounts.tables import SavedView, StaffUser, ViewScope
from models.kernel.actor import Actor
from models.kernel.errors import Invalid, NotFound
from models.kernel.listing import listing_named
from models.kernel.locking import lock_row
from models.kernel.permissions import Permission

# Pixels; narrower hides the words, wider hides the other columns.
NARROWEST, WIDEST = 60, 800


def keep_look(
    session: Session, actor: Actor, *, listing: str, columns: Sequence[str], widths: Mapping[str, int]
) -> None:
    """Keep a list's columns and their widths for the actor; unknown columns are passed over.

    It is no event: nobody else sees it, and it would fill the audit log with nothing.
    """
    actor.ensure(Permission.views_write)
    found = listing_named(listing)
    user = _person(session, actor)
    known = {column.key for column in found.columns}
    look = {
        **_kept(user, listing),
        "columns": [key for key in columns if key in known],
        "widths": {key: min(max(width, NARROWEST), WIDEST) for key, width in widths.items() if key in known},
    }
    _keep(user, listing, look)


def choose_default_view(session: Session, actor: Actor, *, listing: str, view_id: UUID | None) -> None:
    """A list opens with this view for the actor, or with None as it is; NotFound for a view out of sight."""
    actor.ensure(Permission.views_write)
    listing_named(listing)
    is_seen = or_(col(SavedView.user_id) == actor.id, col(SavedView.scope) == ViewScope.everyone)
    wanted = select(SavedView.id).where(SavedView.id == view_id, SavedView.listing == listing, is_seen)
    if view_id is not None and session.exec(wanted).first() is None:
        raise NotFound("saved_view", view_id)
    user = _person(session, actor)
    _keep(user, listing, {**_kept(user, listing), "default_view": str(view_id or "")})


def _person(session: Session, actor: Actor) -> StaffUser:
    if actor.id is None:
        raise Invalid("look.nobody", "Only a person arranges lists.")
    return lock_row(session, StaffUser, actor.id)


def _kept(user: StaffUser, listing: str) -> dict[str, Any]:
    lists = user.preferences.get("lists")
    return dict(lists.get(listing, {})) if isinstance(lists, dict) else {}


def _keep(user: StaffUser, listing: str, look: dict[str, Any]) -> None:
    lists = user.preferences.get("lists")
    known = lists if isinstance(lists, dict) else {}
    user.preferences = {**user.preferences, "lists": {**known, listing: look}}
