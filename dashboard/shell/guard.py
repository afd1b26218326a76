"""The gate: every Reflex event passes it, and it denies by default."""

import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from http.cookies import CookieError, SimpleCookie
from typing import Any, TypeVar
from uuid import UUID, uuid4

import structlog

from models.accounts import SignedIn, resolve_session, touch_session
from models.kernel.actor import Actor, Cause
from models.kernel.database import read_session, unit_of_work
from models.kernel.errors import Forbidden
from models.kernel.permissions import Permission

COOKIE = "cf_session"
# How long a resolved cookie is believed; ending a session works within it in every process.
BELIEF_SECONDS = 2.0
MAX_BELIEVED = 20_000
MAX_COOKIE, MAX_TOKEN = 16_000, 200
_ATTRIBUTE = "clientforge_guard"

Handler = TypeVar("Handler", bound=Callable[..., Any])


class Mark(StrEnum):
    """Guards that are not a permission of their own."""

    page = "page"  # the permission of the state's page, `permission: ClassVar[Permission]`
    public = "public"  # anybody, signed in or not
    signed_in = "signed_in"  # anybody who is signed in; what they reach is the operation's to say


@dataclass(frozen=True, slots=True)
class Guard:
    """What a handler demands; `opens_page` makes a refusal a page instead of a toast."""

    demand: Permission | Mark
    opens_page: bool = False


def requires(demand: Permission | Mark, *, opens_page: bool = False) -> Callable[[Handler], Handler]:
    """Mark an event handler with what it demands; an unmarked one is refused to everybody."""

    def mark(handler: Handler) -> Handler:
        setattr(handler, _ATTRIBUTE, Guard(demand, opens_page))
        return handler

    return mark


def guard_of(function: Callable[..., Any]) -> Guard | None:
    """The mark of a handler, or None."""
    return getattr(function, _ATTRIBUTE, None)


def demanded(guard: Guard, state: type[Any]) -> Permission | Mark:
    """The permission a handler demands on this state, or `Mark.public`."""
    if guard.demand is Mark.page:
        return Permission(state.permission)
    return guard.demand


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever sent the event being handled."""

    actor: Actor
    session_id: UUID
    token: str


_visitor: ContextVar[Visitor | None] = ContextVar("visitor", default=None)


def current() -> Visitor:
    """The signed-in visitor of this event or request; raises Forbidden outside of one."""
    found = _visitor.get()
    if found is None:
        raise Forbidden("session.missing", "You are signed out. Sign in and try again.")
    return found


def enter(
    signed_in: SignedIn | None, token: str, cause: Cause = Cause.click, request_id: str = ""
) -> Visitor | None:
    """Make the visitor current for this task, with the request's id, else a fresh one, in its logs."""
    request_id = request_id or uuid4().hex[:16]
    structlog.contextvars.bind_contextvars(request_id=request_id)
    visitor = (
        Visitor(signed_in.actor.caused_by(cause, request_id), signed_in.session_id, token)
        if signed_in
        else None
    )
    _visitor.set(visitor)
    return visitor


def session_token(cookie_header: str) -> str:
    """The session token of a Cookie header, or nothing."""
    if not cookie_header or len(cookie_header) > MAX_COOKIE:
        return ""
    try:
        morsel = SimpleCookie(cookie_header).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


_believed: dict[str, tuple[float, SignedIn | None]] = {}


def resolve(token: str) -> SignedIn | None:
    """Whose token this is, asked of the database at most every two seconds. Blocking."""
    if not token or len(token) > MAX_TOKEN:
        return None
    now = time.monotonic()
    known = _believed.get(token)
    if known and known[0] > now:
        return known[1]
    with read_session() as session:
        found = resolve_session(session, token)
    if found and found.needs_touch:
        with unit_of_work() as session:
            touch_session(session, found.session_id)
    if len(_believed) >= MAX_BELIEVED:
        _believed.clear()
    _believed[token] = (now + BELIEF_SECONDS, found)
    return found


def believed(token: str) -> tuple[bool, SignedIn | None]:
    """Whether the token was resolved a moment ago, and to whom; never blocks."""
    known = _believed.get(token)
    if not token:
        return True, None
    return (True, known[1]) if known and known[0] > time.monotonic() else (False, None)


def forget(token: str) -> None:
    """Ask the database again at the token's next use."""
    _believed.pop(token, None)


def forget_all() -> None:
    """Ask the database again for everybody, e.g. after sessions were ended."""
    _believed.clear()
