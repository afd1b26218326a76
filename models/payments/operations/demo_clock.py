"""A demonstration's time machine: our clock and the sandbox's move on together, and never back."""

from datetime import datetime, timedelta

from sqlmodel import Session

from models.integrations.stripe import find_sandbox
from models.kernel import clock, demo_clock
from models.kernel.actor import Actor
from models.kernel.columns import new_id
from models.kernel.errors import Conflict, Invalid
from models.kernel.events import Subject, record_event
from models.kernel.permissions import Permission
from models.payments import events

LONGEST_STEP = timedelta(days=62)


def move_clocks(actor: Actor, *, further: timedelta) -> datetime:
    """Let time pass here and at the sandbox; what falls due there meanwhile has happened. Calls the sandbox.

    Conflict where real money could be involved, Invalid for a step back or of more than two months. Cannot be
    undone: what is billed and charged on the way stays.
    """
    actor.ensure(Permission.demo_clock_move)
    sandbox = find_sandbox()
    if sandbox is None:
        raise Conflict(
            "demo_clock.not_a_demo",
            "Time is only moved where payments go to the sandbox. Nothing was moved.",
        )
    if not timedelta() < further <= LONGEST_STEP:
        raise Invalid(
            "demo_clock.step_out_of_range", f"Move ahead, by at most {LONGEST_STEP.days} days.", field="step"
        )
    sandbox.move_clock(clock.now() + further)
    demo_clock.move_by(further)
    return clock.now()


def record_clock_move(session: Session, actor: Actor) -> None:
    """Put the move on record, which wakes what falls due."""
    actor.ensure(Permission.demo_clock_move)
    record_event(
        session,
        actor,
        events.DEMO_CLOCK_MOVED,
        Subject("demo_clock", new_id(), "The demonstration's clock"),
        after={"now": clock.now().isoformat()},
    )
