"""The demonstration's clock: let days pass, and see what billing and collection do with them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

import reflex as rx

from dashboard.components.feedback import empty_state
from dashboard.shell.guard import current, requires
from dashboard.shell.page import page
from dashboard.shell.run import in_thread, write
from dashboard.states.live_state import LiveState
from models.integrations.stripe import StripeMode, stripe_mode
from models.kernel import clock, demo_clock
from models.kernel.actor import Actor
from models.kernel.errors import Invalid
from models.kernel.listing import show_instant
from models.kernel.permissions import Permission
from models.payments import move_clocks, record_clock_move


@dataclass(frozen=True)
class Step:
    """How far one press moves the clock."""

    id: str
    label: str


STEPS = {
    "hour": ("1 hour", timedelta(hours=1)),
    "day": ("1 day", timedelta(days=1)),
    "week": ("1 week", timedelta(weeks=1)),
    "month": ("30 days", timedelta(days=30)),
}


class ClockState(LiveState, rx.State):
    """What time it is here, read again every second."""

    permission: ClassVar = Permission.demo_clock_move
    every_seconds: ClassVar = 1.0

    is_demo: bool = False
    now: str = ""
    ahead: str = ""
    steps: list[Step] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    is_moving: bool = False

    async def _fill(self) -> None:
        reader = current().actor
        self.is_demo = stripe_mode() is StripeMode.sandbox
        self.now = show_instant(clock.now(), reader.locale, reader.time_zone)
        self.ahead = _distance(demo_clock.moved_by())
        self.steps = [Step(key, label) for key, (label, _) in STEPS.items()]

    @rx.event
    @requires(Permission.demo_clock_move)
    async def move(self, step: str) -> Any:
        """Move ahead; what falls due on the way is done by the worker at once."""
        if step not in STEPS:
            raise Invalid("demo_clock.unknown_step", "Choose one of the steps shown.")
        self.is_moving = True
        yield
        try:
            await in_thread(_move, current().actor, STEPS[step][1])
            await write(record_clock_move)
        finally:
            self.is_moving = False
            await self._fill()
        yield rx.toast.success(f"{STEPS[step][0]} later. What fell due is being worked off.")


def _move(actor: Actor, further: timedelta) -> None:
    move_clocks(actor, further=further)


def _distance(moved: timedelta) -> str:
    if not moved:
        return "As the clock on the wall."
    days, hours = moved.days, moved.seconds // 3600
    parts = [f"{days} {'day' if days == 1 else 'days'}"] if days else []
    parts += [f"{hours} {'hour' if hours == 1 else 'hours'}"] if hours else []
    return f"{' and '.join(parts) or 'Less than an hour'} ahead of the clock on the wall."


@page("/ops/clock", "Demo clock", ClockState.load)
def clock_page() -> rx.Component:
    """The time, and buttons that move it."""
    state = ClockState
    return rx.vstack(
        rx.heading("Demo clock", size="5", as_="h1"),
        rx.cond(
            state.is_demo,
            rx.card(
                rx.vstack(
                    rx.text(state.now, size="6", weight="medium", role="status"),
                    rx.text(state.ahead, size="2", color="var(--gray-11)"),
                    rx.hstack(rx.foreach(state.steps, _step), wrap="wrap", spacing="2"),
                    rx.text(
                        "Moves everybody's clock and the Stripe sandbox's. Renewals, charges and reminders that fall "
                        "due are carried out. Cannot be undone: time only moves ahead.",
                        size="2",
                        color="var(--gray-11)",
                    ),
                    spacing="3",
                ),
                width="100%",
                max_width="40rem",
            ),
            empty_state(
                "clock",
                "Time is real here.",
                "The clock is moved only where payments go to the Stripe sandbox.",
            ),
        ),
        spacing="4",
        width="100%",
    )


def _step(step: rx.Var[Step]) -> rx.Component:
    return rx.button(
        "+ " + step.label,
        on_click=ClockState.move(step.id),
        loading=ClockState.is_moving,
        variant="soft",
        high_contrast=True,
    )
