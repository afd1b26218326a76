"""Running operations and queries from screens: actor, thread and unit of work in one place."""

import asyncio
from collections.abc import Callable
from contextvars import copy_context
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlmodel import Session

from dashboard.shell.guard import current
from models.kernel.actor import Actor
from models.kernel.database import read_session, rehearsal, unit_of_work

P = ParamSpec("P")
T = TypeVar("T")


async def read(query: Callable[Concatenate[Session, Actor, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a query as the current visitor in a thread, in a read-only transaction."""
    return await in_thread(_read, current().actor, query, args, kwargs)


async def write(
    operation: Callable[Concatenate[Session, Actor, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Run an operation as the current visitor in a thread, in one unit of work."""
    return await in_thread(_write, current().actor, operation, args, kwargs)


async def rehearse(
    operation: Callable[Concatenate[Session, Actor, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Run an operation as the current visitor in a thread, and take back all it did."""
    return await in_thread(_rehearse, current().actor, operation, args, kwargs)


async def in_thread(function: Callable[..., T], *args: Any) -> T:
    """Run a blocking function off the event loop, with this task's context."""
    context = copy_context()
    return await asyncio.get_running_loop().run_in_executor(None, lambda: context.run(function, *args))


def _read(actor: Actor, query: Callable[..., T], args: Any, kwargs: Any) -> T:
    with read_session() as session:
        return query(session, actor, *args, **kwargs)


def _rehearse(actor: Actor, operation: Callable[..., T], args: Any, kwargs: Any) -> T:
    with rehearsal() as session:
        return operation(session, actor, *args, **kwargs)


def _write(actor: Actor, operation: Callable[..., T], args: Any, kwargs: Any) -> T:
    with unit_of_work() as session:
        return operation(session, actor, *args, **kwargs)
