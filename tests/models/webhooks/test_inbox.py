"""A vendor's message is stored once, worked off by one, tried again and in the end given up for a person."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from models.integrations.stripe import VendorEvent
from models.kernel.actor import MissingPermission, system_actor
from models.kernel.errors import Conflict
from models.kernel.events import Event
from models.kernel.permissions import Permission
from models.webhooks import (
    claim_messages,
    fail_message,
    finish_message,
    get_inbound,
    last_heard,
    list_failed_kinds,
    replay_dead,
    replay_message,
    store_messages,
)
from models.webhooks.rules import MAX_TRIES
from models.webhooks.tables import InboundEvent
from tests.factories.accounts import actor_with, anybody
from tests.fixtures.clock import FrozenClock

ACTOR = system_actor("test")
HAPPENED = datetime(2026, 3, 17, 11, tzinfo=UTC)
PAID = VendorEvent(
    "evt_1",
    "payment_intent.succeeded",
    "2026-10-28.endive",
    "payment_intent",
    "pi_1",
    HAPPENED,
    is_live=False,
    request_id="",
    idempotency_key="",
    payload={"id": "evt_1"},
)


@pytest.fixture(autouse=True)
def _now(frozen: FrozenClock) -> None:
    """Pauses are counted from here."""


def _store(session: Session, **facts: Any) -> bool:
    return bool(store_messages(session, ACTOR, source="stripe", messages=[replace(PAID, **facts)]))


def _only(session: Session) -> InboundEvent:
    session.expire_all()
    return session.exec(select(InboundEvent)).one()


def test_delivered_twice_is_stored_once(session: Session) -> None:
    assert [_store(session) for _ in range(3)] == [True, False, False]
    assert (_only(session).deliveries, _only(session).status) == (3, "stored")
    store_messages(session, ACTOR, source="stripe", messages=[PAID, PAID], is_fetched=True)
    assert _only(session).deliveries == 3, "asked for is not delivered"
    assert last_heard(session, ACTOR, source="stripe") == HAPPENED
    assert last_heard(session, ACTOR, source="bank") is None


def test_a_message_is_taken_by_one_and_comes_back_when_its_worker_dies(
    session: Session, frozen: FrozenClock
) -> None:
    _store(session)
    (item,) = claim_messages(session, ACTOR, limit=5)
    assert (item.object_type, item.object_id) == ("payment_intent", "pi_1")
    assert claim_messages(session, ACTOR, limit=5) == []
    frozen.advance(minutes=3)
    assert [each.id for each in claim_messages(session, ACTOR, limit=5)] == [item.id]
    finish_message(session, ACTOR, message_id=item.id, is_ours=True, outcome="The charge is succeeded.")
    frozen.advance(days=1)
    assert claim_messages(session, ACTOR, limit=5) == []
    row, payload = get_inbound(session, anybody(), item.id)
    assert (row.status, row.outcome, payload) == ("done", "The charge is succeeded.", {"id": "evt_1"})


def test_after_its_last_try_it_waits_for_a_person(session: Session, frozen: FrozenClock) -> None:
    _store(session)
    waits: list[timedelta] = []
    for _ in range(MAX_TRIES):
        (item,) = claim_messages(session, ACTOR, limit=5)
        fail_message(session, ACTOR, message_id=item.id, sentence="Stripe is away.")
        due_at = _only(session).due_at
        if due_at is not None:
            waits.append(due_at - frozen.now)
            frozen.move_to(due_at)
    assert (_only(session).status, len(waits)) == ("dead", MAX_TRIES - 1)
    assert waits == sorted(waits)
    assert list_failed_kinds(session, anybody()) == [("payment_intent.succeeded", 1)]
    assert [each.name for each in session.exec(select(Event))] == ["inbound_event.dead"]
    assert replay_dead(session, anybody(), reason="Stripe is back") == 1
    assert replay_dead(session, anybody()) == 0
    (item,) = claim_messages(session, ACTOR, limit=5)
    with pytest.raises(Conflict, match="being worked off"):
        replay_message(session, anybody(), message_id=item.id)
    finish_message(session, ACTOR, message_id=item.id, is_ours=False, outcome="Nothing of ours.")
    replay_message(session, anybody(), message_id=item.id, reason="look again")
    assert _only(session).status == "stored"


def test_who_may_look_and_replay(session: Session) -> None:
    _store(session)
    nobody = actor_with(Permission.invoices_read)
    with pytest.raises(MissingPermission):
        get_inbound(session, nobody, _only(session).id)
    with pytest.raises(MissingPermission):
        replay_message(session, nobody, message_id=_only(session).id)
