"""The Reflex middleware that lets an event through, or answers it with a refusal.

Reflex has no public way to a state's root, to its pending delta, or to a backend variable of another state;
the private names used here are pinned with its version and covered by the tests of the gate.
"""

# ruff: noqa: SLF001

from typing import Any
from urllib.parse import quote

import reflex as rx
import structlog
from reflex_base.event import Event
from reflex_base.event.context import EventContext
from reflex_base.registry import RegistrationContext

from dashboard.shell.arguments import ensure_arguments
from dashboard.shell.failures import denial_for, denial_toast, refusal_toast
from dashboard.shell.guard import (
    Guard,
    Mark,
    Visitor,
    believed,
    demanded,
    enter,
    guard_of,
    resolve,
    session_token,
)
from dashboard.shell.run import in_thread
from dashboard.shell.state import OwnerState, ShellState
from models.accounts import SignedIn
from models.kernel.actor import MissingPermission
from models.kernel.errors import DomainError, Forbidden, Unavailable
from models.kernel.permissions import Permission

log = structlog.get_logger()

_STATE = "reflex___state____state"
# The framework's own events. They move the page's own state to and from its own tab and nothing else;
# an upgrade that adds one is refused until somebody has read it.
FRAMEWORK_EVENTS = frozenset(
    {
        f"{_STATE}.hydrate",
        f"{_STATE}.hydrate_and_load",
        f"{_STATE}.set_is_hydrated",
        f"{_STATE}.reflex___state____frontend_event_exception_state.handle_frontend_exception",
        f"{_STATE}.reflex___state____on_load_internal_state.on_load_internal",
        f"{_STATE}.reflex___state____on_load_internal_state.set_is_hydrated",
        f"{_STATE}.reflex___state____update_vars_internal_state.update_vars_internal",
    }
)


class Gate(rx.Middleware):
    """Who sent this event, is the tab theirs, and does the handler let them in?"""

    async def preprocess(self, app: rx.App, state: Any, event: Event) -> Any:  # noqa: ARG002 -- Reflex's signature
        """None lets the event through; an update answers it instead."""
        root = state._get_root_state()
        token = session_token(root.router.headers.raw_headers.get("cookie", ""))
        try:
            is_known, signed_in = believed(token)
            if not is_known:
                signed_in = await in_thread(resolve, token)
        except Unavailable as error:
            return _answer([refusal_toast(error)])
        await _claim(root, signed_in)
        if event.name in FRAMEWORK_EVENTS:
            return None
        visitor = enter(signed_in, token, request_id=EventContext.get().txid)
        return await self._decide(root, event, visitor)

    async def _decide(self, root: Any, event: Event, visitor: Visitor | None) -> Any:
        registered = RegistrationContext.get().event_handlers.get(event.name)
        guard = guard_of(registered.handler.fn) if registered else None
        if registered is None or guard is None:
            log.warning("event refused", handler=event.name[:200], why="handler has no guard")
            return _answer([refusal_toast(Forbidden("event.refused", "This action does not exist."))])
        demand = demanded(guard, registered.states[0])
        if demand is Mark.public:
            return None
        if visitor is None:
            return _answer([_to_sign_in(root)])
        if isinstance(demand, Permission) and not visitor.actor.may(demand):
            log.warning("event refused", handler=event.name, permission=demand, actor=visitor.actor.name)
            return await _deny(root, guard, demand)
        try:
            ensure_arguments(registered.handler.fn, event.payload)
        except DomainError as error:
            return _answer([refusal_toast(error)])
        return None


async def _claim(root: Any, signed_in: SignedIn | None) -> None:
    """Give the tab's state to its visitor; one that belonged to somebody else is emptied first."""
    owner = await root.get_state(OwnerState)
    visitor_id = str(signed_in.user_id) if signed_in else ""
    if owner._owner_id == visitor_id:
        return
    if owner._owner_id:
        for each in _all_states(rx.State):
            (await root.get_state(each)).reset()
    owner._owner_id = visitor_id


def _all_states(state: type[rx.State]) -> list[type[rx.State]]:
    """Every state of ours below this one; the framework's own hold nothing of a person."""
    found = [each for each in state.get_substates() if not each.get_name().startswith("reflex___")]
    return [each for child in found for each in (child, *_all_states(child))]


async def _deny(root: Any, guard: Guard, permission: Permission) -> Any:
    try:
        denial = await in_thread(denial_for, MissingPermission(permission))
    except DomainError as failure:
        return _answer([refusal_toast(failure)])
    if not guard.opens_page:
        return _answer([denial_toast(denial)])
    shell = await root.get_state(ShellState)
    shell.denial, shell.is_denied = denial, True
    delta = await root._get_resolved_delta()
    root._clean()
    return rx.state.StateUpdate(delta=delta)


def _to_sign_in(root: Any) -> Any:
    url = root.router.url
    here = url.path + (f"?{url.query}" if url.query else "")
    return rx.redirect(
        f"/sign-in?next={quote(here, safe='/')}" if here not in {"/", "/sign-in"} else "/sign-in"
    )


def _answer(events: list[Any]) -> Any:
    return rx.state.StateUpdate(events=Event.from_event_type(events))
