"""Fan out, claim, deliver and retry, one transaction at a time."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from models.kernel import clock
from models.kernel.actor import Actor, ActorKind, Cause, MissingPermission, system_actor
from models.kernel.columns import new_id
from models.kernel.events import DeliveryStatus, Event, EventDelivery, EventType, Subject, record_event
from models.kernel.permissions import Permission, Scope
from models.operations import (
    DeliveryNotRetryable,
    ProgramOnly,
    Subscriber,
    claim_due,
    deliver_one,
    fan_out,
    get_jobs_overview,
    list_parked_errors,
    retry_all,
    retry_delivery,
)
from models.operations.rules import DELIVERY_MOVES, build_error_text, can_retry, compute_pause

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HAPPENED = EventType("test.happened", "happened")
PROGRAM = system_actor("test")


class VendorSilent(Exception):
    """The vendor does not answer."""


def note(session: Session, event: Event) -> None:
    """Leave a mark in the transaction."""
    session.execute(text("SELECT set_config('test.noted', :id, true)"), {"id": str(event.id)})


def refuse(session: Session, event: Event) -> None:
    """Write something, then fail."""
    session.add(EventDelivery(event_id=event.id, event_name="half done", subscriber="half done"))
    session.flush()
    raise VendorSilent("no answer\nsecond line")


NOTER = {"noter": Subscriber("noter", frozenset({"test.happened"}), note)}
REFUSER = {"refuser": Subscriber("refuser", frozenset({"test.happened"}), refuse)}
DEAF = {"deaf": Subscriber("deaf", frozenset({"test.other"}), note)}


def person(*permissions: Permission) -> Actor:
    """Somebody who may do just this."""
    return Actor(ActorKind.user, new_id(), "Ada", Cause.click, dict.fromkeys(permissions, Scope.all))


def happen(session: Session, number: int = 1) -> None:
    """Record that many events."""
    for _ in range(number):
        record_event(session, PROGRAM, HAPPENED, Subject("test", new_id(), "a test"))
    session.flush()


def only_delivery(session: Session) -> EventDelivery:
    """The one delivery there is."""
    return session.exec(select(EventDelivery)).one()


def test_fan_out_makes_one_delivery_per_subscriber_who_wants_it(session: Session) -> None:
    """Batches end where the events end, a second pass finds nothing, a repeated one adds nothing."""
    happen(session, 3)
    everybody = {**NOTER, **REFUSER, **DEAF}
    assert [fan_out(session, PROGRAM, subscribers=everybody, limit=2) for _ in range(3)] == [2, 1, 0]
    found = session.exec(select(EventDelivery)).all()
    assert sorted(each.subscriber for each in found) == ["noter"] * 3 + ["refuser"] * 3
    session.execute(text("UPDATE event SET relayed_at = NULL"))
    assert fan_out(session, PROGRAM, subscribers=everybody) == 3
    assert len(session.exec(select(EventDelivery)).all()) == 6


def test_claim_leases_what_is_due(session: Session) -> None:
    """A claimed delivery is not due again before its lease ends."""
    with clock.pinned(NOON):
        happen(session, 3)
        fan_out(session, PROGRAM, subscribers=NOTER)
        assert len(claim_due(session, PROGRAM, limit=2)) == 2
        assert len(claim_due(session, PROGRAM)) == 1
        assert claim_due(session, PROGRAM) == []
    with clock.pinned(NOON + timedelta(seconds=59)):
        assert claim_due(session, PROGRAM) == []
    with clock.pinned(NOON + timedelta(seconds=60)):
        assert len(claim_due(session, PROGRAM)) == 3


def test_delivery_happens_once(session: Session) -> None:
    """A second task for the same delivery finds nothing to do, nor does one for an unknown delivery."""
    happen(session)
    fan_out(session, PROGRAM, subscribers=NOTER)
    identifier = only_delivery(session).id
    assert _deliver(session, identifier, NOTER) is DeliveryStatus.done
    assert session.scalar(text("SELECT current_setting('test.noted')")) == str(
        session.exec(select(Event)).one().id
    )
    assert _deliver(session, identifier, NOTER) is None
    assert _deliver(session, new_id(), NOTER) is None


def test_failure_undoes_the_subscriber_and_waits_longer_each_time(session: Session) -> None:
    """The row keeps class and message only; after the last try the delivery is parked."""
    with clock.pinned(NOON):
        happen(session)
        fan_out(session, PROGRAM, subscribers=REFUSER)
        identifier = only_delivery(session).id
        pauses = []
        for _ in range(5):
            assert _deliver(session, identifier, REFUSER) is DeliveryStatus.retrying
            pauses.append((only_delivery(session).next_attempt_at - NOON).total_seconds())
        assert _deliver(session, identifier, REFUSER) is DeliveryStatus.parked
    for pause, longest in zip(pauses, (10, 40, 160, 640, 2560), strict=True):
        assert longest / 2 <= pause <= longest
    found = only_delivery(session)
    assert (found.attempts, found.last_error) == (6, "VendorSilent: no answer")
    assert _deliver(session, identifier, REFUSER) is None
    assert _deliver(session, identifier, NOTER) is None


def test_unknown_subscriber_is_a_failure_like_any_other(session: Session) -> None:
    """A version without the subscriber does not lose the event."""
    happen(session)
    fan_out(session, PROGRAM, subscribers=NOTER)
    assert _deliver(session, only_delivery(session).id, {}) is DeliveryStatus.retrying
    assert only_delivery(session).last_error.startswith("UnknownSubscriber: delivery.unknown_subscriber")


def test_broken_statement_leaves_the_delivery_writable(session: Session) -> None:
    """A database error in the subscriber is undone to the savepoint; its parameters stay out of the row."""

    def break_it(session: Session, _event: Event) -> None:
        session.execute(text("SELECT CAST(:word AS integer)"), {"word": "personal data"})

    happen(session)
    fan_out(session, PROGRAM, subscribers=NOTER)
    broken = {"noter": Subscriber("noter", frozenset(), break_it)}
    assert _deliver(session, only_delivery(session).id, broken) is DeliveryStatus.retrying
    assert "SELECT" not in only_delivery(session).last_error


def test_retry_needs_the_permission_and_a_failed_delivery(session: Session) -> None:
    """A parked delivery starts afresh with an audit line; a waiting one is refused."""
    happen(session)
    fan_out(session, PROGRAM, subscribers=NOTER)
    delivery = only_delivery(session)
    operator = person(Permission.jobs_retry)
    with pytest.raises(DeliveryNotRetryable):
        retry_delivery(session, operator, delivery_id=delivery.id)
    _park(session, delivery, "VendorSilent: no answer")
    with pytest.raises(MissingPermission):
        retry_delivery(session, person(Permission.jobs_read), delivery_id=delivery.id)
    retry_delivery(session, operator, delivery_id=delivery.id)
    event = session.exec(select(Event).where(Event.name == "delivery.retried")).one()
    assert event.before == {"status": "parked", "attempts": 6, "error": "VendorSilent: no answer"}
    assert claim_due(session, PROGRAM) == [delivery.id]
    assert _deliver(session, delivery.id, NOTER) is DeliveryStatus.done


def test_retry_all_takes_one_class_of_error(session: Session) -> None:
    """Only what this error parked goes back to work; the page shows the classes with their numbers."""
    happen(session, 3)
    fan_out(session, PROGRAM, subscribers=NOTER)
    errors = ("VendorSilent: a", "VendorSilent: b", "VendorSilentToo: c")
    for delivery, error in zip(session.exec(select(EventDelivery)).all(), errors, strict=True):
        _park(session, delivery, error)
    reader = person(Permission.jobs_read)
    shown = [(each.error_class, each.deliveries) for each in list_parked_errors(session, reader)]
    assert shown == [("VendorSilent", 2), ("VendorSilentToo", 1)]
    with pytest.raises(MissingPermission):
        retry_all(session, reader, error_class="VendorSilent")
    assert retry_all(session, person(Permission.jobs_retry), error_class="VendorSilent") == 2
    overview = get_jobs_overview(session, reader)
    assert (overview.parked, overview.scheduled) == (1, 2)


def test_steps_of_the_program_are_refused_to_people(session: Session) -> None:
    """No permission lets a person act as the relay."""
    everything = person(*Permission)
    with pytest.raises(ProgramOnly):
        fan_out(session, everything, subscribers=NOTER)
    with pytest.raises(ProgramOnly):
        claim_due(session, everything)
    with pytest.raises(ProgramOnly):
        deliver_one(session, everything, delivery_id=new_id(), subscribers=NOTER)


def test_every_status_has_its_moves() -> None:
    """The table is complete, and nothing leads away from done."""
    assert set(DELIVERY_MOVES) == set(DeliveryStatus)
    assert not DELIVERY_MOVES[DeliveryStatus.done]
    assert [status for status in DeliveryStatus if can_retry(status)] == ["retrying", "parked"]


def test_pause_never_exceeds_an_hour() -> None:
    """Growth is capped and jitter only shortens."""
    assert max(compute_pause(number, 10, 0) for number in range(1, 40)) == 3600
    assert build_error_text(VendorSilent("")) == "VendorSilent: "
    assert len(build_error_text(VendorSilent("x" * 9_999))) == 500


def _deliver(session: Session, identifier: UUID, subscribers: dict[str, Subscriber]) -> DeliveryStatus | None:
    return deliver_one(session, PROGRAM, delivery_id=identifier, subscribers=subscribers)


def _park(session: Session, delivery: EventDelivery, error: str) -> None:
    delivery.status, delivery.attempts, delivery.last_error = DeliveryStatus.parked, 6, error
    session.add(delivery)
    session.flush()
