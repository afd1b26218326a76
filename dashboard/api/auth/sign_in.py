"""Sign-in and sign-out as real form posts that set and clear the session cookie."""

from typing import Annotated
from urllib.parse import urlencode

import structlog
from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse

from dashboard.api.visitor import demand
from dashboard.shell.guard import COOKIE, Mark, enter, forget, resolve
from models.accounts import sign_in, sign_out
from models.kernel.actor import Cause
from models.kernel.database import unit_of_work
from models.kernel.errors import Forbidden
from models.kernel.rate_limits import Limit
from models.kernel.secrets import hash_token, read_link, sign_link
from models.kernel.settings import get_settings

log = structlog.get_logger()
router = APIRouter(prefix="/api/auth", tags=["sign-in"])

DEVICE_COOKIE = "cf_device"
DEVICE_DAYS = 180
# A device that signed in before has tries of its own, so that nobody who guesses from elsewhere can lock
# the person out (OWASP, "device cookies"). Strangers share the account's tries, and each address its own.
DEVICE = Limit("sign_in.device", "10/15minutes")
ACCOUNT = Limit("sign_in.account", "10/15minutes")
ADDRESS = Limit("sign_in.address", "30/15minutes")


@router.post("/sign-in", include_in_schema=False)
@demand(Mark.public)
def post_sign_in(
    request: Request,
    email: Annotated[str, Form(max_length=320)] = "",
    password: Annotated[str, Form(max_length=1_000)] = "",
    next_page: Annotated[str, Form(alias="next", max_length=2_000)] = "",
) -> RedirectResponse:
    """Check the password and set the cookie; every refusal goes back to the form with the same words."""
    email, password = _storable(email), _storable(password)
    address = request.client.host if request.client else ""
    account = hash_token(email.strip().lower()).hex()
    limits = _limits(request, account, address)
    wait = max(limit.wait_seconds(*who) for limit, who in limits)
    if wait:
        return _back(next_page, error="slow", retry=str(wait))
    with unit_of_work() as session:
        found = sign_in(
            session,
            email=email,
            password=password,
            user_agent=_storable(request.headers.get("user-agent", "")),
            address=address,
            request_id=request.state.request_id,
        )
    if found is None:
        # Only failures count: a whole office signs in from one address.
        for limit, who in limits:
            limit.hit(*who)
        log.info("sign-in refused", address=address)
        return _back(next_page, error="wrong")
    for limit, who in limits:
        if limit is not ADDRESS:
            limit.clear(*who)
    answer = RedirectResponse(own_page(next_page), 303)
    _set(answer, COOKIE, found[1], get_settings().session_absolute_hours * 3600)
    _set(answer, DEVICE_COOKIE, sign_link("device", account), DEVICE_DAYS * 86_400)
    return answer


@router.post("/sign-out", include_in_schema=False)
@demand(Mark.public)
def post_sign_out(request: Request) -> RedirectResponse:
    """End the session of the cookie and clear it; without one, just show the form."""
    token = request.cookies.get(COOKIE, "")
    visitor = enter(resolve(token), token, Cause.click, request.state.request_id)
    if visitor:
        with unit_of_work() as session:
            sign_out(session, visitor.actor, session_id=visitor.session_id)
    forget(token)
    answer = RedirectResponse("/sign-in?out=1", 303)
    answer.delete_cookie(COOKIE, path="/")
    return answer


def own_page(text: str) -> str:
    """A page of ours to go to: a path on this host, else the overview."""
    is_ours = text.startswith("/") and not text.startswith(("//", "/\\", "/api"))
    return text if is_ours and text.isprintable() else "/"


def _limits(request: Request, account: str, address: str) -> list[tuple[Limit, tuple[str, ...]]]:
    try:
        device = request.cookies.get(DEVICE_COOKIE, "")
        is_known = read_link("device", device, max_age_seconds=DEVICE_DAYS * 86_400) == account
    except Forbidden:
        is_known = False
    if is_known:
        return [(DEVICE, (hash_token(device).hex(),))]
    return [(ACCOUNT, (account,)), (ADDRESS, (address,))]


def _storable(text: str) -> str:
    """The text without what neither the database nor the hash takes; no address or password of ours has it."""
    return text.replace("\0", "").encode(errors="replace").decode()


def _back(next_page: str, **why: str) -> RedirectResponse:
    if own_page(next_page) != "/":
        why["next"] = own_page(next_page)
    return RedirectResponse(f"/sign-in?{urlencode(why)}", 303)


def _set(answer: RedirectResponse, name: str, value: str, seconds: int) -> None:
    answer.set_cookie(
        name,
        value,
        max_age=seconds,
        httponly=True,
        samesite="lax",
        secure=get_settings().is_https,
        path="/",
    )
