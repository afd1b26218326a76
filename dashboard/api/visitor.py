"""Who calls over HTTP: the session cookie, asked of the database; and the demands of a route."""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from fastapi.security import APIKeyCookie

from dashboard.shell.guard import COOKIE, Mark, Visitor, enter, resolve
from models.kernel.actor import Actor, Cause
from models.kernel.errors import Forbidden
from models.kernel.permissions import Permission
from models.kernel.settings import get_settings

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

Route = TypeVar("Route", bound=Callable[..., Any])

# Every route's demand, for the gate and for the test that lists them.
DEMANDS: dict[Callable[..., Any], Permission | Mark] = {}

# For the description only: `admit` reads the cookie itself.
SESSION = APIKeyCookie(
    name=COOKIE,
    scheme_name="session",
    description="The cookie that the sign-in page sets. Changes made with it also need an Origin header of ours.",
    auto_error=False,
)


def demand(permission: Permission | Mark) -> Callable[[Route], Route]:
    """Mark a route with what it demands; one without a mark is closed to everybody."""

    def mark(route: Route) -> Route:
        DEMANDS[route] = permission
        return route

    return mark


def admit(request: Request) -> Visitor | None:
    """The gate of every route; None for a visitor of a public one.

    Raises Forbidden without a session that holds (401), without the permission that the route's mark
    names, from a foreign origin, and for a route without a mark (403).
    """
    ensure_own_origin(request)
    wanted = DEMANDS.get(request.scope["endpoint"])
    if wanted is None:
        raise Forbidden("route.unguarded", "This address is not open to anybody.")
    if wanted is Mark.public:
        return None
    token = request.cookies.get(COOKIE, "")
    found = enter(resolve(token), token, Cause.api_call, request.state.request_id)
    if found is None:
        raise Forbidden("session.missing", "Sign in first, then send the session cookie with the request.")
    if isinstance(wanted, Permission):
        found.actor.ensure(wanted)
    return found


def ensure_own_origin(request: Request) -> None:
    """Refuse a change that another site's page asks for.

    Browsers send Origin with every request but GET and HEAD (Fetch, section 3.1), so one that carries our
    cookie without it did not come from a page of ours.
    """
    if request.method in SAFE_METHODS:
        return
    origin = request.headers.get("origin")
    own = f"{request.url.scheme}://{request.headers.get('host', '')}"
    if origin is None and COOKIE in request.cookies:
        raise Forbidden(
            "origin.missing",
            f"A change with the session cookie needs the header Origin: {get_settings().base_url}. Send it along.",
        )
    if origin is not None and origin not in {*get_settings().origins, own}:
        raise Forbidden(
            "origin.foreign", "This was sent from another site, and nothing was done. Use our own pages."
        )


def _visitor_of(found: Annotated[Visitor | None, Depends(admit)]) -> Visitor:
    if found is None:
        raise Forbidden("session.missing", "Sign in first, then send the session cookie with the request.")
    return found


def _actor_of(visitor: Annotated[Visitor, Depends(_visitor_of)]) -> Actor:
    return visitor.actor


SignedInVisitor = Annotated[Visitor, Depends(_visitor_of)]
SignedInActor = Annotated[Actor, Depends(_actor_of)]
