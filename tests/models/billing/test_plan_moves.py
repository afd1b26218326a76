"""Moving everybody on a version: previewed, asked for, planned for each one's renewal, by a task."""

from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from jobs import plan_moves as tasks
from models.billing import (
    Cancel,
    Plan,
    PriceDraft,
    Subscription,
    SubscriptionStatus,
    archive_price,
    change_price,
    create_plan,
    create_price,
    draft_version,
    get_plan,
    list_stale_moves,
    preview_moves,
    preview_version_move,
    publish_version,
    request_moves,
    schedule_change,
    schedule_moves,
)
from models.billing.tables import Price, ScheduledChange
from models.kernel import clock
from models.kernel.actor import MissingPermission
from models.kernel.errors import Conflict, Forbidden
from models.kernel.events import Event
from models.kernel.money import Money
from models.kernel.permissions import Permission, Scope
from tests.factories.accounts import actor_with, anybody, make_staff, make_tenant
from tests.factories.engine import ACTOR, run, start
from tests.fixtures.clock import FrozenClock

SOLD_ON = date(2026, 3, 1)
RENEWS_ON = date(2026, 4, 1)


class Versions(NamedTuple):
    """Version 1 with its customers, and version 2 that took its place."""

    old: Plan
    new: Plan
    subscriptions: list[Subscription]

    @property
    def ids(self) -> dict[str, UUID]:
        """As operations take them."""
        return {"plan_id": self.old.id, "target_id": self.new.id}


def _versions(session: Session, number: int = 3) -> Versions:
    old = create_plan(session, ACTOR, name="Growth", is_draft=False)
    price = create_price(session, ACTOR, plan_id=old.id, draft=PriceDraft("EUR", unit_amount="29"))
    tenants = [make_tenant(session, name=f"Customer {each}", currency="EUR") for each in range(number)]
    sold = [start(session, price, on=SOLD_ON, tenant=each) for each in tenants]
    new = draft_version(session, ACTOR, plan_id=old.id)
    (copied,) = get_plan(session, ACTOR, new.id).prices
    change_price(session, ACTOR, price_id=copied.id, draft=PriceDraft("EUR", unit_amount="35"))
    publish_version(session, ACTOR, plan_id=new.id, reason="Dearer")
    return Versions(old, new, sold)


def _planned(session: Session) -> list[ScheduledChange]:
    return [each for each in session.exec(select(ScheduledChange)) if each.change["kind"] == "change_plan"]


def _events(session: Session, name: str) -> list[Event]:
    return list(session.exec(select(Event).where(Event.name == name).order_by(Event.id)))  # type: ignore[arg-type]


@pytest.mark.usefixtures("frozen")
def test_the_moves_are_asked_for_as_previewed_and_just_once(session: Session) -> None:
    found = _versions(session)
    outlook = preview_moves(session, anybody(), **found.ids)
    assert (outlook.version, outlook.count) == (2, 3)
    assert outlook.mrr_before == (Money(8_700, "EUR"),)
    assert outlook.mrr_deltas == (Money(1_800, "EUR"),)
    facts = {"plan_id": found.old.id, "reason": "Version 1 ends", "token": outlook.token}
    event = request_moves(session, anybody(), **facts)
    assert event.subject_id == found.old.id
    assert event.before == {"version": 1}
    assert event.after == {"target_id": str(found.new.id), "version": 2, "count": 3}
    with pytest.raises(Conflict, match="asked for since") as refusal:
        request_moves(session, anybody(), **facts)
    assert refusal.value.code == "preview.stale"
    assert not _planned(session), "a task plans them"


def test_what_has_changed_since_the_preview_refuses_the_request(
    session: Session, frozen: FrozenClock
) -> None:
    found = _versions(session)

    def ask(token: str, plan_id: UUID = found.old.id) -> None:
        request_moves(session, anybody(), plan_id=plan_id, token=token, reason="Version 1 ends")

    token = preview_moves(session, anybody(), **found.ids).token
    with pytest.raises(Conflict, match="of another version"):
        ask(token, found.new.id)
    with pytest.raises(Forbidden, match="not valid"):
        ask(token + "x")
    found.subscriptions[0].quantity = 2
    session.flush()
    with pytest.raises(Conflict, match="The MRR of those who would move has changed"):
        ask(token)
    token = preview_moves(session, anybody(), **found.ids).token
    found.subscriptions[0].status = SubscriptionStatus.unpaid
    session.flush()
    with pytest.raises(Conflict, match="3 subscriptions would have moved and now it is 2"):
        ask(token)
    assert preview_version_move(session, ACTOR, **found.ids).staying == ("Customer 0",)
    token = preview_moves(session, anybody(), **found.ids).token
    frozen.advance(minutes=11)
    with pytest.raises(Conflict, match="older than ten minutes"):
        ask(token)
    with pytest.raises(Conflict, match="Version 1 is not on sale"):
        preview_moves(session, anybody(), plan_id=found.new.id, target_id=found.old.id)
    assert not _events(session, "plan.moves_requested")


@pytest.mark.usefixtures("frozen")
def test_both_permissions_are_needed_and_reach_only_as_far_as_they_do(session: Session) -> None:
    found = _versions(session)
    reads = (Permission.plans_read, Permission.subscriptions_read, Permission.customers_read)
    for missing in (Permission.plans_write, Permission.subscriptions_write):
        held = {Permission.plans_write, Permission.subscriptions_write} - {missing}
        with pytest.raises(MissingPermission, match=missing.value):
            preview_moves(session, actor_with(*reads, *held), **found.ids)
        with pytest.raises(MissingPermission, match=missing.value):
            schedule_moves(session, actor_with(*reads, *held), **found.ids, reason="x")
    owner = actor_with(*Permission, scope=Scope.own)
    with pytest.raises(Conflict, match="Nobody is left to move"):
        preview_moves(session, owner, **found.ids)
    assert schedule_moves(session, owner, **found.ids, reason="x").planned == 0


@pytest.mark.usefixtures("frozen")
def test_batches_plan_each_one_once_and_say_who_was_skipped(session: Session) -> None:
    found = _versions(session, 5)
    leaving = found.subscriptions[1]
    schedule_change(
        session, ACTOR, subscription_id=leaving.id, change=Cancel(), due_on=None, reason="Not needed"
    )
    first = schedule_moves(session, ACTOR, **found.ids, reason="Version 1 ends", limit=2)
    assert (first.planned, first.left) == (1, 3)
    ((skipped, sentence),) = first.skipped
    assert skipped == leaving.id
    assert "Cancel that change first" in sentence
    rest = schedule_moves(session, ACTOR, **found.ids, reason="Version 1 ends", after=first.cursor)
    assert (rest.planned, rest.skipped, rest.left) == (3, (), 0)
    assert {each.due_on for each in _planned(session)} == {RENEWS_ON}
    again = schedule_moves(session, ACTOR, **found.ids, reason="Version 1 ends")
    assert (again.planned, len(again.skipped), again.left) == (0, 1, 0)
    assert len(_planned(session)) == 4
    preview = preview_version_move(session, ACTOR, **found.ids)
    assert (len(preview.moving), len(preview.staying)) == (1, 4)
    run(session, RENEWS_ON)
    assert [each.plan_id == found.new.id for each in found.subscriptions] == [True, False, True, True, True]
    assert {each.unit_amount_minor for each in found.subscriptions} == {2_900, 3_500}


@pytest.mark.usefixtures("frozen")
def test_who_has_no_price_in_the_version_stays(session: Session) -> None:
    found = _versions(session, 1)
    archive_price(session, ACTOR, price_id=_price(session, found.new).id)
    assert schedule_moves(session, ACTOR, **found.ids, reason="x").planned == 0
    assert preview_version_move(session, ACTOR, **found.ids).without_offer == ("Customer 0",)


def test_the_task_plans_every_move_and_says_so_once(
    database: Engine, frozen: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice is once, also where the first task ended without a word."""
    task = tasks.plan_moves.call_local  # type: ignore[attr-defined]
    monkeypatch.setattr(tasks, "plan_moves", task)
    monkeypatch.setattr(tasks, "BATCH", 2)
    with Session(database, expire_on_commit=False) as session:
        person = actor_with(*Permission, user=make_staff(session, role="admin"))
        found = _versions(session, 5)
        token = preview_moves(session, person, **found.ids).token
        event = request_moves(session, person, plan_id=found.old.id, token=token, reason="Version 1 ends")
        session.commit()
        assert list_stale_moves(session, ACTOR) == []
        with clock.pinned(clock.now() + timedelta(minutes=6)):
            assert list_stale_moves(session, ACTOR) == [event.id]
        for _ in range(2):
            tasks.queue_moves(session, event)
        assert len(_planned(session)) == 5
        assert {each.planned_by for each in _planned(session)} == {person.name}
        (finished,) = _events(session, "plan.moves_finished")
        assert finished.after == {"version": 2, "planned": 5, "skipped": 0, "reasons": []}
        assert finished.subject_id == found.old.id
        frozen.advance(minutes=6)
        assert list_stale_moves(session, ACTOR) == []


@pytest.mark.usefixtures("frozen")
def test_whoever_may_no_longer_act_moves_nobody(database: Engine) -> None:
    with Session(database, expire_on_commit=False) as session:
        user = make_staff(session, role="admin")
        found = _versions(session, 1)
        person = actor_with(*Permission, user=user)
        token = preview_moves(session, person, **found.ids).token
        event = request_moves(session, person, plan_id=found.old.id, token=token, reason="Version 1 ends")
        user.is_active = False
        session.commit()
        tasks.plan_moves.call_local(str(event.id))  # type: ignore[attr-defined]
        assert not _planned(session)
        (finished,) = _events(session, "plan.moves_finished")
        assert finished.reason.startswith(f"{user.name} asked for this and is deactivated")
        assert "asks for it anew" in finished.reason


def _price(session: Session, plan: Plan) -> Price:
    return session.exec(select(Price).where(Price.plan_id == plan.id)).one()
