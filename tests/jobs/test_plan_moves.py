"""Moving everybody to another version through real workers that are killed at any moment."""

import random
import time
from datetime import date

from sqlmodel import Session

from models.billing import (
    PriceDraft,
    create_plan,
    create_price,
    draft_version,
    preview_moves,
    publish_version,
    request_moves,
)
from models.kernel.permissions import Permission
from tests.factories.accounts import actor_with, make_staff, make_tenant
from tests.factories.engine import ACTOR, start
from tests.jobs.conftest import World

SUBSCRIPTIONS = 60
BATCH = 3
KILLS = 2
PLANNED = "SELECT count(*) FROM scheduled_change WHERE status = 'planned'"
FINISHED = "SELECT count(*) FROM event WHERE name = 'plan.moves_finished'"


def _asked(world: World) -> None:
    """Everybody on version 1 is to move to version 2."""
    with Session(world.engine) as session:
        person = actor_with(*Permission, user=make_staff(session, role="admin"))
        old = create_plan(session, ACTOR, name="Growth", is_draft=False)
        price = create_price(session, ACTOR, plan_id=old.id, draft=PriceDraft("EUR", unit_amount="29"))
        for _ in range(SUBSCRIPTIONS):
            start(session, price, on=date(2026, 11, 1), tenant=make_tenant(session, currency="EUR"))
        new = draft_version(session, ACTOR, plan_id=old.id)
        publish_version(session, ACTOR, plan_id=new.id, reason="Dearer")
        token = preview_moves(session, person, plan_id=old.id, target_id=new.id).token
        request_moves(session, person, plan_id=old.id, token=token, reason="Version 1 ends")
        session.commit()


def test_killed_at_any_moment_everybody_is_planned_once(world: World, queue: str) -> None:
    """SIGKILL meets open batches; whoever takes the moves up goes on with those not planned yet."""
    moments = random.Random(queue)
    world.environment["TEST_MOVES_BATCH"] = str(BATCH)
    _asked(world)
    killed_while_working = 0
    for _ in range(KILLS):
        before = world.ask(PLANNED)
        _wake(world)
        world.start()
        world.until("work goes on", lambda: world.ask(PLANNED) > before)  # noqa: B023
        time.sleep(moments.uniform(0, 0.05))
        world.kill()
        killed_while_working += world.ask(FINISHED) == 0
    assert killed_while_working >= 1, "the kills came too late to prove anything"

    _wake(world)
    world.start()
    world.until("it is done", lambda: world.ask(FINISHED) == 1)
    assert world.ask(PLANNED) == SUBSCRIPTIONS
    assert world.ask("SELECT count(DISTINCT subscription_id) FROM scheduled_change") == SUBSCRIPTIONS
    told = "SELECT (after->>'planned')::int FROM event WHERE name = 'plan.moves_finished'"
    assert world.ask(told) == SUBSCRIPTIONS
    events = "SELECT count(*) FROM event WHERE name = 'subscription.change_scheduled'"
    assert world.ask(events) == SUBSCRIPTIONS


def _wake(world: World) -> None:
    """The task again, as the schedule queues it for a request that left no trace for five minutes."""
    world.tell("UPDATE event_delivery SET status = 'waiting', next_attempt_at = now()")
