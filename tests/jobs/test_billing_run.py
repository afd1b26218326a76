"""A billing run through a real worker, and by the operator's command line."""

import json
import random
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from typing import Any

from sqlmodel import Session

from models.billing import start_run
from models.kernel import clock
from tests.factories.engine import ACTOR, make_listed_price, start
from tests.jobs.conftest import World
from tests.jobs.databases import ROOT

SUBSCRIPTIONS = 120
BATCH = 4
KILLS = 2
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
TWICE = "SELECT count(*) FROM (SELECT 1 FROM invoice GROUP BY subscription_id, period_start_on HAVING count(*) > 1) x"
GAPS = "SELECT max(right(number, 6)::int) - count(*) FROM invoice"


def _started(world: World, number: int) -> None:
    with Session(world.engine) as session:
        price = make_listed_price(session)
        for _ in range(number):
            start(session, price, on=date(2026, 11, 1))
        session.commit()


def _python(world: World, *words: str) -> str:
    return subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env=world.environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout


def test_killed_at_any_moment_a_run_bills_each_subscription_once(world: World, queue: str) -> None:
    """SIGKILL meets open batches; whoever takes the run up goes on where the last commit stands."""
    moments = random.Random(queue)
    world.environment["TEST_BILLING_BATCH"] = str(BATCH)
    _started(world, SUBSCRIPTIONS)
    with Session(world.engine) as session, clock.pinned(NOON):
        start_run(session, ACTOR, as_of=NOON)
        session.commit()
    killed_while_working = 0
    for _ in range(KILLS):
        before = world.ask("SELECT invoice_count FROM billing_run")
        _wake(world)
        world.start()
        world.until("work goes on", lambda: world.ask("SELECT invoice_count FROM billing_run") > before)  # noqa: B023
        time.sleep(moments.uniform(0, 0.05))
        world.kill()
        killed_while_working += world.ask("SELECT status FROM billing_run") == "running"
    assert killed_while_working >= 1, "the kills came too late to prove anything"

    _wake(world)
    world.start()
    world.until("it is done", lambda: world.ask("SELECT status FROM billing_run") == "done")
    assert world.ask("SELECT invoice_count FROM billing_run") == SUBSCRIPTIONS
    assert world.ask("SELECT count(*) FROM invoice WHERE run_id IS NOT NULL") == SUBSCRIPTIONS
    assert world.ask("SELECT count(*) FROM event WHERE name = 'subscription.renewed'") == SUBSCRIPTIONS
    assert (world.ask(TWICE), world.ask(GAPS)) == (0, 0)


def test_the_command_line_rehearses_a_run_and_then_makes_exactly_that(world: World) -> None:
    _started(world, 7)
    world.tell("UPDATE subscription SET quantity = 500000 WHERE id = (SELECT id FROM subscription LIMIT 1)")
    shown = _bill(world, "--dry-run")
    assert world.ask("SELECT count(*) FROM billing_run") == 0
    assert world.ask("SELECT count(*) FROM subscription WHERE held_reason <> ''") == 0
    made = _bill(world)
    assert made == shown
    assert made == {
        "due": 7,
        "invoices": 6,
        "drafts_to_review": 0,
        "planned_changes": 0,
        "parked": 1,
        "totals_minor": {"USD": 6_000},
    }
    assert world.ask("SELECT sum(total_minor) FROM invoice WHERE run_id IS NOT NULL") == 6_000
    assert (world.ask(TWICE), world.ask(GAPS)) == (0, 0)


def _bill(world: World, *words: str) -> dict[str, Any]:
    command = ("-m", "jobs.cli", "billing", "run", "--as-of", "2026-12-01", "--json")
    found: dict[str, Any] = json.loads(_python(world, *command, *words))
    return found


def _wake(world: World) -> None:
    """The run's task again, as the schedule queues it each minute for one whose worker has been silent."""
    world.tell("UPDATE billing_run SET heartbeat_at = now() - interval '2 min' WHERE status = 'running'")
    world.tell("UPDATE event_delivery SET status = 'waiting', next_attempt_at = now()")
