"""Nothing is lost and nothing is doubled: events reach their subscribers through a real worker."""

import random
import signal
import time
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import make_url
from sqlmodel import Session

from models.kernel.actor import Actor, ActorKind, Cause, MissingPermission
from models.kernel.columns import new_id
from models.kernel.permissions import Permission, Scope
from models.operations import DeliveryNotRetryable, retry_delivery
from tests.fixtures.postgres import Server
from tests.jobs.conftest import ASKED, COUNTED, World
from tests.jobs.databases import rename

EVENTS = 200
KILLS = 3


def test_killed_at_any_moment_each_event_arrives_once(world: World, queue: str) -> None:
    """SIGKILL meets the relay and open deliveries; afterwards each pair has happened exactly once."""
    moments = random.Random(queue)
    world.record(COUNTED, EVENTS)
    killed_while_working = 0
    for _ in range(KILLS):
        before = world.ask("SELECT count(*) FROM delivered")
        world.start()
        world.until("work goes on", partial(_has_delivered_more_than, world, before))
        time.sleep(moments.uniform(0, 0.2))
        world.kill()
        killed_while_working += world.ask("SELECT count(*) FROM delivered") < 2 * EVENTS
    assert killed_while_working >= 2, "the kills came too late to prove anything"

    world.start()
    world.until(
        "all is delivered",
        lambda: (
            world.ask("SELECT count(*) FROM event WHERE relayed_at IS NULL") == 0
            and world.ask("SELECT count(*) FROM event_delivery WHERE status <> 'done'") == 0
        ),
    )
    pairs = "SELECT count(*) FROM (SELECT DISTINCT event_id, subscriber FROM delivered) AS pair"
    assert world.ask(pairs) == 2 * EVENTS
    assert world.ask("SELECT count(*) FROM delivered") == 2 * EVENTS
    assert world.ask("SELECT count(*) FROM event_delivery WHERE attempts = 1") == 2 * EVENTS


def test_failing_subscriber_is_retried_then_parked_then_retried_by_a_person(world: World) -> None:
    """Three tries with growing pauses, parked with its error; a person's retry delivers it once."""
    world.start()
    world.record(ASKED, 1)
    world.until("it is parked", lambda: world.ask("SELECT status FROM event_delivery") == "parked")
    assert world.ask("SELECT attempts FROM event_delivery") == 3
    assert world.ask("SELECT last_error FROM event_delivery") == "VendorSilent: the vendor does not answer"
    assert world.ask("SELECT count(*) FROM delivered") == 0, "what a failing subscriber wrote is undone"

    world.tell("UPDATE vendor SET answers = true")
    delivery_id = world.ask("SELECT id FROM event_delivery")
    with Session(world.engine) as session:
        with pytest.raises(MissingPermission):
            retry_delivery(session, _person(Permission.jobs_read), delivery_id=delivery_id)
        retry_delivery(session, _person(Permission.jobs_retry), delivery_id=delivery_id)
        session.commit()
    world.until("it is done", lambda: world.ask("SELECT status FROM event_delivery") == "done")
    assert world.ask("SELECT count(*) FROM delivered") == 1
    assert world.ask("SELECT last_error FROM event_delivery") == ""
    assert world.ask("SELECT after->>'status' FROM event WHERE name = 'delivery.retried'") == "retrying"
    _refused_once_done(world, delivery_id)


def _refused_once_done(world: World, delivery_id: UUID) -> None:
    with Session(world.engine) as session, pytest.raises(DeliveryNotRetryable):
        retry_delivery(session, _person(Permission.jobs_retry), delivery_id=delivery_id)


def test_sweep_finds_what_no_notification_announced(world: World) -> None:
    """An event whose wake-up was lost waits for the next sweep, no longer."""
    world.start(relay_sweep_seconds=0.5)
    world.until("it listens", lambda: _listeners(world) == 1)
    world.tell(
        "INSERT INTO event (id, name, occurred_at, actor_kind, actor_name, cause, reason, subject_type,"
        " subject_id, subject_label, request_id) VALUES (:id, 'test.counted', now(), 'system', 'test',"
        " 'command', '', 'test', :id, '', '')",
        id=new_id(),
    )
    world.until("it is delivered", lambda: world.ask("SELECT count(*) FROM delivered") == 2)


def test_lost_connections_are_replaced(world: World) -> None:
    """Every connection of the worker is cut, again and again, in the middle of its work."""
    worker = world.start()
    world.until("it listens", lambda: _listeners(world) == 1)
    for _ in range(3):
        before = world.ask("SELECT count(*) FROM delivered")
        world.record(COUNTED, 20)
        world.until("work goes on", partial(_has_delivered_more_than, world, before))
        world.tell(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        world.engine.dispose()
    world.until("all is delivered", lambda: world.ask("SELECT count(*) FROM delivered") == 120)
    assert worker.poll() is None, "the worker ended"
    pairs = "SELECT count(*) FROM (SELECT DISTINCT event_id, subscriber FROM delivered) AS pair"
    assert world.ask(pairs) == 120


def test_commit_wakes_the_relay_and_sigterm_ends_in_good_order(world: World, queue: str) -> None:
    """With the sweep an hour away only the notification brings events; each try is on record at the end."""
    worker = world.start(relay_sweep_seconds=3600)
    world.until("it listens", lambda: _listeners(world) == 1)
    world.record(COUNTED, 5)
    world.until("all is delivered", lambda: world.ask("SELECT count(*) FROM delivered") == 10)
    world.until("it shows a sign of life", lambda: world.ask("SELECT count(*) FROM worker_heartbeat") == 1)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=20) == 0, queue
    assert world.ask("SELECT count(*) FROM worker_heartbeat") == 0
    assert world.ask("SELECT count(*) FROM job_run WHERE task = 'deliver' AND status = 'done'") >= 10
    assert world.ask("SELECT count(*) FROM job_run WHERE status <> 'done'") == 0


def test_worker_waits_for_a_database_that_is_down(world: World, server: Server) -> None:
    """A worker that is started before its database waits for it, then works."""
    name = make_url(world.url).database or ""
    world.engine.dispose()
    rename(server, name, f"{name}_away")
    worker = world.start()
    log = world.folder / "worker.log"
    world.until("it tries", lambda: "thread.interrupted" in log.read_text())
    rename(server, f"{name}_away", name)
    world.record(COUNTED, 1)
    world.until("all is delivered", lambda: world.ask("SELECT count(*) FROM delivered") == 2)
    assert worker.poll() is None


def _has_delivered_more_than(world: World, number: int) -> bool:
    return bool(world.ask("SELECT count(*) > :number FROM delivered", number=number))


def _listeners(world: World) -> int:
    return int(
        world.ask(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name = 'clientforge-relay' AND query ~ '^(LISTEN|SELECT 1)'"
        )
    )


def _person(*permissions: Permission) -> Actor:
    grants = dict.fromkeys(permissions, Scope.all)
    return Actor(ActorKind.user, new_id(), "Ada", Cause.click, grants)
