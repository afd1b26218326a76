"""Saved views of lists, for their owner."""

from dataclasses import replace
from uuid import UUID

from sqlmodel import Session, col, select

from models.accounts import events
from models.accounts.tables import SavedView, ViewScope
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import Conflict, Invalid
from models.kernel.events import Subject, record_event
from models.kernel.listing import ListQuery, listing_named
from models.kernel.locking import lock_row
from models.kernel.permissions import Permission

MAX_NAME = 40
MAX_VIEWS = 30


def save_view(
    session: Session, actor: Actor, *, listing: str, name: str, params: str, scope: str | None = None
) -> SavedView:
    """Keep a list's filter, sort and columns under a name; the same name of one's own is replaced.

    Without a scope an existing view stays as visible as it is, and a new one is its owner's alone.
    """
    actor.ensure(Permission.views_write)
    found = listing_named(listing)
    actor.ensure(found.permission)
    if scope is not None and scope not in set(ViewScope):
        raise Invalid("view.scope", "A view is for you alone or for everyone.", field="scope")
    if actor.id is None:
        raise Invalid("view.nobody", "Only a person keeps views.")
    title = " ".join(name.split())
    if not title or len(title) > MAX_NAME:
        raise Invalid("view.name", f"A view's name has 1 to {MAX_NAME} characters.", field="name")
    mine = session.exec(
        select(SavedView).where(SavedView.user_id == actor.id, SavedView.listing == listing)
    ).all()
    view = next((each for each in mine if each.name == title), None)
    if view is None:
        if len(mine) >= MAX_VIEWS:
            raise Conflict("view.too_many", f"A list has at most {MAX_VIEWS} views. Delete one first.")
        view = SavedView(user_id=actor.id, listing=listing, name=title)
        session.add(view)
    view.params = replace(ListQuery.parse(params), cursor="", view="").params(found.default_sort)
    view.scope = scope or view.scope
    view.updated_at = clock.now()
    session.flush()
    after = {"listing": listing, "name": title, "scope": view.scope}
    record_event(session, actor, events.VIEW_SAVED, _subject(view), after=after)
    return view


def delete_view(session: Session, actor: Actor, *, view_id: UUID) -> None:
    """Delete one of the actor's own views; NotFound for anybody else's."""
    actor.ensure(Permission.views_write)
    view = lock_row(session, SavedView, view_id, col(SavedView.user_id) == actor.id)
    session.delete(view)
    record_event(
        session,
        actor,
        events.VIEW_DELETED,
        _subject(view),
        before={"listing": view.listing, "name": view.name},
    )


def _subject(view: SavedView) -> Subject:
    return Subject("saved_view", view.id, view.name)
