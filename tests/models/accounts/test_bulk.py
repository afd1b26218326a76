"""Many customers at once: what is done, what is left alone and why, and taking it back."""

from contextlib import nullcontext
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from jobs import accounts as tasks
from models.accounts import (
    StaffUser,
    Tenant,
    assign_owners,
    change_tags,
    continue_bulk_change,
    get_bulk_change,
    list_stale_bulk_changes,
    undo_bulk_change,
)
from models.accounts.operations import bulk as module
from models.accounts.tables import BulkChange
from models.billing import CUSTOMERS
from models.kernel import clock
from models.kernel.actor import Actor, MissingPermission, system_actor
from models.kernel.errors import Conflict, Invalid, NotFound
from models.kernel.events import Event
from models.kernel.permissions import Permission, Scope
from tests.factories.accounts import actor_with, make_staff, make_tenant

MAY = (Permission.customers_read, Permission.customers_write)
assert CUSTOMERS.key == "customers", "the list a whole filter is read from"


def _actor(session: Session, *, scope: Scope = Scope.all) -> Actor:
    return actor_with(*MAY, scope=scope, user=make_staff(session))


def _ids(*tenants: Tenant) -> list[UUID]:
    return [tenant.id for tenant in tenants]


def _events(session: Session, name: str) -> list[Event]:
    return list(session.exec(select(Event).where(Event.name == name).order_by(Event.id)))  # type: ignore[arg-type]


def test_the_selected_are_assigned_others_skipped_with_a_reason_and_all_is_undone(session: Session) -> None:
    actor, before, after = _actor(session), make_staff(session), make_staff(session)
    first, second = make_tenant(session, owner_id=before.id), make_tenant(session)
    has, other = make_tenant(session, owner_id=after.id), make_tenant(session)
    change = assign_owners(session, actor, params="", selection=_ids(first, second, has), owner_id=after.id)
    assert (first.owner_id, second.owner_id, other.owner_id, first.version) == (after.id, after.id, None, 2)
    found = get_bulk_change(session, actor, change)
    assert (found.total, found.done, found.left, found.is_running) == (3, 2, 1, False)
    assert [each.reason for each in found.left_alone] == ["Has this account manager already."]
    names = {
        (each.subject_id, str(each.before), str(each.after))
        for each in _events(session, "tenant.owner_changed")
    }
    assert (first.id, str({"owner": before.name}), str({"owner": after.name})) in names

    second.owner_id = before.id
    undo_bulk_change(session, actor, bulk_id=change)
    assert (first.owner_id, second.owner_id, has.owner_id) == (before.id, before.id, after.id)
    found = get_bulk_change(session, actor, change)
    assert (found.status, found.done, found.left) == ("undone", 1, 1)
    assert found.left_alone[0].reason == "Somebody changed the account manager since."
    with pytest.raises(Conflict, match="no longer be undone"):
        undo_bulk_change(session, actor, bulk_id=change)


def test_tags_come_and_go_and_an_undo_leaves_what_others_did(session: Session) -> None:
    actor = _actor(session)
    plain, full = make_tenant(session, tags=["vip"]), make_tenant(session, tags=[f"t{n}" for n in range(12)])
    change = change_tags(session, actor, params="", selection=_ids(plain, full), add=[" Big ", "vip"])
    assert plain.tags == ["big", "vip"]
    found = get_bulk_change(session, actor, change)
    assert [each.reason for each in found.left_alone] == ["Would have 14 tags; a customer has at most 12."]
    plain.tags = ["big", "new", "vip"]
    undo_bulk_change(session, actor, bulk_id=change)
    assert plain.tags == ["new", "vip"]
    change_tags(session, actor, params="", selection=_ids(plain), remove=["vip", "nothing"])
    assert plain.tags == ["new"]
    with pytest.raises(Invalid, match="at least one tag"):
        change_tags(session, actor, params="", selection=_ids(plain), add=[" "])


def test_the_whole_filter_is_taken_and_nothing_beyond_it(session: Session) -> None:
    actor, owner = _actor(session), make_staff(session)
    inside, outside = make_tenant(session, country="NZ"), make_tenant(session, country="US")
    assign_owners(session, actor, params="f=country:NZ&after=x", selection=None, owner_id=owner.id)
    assert (inside.owner_id, outside.owner_id) == (owner.id, None)


def test_above_some_hundred_the_worker_goes_on_in_chunks(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 2)
    monkeypatch.setattr(module, "CHUNK", 2)
    actor, owner = _actor(session), make_staff(session)
    tenants = [make_tenant(session, country="NZ") for _ in range(5)]
    change = assign_owners(session, actor, params="f=country:NZ", selection=None, owner_id=owner.id)
    assert [each.after["rows"] for each in _events(session, "bulk_change.queued") if each.after] == [5]
    assert get_bulk_change(session, actor, change).is_running
    with pytest.raises(Conflict):
        undo_bulk_change(session, actor, bulk_id=change)
    assert [continue_bulk_change(session, actor, bulk_id=change) for _ in range(4)] == [
        True,
        True,
        False,
        False,
    ]
    assert {each.owner_id for each in tenants} == {owner.id}
    undo_bulk_change(session, actor, bulk_id=change)
    while continue_bulk_change(session, actor, bulk_id=change):
        pass
    assert {each.owner_id for each in tenants} == {None}


def test_whoever_lost_the_permission_meanwhile_changes_nothing_more(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 0)
    user = make_staff(session)
    actor, tenant = actor_with(*MAY, user=user), make_tenant(session)
    change = change_tags(session, actor, params="", selection=_ids(tenant), add=["vip"])
    less = actor_with(Permission.customers_read, user=user)
    assert not continue_bulk_change(session, less, bulk_id=change)
    assert tenant.tags == []
    assert get_bulk_change(session, actor, change).left_alone[0].reason.startswith("Not there any more")


def test_only_what_is_in_reach_is_changed_and_only_ones_own_is_seen(session: Session) -> None:
    actor, other = _actor(session, scope=Scope.own), _actor(session)
    mine, foreign = make_tenant(session, owner_id=actor.id), make_tenant(session)
    change = change_tags(session, actor, params="", selection=_ids(mine, foreign), add=["vip"])
    assert (mine.tags, foreign.tags) == (["vip"], [])
    assert get_bulk_change(session, actor, change).total == 1, "what is out of reach does not even count"
    for refused in (undo_bulk_change, continue_bulk_change):
        with pytest.raises(NotFound):
            refused(session, other, bulk_id=change)
    with pytest.raises(NotFound):
        get_bulk_change(session, other, change)


def test_what_is_refused(session: Session) -> None:
    reader = actor_with(Permission.customers_read, user=make_staff(session))
    tenant, gone = make_tenant(session), make_staff(session, is_active=False)
    with pytest.raises(MissingPermission):
        assign_owners(session, reader, params="", selection=_ids(tenant), owner_id=None)
    with pytest.raises(MissingPermission):
        change_tags(session, reader, params="", selection=_ids(tenant), add=["vip"])
    with pytest.raises(NotFound):
        assign_owners(session, _actor(session), params="", selection=_ids(tenant), owner_id=gone.id)
    with pytest.raises(Invalid, match="Only a person"):
        assign_owners(session, system_actor("test"), params="", selection=_ids(tenant), owner_id=None)


def test_what_fell_silent_is_found_and_an_old_change_is_not_undone(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor, tenant = _actor(session), make_tenant(session)
    change = change_tags(session, actor, params="", selection=_ids(tenant), add=["vip"])
    row = session.exec(select(BulkChange).where(BulkChange.id == change)).one()
    row.updated_at = clock.now() - timedelta(minutes=11)
    with pytest.raises(Conflict, match="ten minutes"):
        undo_bulk_change(session, actor, bulk_id=change)
    assert list_stale_bulk_changes(session) == []
    row.status = "waiting"
    assert list_stale_bulk_changes(session) == [(change, actor.id)]


@pytest.mark.parametrize("is_undo", [False, True])
def test_what_a_deactivated_person_asked_for_fails_and_says_who_and_what_to_do(
    session: Session, monkeypatch: pytest.MonkeyPatch, *, is_undo: bool
) -> None:
    """Neither does it go on in their name nor is it tried again each minute."""
    actor, tenants = _actor(session), [make_tenant(session) for _ in range(2)]
    change = change_tags(session, actor, params="", selection=_ids(*tenants), add=["vip"])
    bulk = session.get_one(BulkChange, change)
    bulk.status = "undoing" if is_undo else "waiting"
    outcome = "done" if is_undo else "waiting"
    session.execute(text("UPDATE bulk_change_row SET outcome = :outcome"), {"outcome": outcome})
    person = session.get_one(StaffUser, actor.id)
    person.is_active = False
    session.flush()
    monkeypatch.setattr(tasks, "unit_of_work", lambda: nullcontext(session))
    tasks.work_bulk_change.call_local(str(change), str(actor.id))
    session.refresh(bulk)
    found = get_bulk_change(session, actor, change)
    assert (bulk.status, found.is_running, found.waiting, found.left) == ("failed", False, 0, 2)
    assert all(f"{person.name} asked for this" in each.reason for each in found.left_alone)
    assert all("anew" in each.reason for each in found.left_alone)
    bulk.updated_at = clock.now() - timedelta(minutes=11)
    session.flush()
    assert list_stale_bulk_changes(session) == []
    (event,) = session.exec(select(Event).where(Event.name == "bulk_change.failed"))
    assert event.after is not None
    assert event.after["left"] == 2
    tasks.work_bulk_change.call_local(str(change), str(actor.id))
    assert len(session.exec(select(Event).where(Event.name == "bulk_change.failed")).all()) == 1
