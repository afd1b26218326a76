"""Sessions: signing in and out, finding out whose a cookie is, ending and purging."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from models.accounts import events
from models.accounts.queries.actors import actor_for
from models.accounts.rules.passwords import (
    hash_password,
    is_password,
    needs_rehash,
    nobodys_hash,
)
from models.accounts.tables import StaffSession, StaffUser
from models.kernel import clock
from models.kernel.actor import Actor, Cause
from models.kernel.errors import NotFound
from models.kernel.events import Subject, record_event
from models.kernel.locking import lock_row
from models.kernel.permissions import Permission
from models.kernel.secrets import hash_token, new_token
from models.kernel.settings import get_settings

# How stale `last_seen_at` may be: one write a minute, not one a click.
SEEN_EVERY = timedelta(minutes=1)
PURGE_AFTER = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A cookie that holds: the person as actor, and the session it belongs to."""

    actor: Actor
    session_id: UUID
    user_id: UUID
    needs_touch: bool


def sign_in(
    session: Session, *, email: str, password: str, user_agent: str, address: str, request_id: str = ""
) -> tuple[StaffUser, str] | None:
    """Check the password and open a session; returns the person and the token, None for any mismatch.

    Unknown, inactive and wrong take the same time: a password is always hashed.
    """
    user = session.exec(select(StaffUser).where(StaffUser.email == email.strip().lower())).first()
    is_right = is_password(user.password_hash if user else nobodys_hash(), password)
    if user is None or not is_right or not user.is_active:
        return None
    if needs_rehash(user.password_hash):
        user.password_hash = hash_password(password)
    token, now = new_token(), clock.machine_now()
    opened = StaffSession(
        user_id=user.id,
        token_hash=hash_token(token),
        created_at=now,
        last_seen_at=now,
        expires_at=now + timedelta(hours=get_settings().session_absolute_hours),
        user_agent=user_agent[:400],
        address=address,
    )
    session.add(opened)
    session.flush()
    actor = actor_for(session, user.id).caused_by(Cause.click, request_id)
    subject = Subject("staff_user", user.id, user.name)
    record_event(session, actor, events.SIGNED_IN, subject, after={"address": address})
    return user, token


def resolve_session(session: Session, token: str) -> SignedIn | None:
    """Whose cookie this is, within idle and absolute limits; None where it does not hold."""
    found = session.exec(
        select(StaffSession).where(
            StaffSession.token_hash == hash_token(token), col(StaffSession.ended_at).is_(None)
        )
    ).first()
    now = clock.machine_now()
    if found is None or found.expires_at <= now or _idle_end(found) <= now:
        return None
    try:
        actor = actor_for(session, found.user_id)
    except NotFound:
        return None
    return SignedIn(actor, found.id, found.user_id, now - found.last_seen_at > SEEN_EVERY)


def touch_session(session: Session, session_id: UUID) -> None:
    """Note that the session is in use."""
    session.execute(
        update(StaffSession)
        .where(col(StaffSession.id) == session_id)
        .values(last_seen_at=clock.machine_now())
    )


def sign_out(session: Session, actor: Actor, *, session_id: UUID) -> None:
    """End the actor's current session."""
    _end(session, actor, session_id, "signed out")
    subject = Subject("staff_user", actor.id or session_id, actor.name)
    record_event(session, actor, events.SIGNED_OUT, subject)


def end_session(session: Session, actor: Actor, *, session_id: UUID) -> None:
    """End one of the actor's own sessions; NotFound for anybody else's."""
    actor.ensure(Permission.profile_write)
    _end(session, actor, session_id, "ended by its owner")
    subject = Subject("staff_user", actor.id or session_id, actor.name)
    record_event(session, actor, events.SESSION_ENDED, subject, after={"sessions": 1})


def end_all_other_sessions(session: Session, actor: Actor, *, keep: UUID) -> int:
    """End all of the actor's sessions but one; returns how many."""
    actor.ensure(Permission.profile_write)
    if actor.id is None:
        return 0
    ended = end_other_sessions(session, actor.id, keep=keep, reason="ended by its owner")
    subject = Subject("staff_user", actor.id, actor.name)
    record_event(session, actor, events.SESSION_ENDED, subject, after={"sessions": ended})
    return ended


def end_other_sessions(session: Session, user_id: UUID, *, keep: UUID | None, reason: str) -> int:
    """End a person's open sessions but one; returns how many."""
    statement = (
        update(StaffSession)
        .where(col(StaffSession.user_id) == user_id, col(StaffSession.ended_at).is_(None))
        .values(ended_at=clock.machine_now(), end_reason=reason)
        .returning(col(StaffSession.id))
    )
    if keep is not None:
        statement = statement.where(col(StaffSession.id) != keep)
    return len(session.scalars(statement).all())


def purge_sessions(session: Session, actor: Actor) -> int:
    """Delete sessions that ended or expired more than 30 days ago; returns how many."""
    actor.ensure(Permission.staff_write)
    limit = clock.machine_now() - PURGE_AFTER
    statement = (
        delete(StaffSession)
        .where((col(StaffSession.ended_at) < limit) | (col(StaffSession.expires_at) < limit))
        .returning(col(StaffSession.id))
    )
    return len(session.scalars(statement).all())


def _end(session: Session, actor: Actor, session_id: UUID, reason: str) -> None:
    found = lock_row(session, StaffSession, session_id, StaffSession.user_id == actor.id)
    if found.ended_at is None:
        found.ended_at = clock.machine_now()
        found.end_reason = reason


def _idle_end(found: StaffSession) -> datetime:
    return found.last_seen_at + timedelta(minutes=get_settings().session_idle_minutes)
