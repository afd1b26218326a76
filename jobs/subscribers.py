"""Who wants to know of which event: a plain table that the relay reads."""

from collections.abc import Callable, Mapping

from sqlmodel import Session

from models.kernel.events import Event
from models.operations import Subscriber

Run = Callable[[Session, Event], None]

_subscribers: dict[str, Subscriber] = {}


def subscriber(name: str, *events: str) -> Callable[[Run], Run]:
    """Enter the function as a subscriber to these events; the name is stored, so it must not change.

    The function runs in the delivery's transaction and may run again after a failure. Deliveries come
    in no particular order. It does nothing slow: long work is queued as a task of its own.
    """

    def decorate(run: Run) -> Run:
        if name in _subscribers:
            msg = f"subscriber {name} is registered twice"
            raise RuntimeError(msg)
        _subscribers[name] = Subscriber(name, frozenset(events), run)
        return run

    return decorate


def subscribers() -> Mapping[str, Subscriber]:
    """Every subscriber by name."""
    return _subscribers
