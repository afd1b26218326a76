"""Reading staff sessions and saved views: everyone their own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import Session, col, select

from models.accounts.tables import SavedView, StaffSession, StaffUser, ViewScope
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import NotFound
from models.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One of a person's open sessions."""

    id: UUID
    user_agent: str
    address: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ViewRow:
    """A saved view."""

    id: UUID
    name: str
    params: str
    is_own: bool = True
    is_shared: bool = False
    owner: str = ""


@dataclass(frozen=True, slots=True)
class ListLook:
    """The columns a person likes in a list, in their order, widths in pixels, and the view it opens with."""

    columns: tuple[str, ...] = ()
    widths: Mapping[str, int] = field(default_factory=dict)
    default_view: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """Who the reader is."""

    id: UUID
    name: str
    email: str
    locale: str
    time_zone: str


def get_profile(session: Session, actor: Actor) -> Profile:
    """The actor as a person."""
    user = session.get(StaffUser, actor.id)
    if user is None:
        raise NotFound("staff_user", actor.id or "")
    return Profile(user.id, user.name, user.email, user.locale, user.time_zone)


def list_sessions(session: Session, actor: Actor) -> list[SessionRow]:
    """The actor's own open sessions, last active first."""
    actor.ensure(Permission.profile_write)
    statement = (
        select(StaffSession)
        .where(
            StaffSession.user_id == actor.id,
            col(StaffSession.ended_at).is_(None),
            StaffSession.expires_at > clock.machine_now(),
        )
        .order_by(col(StaffSession.last_seen_at).desc())
        .limit(100)
    )
    return [
        SessionRow(
            each.id, each.user_agent, each.address, each.created_at, each.last_seen_at, each.expires_at
        )
        for each in session.exec(statement)
    ]


def list_views(session: Session, actor: Actor, listing: str) -> list[ViewRow]:
    """The actor's own views of a list by name, then what others share."""
    is_own = col(SavedView.user_id) == actor.id
    is_shared = col(SavedView.scope) == ViewScope.everyone
    statement = (
        select(SavedView, StaffUser.name)
        .join(StaffUser, col(StaffUser.id) == SavedView.user_id)
        .where(SavedView.listing == listing, or_(is_own, is_shared))
        .order_by(is_own.desc(), SavedView.name, col(SavedView.id))
    )
    return [
        ViewRow(
            view.id,
            view.name,
            view.params,
            view.user_id == actor.id,
            view.scope == ViewScope.everyone,
            owner,
        )
        for view, owner in session.exec(statement)
    ]


def get_list_look(session: Session, actor: Actor, listing: str) -> ListLook:
    """How the actor likes a list to look."""
    user = session.get(StaffUser, actor.id) if actor.id else None
    lists = user.preferences.get("lists") if user else None
    kept = lists.get(listing, {}) if isinstance(lists, dict) else {}
    return ListLook(
        tuple(kept.get("columns", ())), dict(kept.get("widths", {})), kept.get("default_view", "")
    )
