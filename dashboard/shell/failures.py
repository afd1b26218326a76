"""Errors as people see them: a toast or a panel, never a stack trace."""

from typing import Any

import reflex as rx
import structlog
from reflex_base.event.context import EventContext

from dashboard.shell.state import Denial
from models.accounts import people_who_grant, roles_with
from models.kernel.actor import MissingPermission
from models.kernel.database import read_session
from models.kernel.errors import DomainError, Kind

log = structlog.get_logger()

TITLES = {
    Kind.not_found: "Not found",
    Kind.conflict: "Not done",
    Kind.forbidden: "Not allowed",
    Kind.invalid: "Not done",
    Kind.unavailable: "Not available right now",
}


def refusal_toast(error: DomainError) -> Any:
    """A toast with the sentence and the code of a refusal."""
    return rx.toast.error(
        TITLES[error.kind], description=f"{error.sentence} ({error.code})", duration=8_000, id=error.code
    )


def denial_for(error: MissingPermission) -> Denial:
    """What the denied page says: the permission, who carries it, who can grant it. Blocking."""
    with read_session() as session:
        roles = roles_with(session, error.permission)
        grantors = people_who_grant(session)
    return Denial(
        title="You cannot open this page",
        sentence=f"It needs the permission to {error.permission.sentence}.",
        permission=error.permission.value,
        roles=", ".join(roles) or "no role",
        grantors=", ".join(grantors) or "nobody yet: run `clientforge create-admin`",
    )


def denial_toast(denial: Denial) -> Any:
    """A toast with the missing permission, who carries it and who can grant it."""
    return rx.toast.error(
        TITLES[Kind.forbidden],
        description=f"This needs {denial.permission}, which {denial.roles} carry. "
        f"{denial.grantors} can grant it. (permission.missing)",
        duration=8_000,
        id="permission.missing",
    )


def on_failure(exception: Exception) -> rx.event.EventSpec | None:
    """Answer to whatever a handler raised: refusals say why, anything else gives a request id to quote."""
    if isinstance(exception, DomainError):
        log.info("refused", code=exception.code)
        return refusal_toast(exception)
    # The event's own id: this runs outside of the task that failed.
    request_id = EventContext.get().txid
    log.error("handler failed", exc_info=exception, request_id=request_id)
    return rx.toast.error(
        "Not done",
        description="The program failed while doing this; nothing was changed. "
        f"Try again, and quote the request id {request_id} if it happens twice. (internal.error)",
        duration=10_000,
        id="internal.error",
    )
