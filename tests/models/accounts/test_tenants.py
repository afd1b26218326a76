"""Customers: seen and changed within reach, by the rules, on record."""

from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, select

from models.accounts import (
    Contact,
    Tenant,
    TenantStatus,
    add_contact,
    add_note,
    assign_owner,
    change_tenant_status,
    find_tenants,
    get_tenant,
    list_account_managers,
    lock_scoped,
    tenant_subject,
    update_tenant,
)
from models.accounts.rules.tenant_status import TRANSITIONS, ensure_may_become
from models.accounts.tables import Note
from models.compliance import list_timeline
from models.kernel.actor import MissingPermission
from models.kernel.columns import new_id
from models.kernel.errors import Conflict, Invalid, NotFound
from models.kernel.events import Event, Subject
from models.kernel.permissions import Permission, Scope
from tests.factories.accounts import actor_with, anybody, make_staff, make_tenant

FACTS: dict[str, Any] = {
    "name": "Acme",
    "email": "pay@acme.test",
    "country": "DE",
    "time_zone": "Europe/Berlin",
    "locale": "de",
    "tags": ["vip"],
}


def _events(session: Session) -> list[Event]:
    return list(session.exec(select(Event).order_by(Event.id)))  # type: ignore[arg-type]


def test_only_what_changed_is_written_and_recorded(session: Session) -> None:
    tenant = make_tenant(session, **FACTS)
    changed = {**FACTS, "name": "  Acme   Rockets ", "country": "fr", "tags": [" Big ", "vip", "VIP", ""]}
    update_tenant(session, anybody(), tenant_id=tenant.id, version=1, **changed)
    assert (tenant.name, tenant.country, tenant.tags, tenant.version) == (
        "Acme Rockets",
        "FR",
        ["big", "vip"],
        2,
    )
    (event,) = _events(session)
    assert event.name == "tenant.updated"
    assert event.tenant_id == tenant.id
    assert event.before == {"name": "Acme", "country": "DE", "tags": ["vip"]}
    assert event.after == {"name": "Acme Rockets", "country": "FR", "tags": ["big", "vip"]}
    update_tenant(session, anybody(), tenant_id=tenant.id, version=2, **changed)
    assert tenant.version == 2
    assert len(_events(session)) == 1


def test_a_save_against_a_newer_version_is_refused(session: Session) -> None:
    tenant = make_tenant(session, version=3)
    with pytest.raises(Conflict, match="Reload") as refusal:
        update_tenant(session, anybody(), tenant_id=tenant.id, version=2, **FACTS)
    assert refusal.value.code == "customer.changed"
    assert _events(session) == []
    update_tenant(session, anybody(), tenant_id=tenant.id, version=3, **FACTS)
    assert tenant.version == 4


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"name": "   "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"email": "not an address"}, "email"),
        ({"country": "DEU"}, "country"),
        ({"country": "XX"}, "country"),
        ({"country": ""}, "country"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"locale": "tlh"}, "locale"),
        ({"tags": [f"tag {number}" for number in range(13)]}, "tags"),
        ({"tags": ["x" * 31]}, "tags"),
    ],
)
def test_a_field_that_breaks_its_rule_is_named(session: Session, facts: dict[str, Any], field: str) -> None:
    tenant = make_tenant(session)
    with pytest.raises(Invalid) as refusal:
        update_tenant(session, anybody(), tenant_id=tenant.id, **{**FACTS, **facts})
    assert refusal.value.field == field
    assert tenant.version == 1
    assert _events(session) == []


@pytest.mark.parametrize("current", TenantStatus)
@pytest.mark.parametrize("target", TenantStatus)
def test_a_status_follows_the_table(session: Session, current: TenantStatus, target: TenantStatus) -> None:
    allowed = {
        ("trial", "active"),
        ("trial", "closed"),
        ("active", "suspended"),
        ("active", "closed"),
        ("suspended", "active"),
        ("suspended", "closed"),
        ("closed", "active"),
    }
    tenant = make_tenant(session, status=current)
    change = {"tenant_id": tenant.id, "status": target, "reason": " asked for it "}
    if (current.value, target.value) in allowed:
        change_tenant_status(session, anybody(), **change)  # type: ignore[arg-type]
        (event,) = _events(session)
        assert (event.before, event.after) == ({"status": current}, {"status": target})
        assert (event.reason, tenant.status, tenant.version) == ("asked for it", target, 2)
    else:
        with pytest.raises(Conflict, match=f"who is {current} cannot become {target}") as refusal:
            change_tenant_status(session, anybody(), **change)  # type: ignore[arg-type]
        assert refusal.value.code == "tenant.status_not_allowed"
        assert tenant.status == current


def test_every_status_has_a_row_in_the_table_and_a_way_out() -> None:
    assert set(TRANSITIONS) == set(TenantStatus)
    for current, targets in TRANSITIONS.items():
        assert targets
        assert current not in targets
        for target in targets:
            ensure_may_become(current, target)


def test_an_account_manager_is_assigned_by_name(session: Session) -> None:
    ann, ben = make_staff(session, name="Ann"), make_staff(session, name="Ben")
    gone = make_staff(session, name="Gone", is_active=False)
    tenant = make_tenant(session, owner_id=ann.id)
    assign_owner(session, anybody(), tenant_id=tenant.id, owner_id=ben.id)
    assign_owner(session, anybody(), tenant_id=tenant.id, owner_id=ben.id)
    assign_owner(session, anybody(), tenant_id=tenant.id, owner_id=None)
    assert [(event.before, event.after) for event in _events(session)] == [
        ({"owner": "Ann"}, {"owner": "Ben"}),
        ({"owner": "Ben"}, {"owner": ""}),
    ]
    for nobody in (new_id(), gone.id):
        with pytest.raises(NotFound):
            assign_owner(session, anybody(), tenant_id=tenant.id, owner_id=nobody)
    assert [each.name for each in list_account_managers(session)] == ["Ann", "Ben"]


def test_the_first_contact_is_the_primary_one(session: Session) -> None:
    tenant = make_tenant(session)
    first = add_contact(session, anybody(), tenant_id=tenant.id, name="Zoe", email="zoe@acme.test")
    second = add_contact(
        session, anybody(), tenant_id=tenant.id, name="Al", email="AL@acme.test", phone="x" * 300
    )
    assert (first.is_primary, second.is_primary) == (True, False)
    assert (second.email, len(second.phone)) == ("al@acme.test", 200)
    assert [each.name for each in get_tenant(session, anybody(), tenant.id).contacts] == ["Zoe", "Al"]
    for wrong in ({"name": "", "email": "a@b.test"}, {"name": "Al", "email": "nonsense"}):
        with pytest.raises(Invalid):
            add_contact(session, anybody(), tenant_id=tenant.id, **wrong)
    assert len(session.exec(select(Contact)).all()) == 2


def test_a_note_stands_on_the_timeline_of_its_subject(session: Session) -> None:
    author = make_staff(session, name="Ann")
    actor = actor_with(Permission.notes_write, Permission.customers_read, user=author)
    tenant = make_tenant(session)
    note = add_note(session, actor, subject=tenant_subject(tenant), body="  Called, will pay.\n")
    assert (note.body, note.author_id, note.tenant_id) == ("Called, will pay.", author.id, tenant.id)
    (line,) = list_timeline(session, actor, subject_id=tenant.id)
    assert (line.name, line.actor_name, line.after) == ("note.added", "Ann", {"body": "Called, will pay."})


@pytest.mark.parametrize("body", ["", "  \n ", "x" * 4_001])
def test_a_note_has_a_length(session: Session, body: str) -> None:
    with pytest.raises(Invalid, match="4,000") as refusal:
        add_note(session, anybody(), subject=tenant_subject(make_tenant(session)), body=body)
    assert refusal.value.field == "body"
    assert session.exec(select(Note)).all() == []


def test_a_note_needs_a_customer(session: Session) -> None:
    with pytest.raises(Invalid, match="needs a customer"):
        add_note(session, anybody(), subject=Subject("staff_user", new_id(), "Ann"), body="text")


def test_own_scope_reaches_ones_own_customers_only(session: Session) -> None:
    manager = make_staff(session)
    mine = make_tenant(session, name="Mine", owner_id=manager.id)
    others = [make_tenant(session, name="Mine too"), make_tenant(session, owner_id=make_staff(session).id)]
    actor = actor_with(*Permission, scope=Scope.own, user=manager)
    assert get_tenant(session, actor, mine.id).name == "Mine"
    assert lock_scoped(session, actor, Tenant, mine.id, Permission.customers_write) is mine
    assert [row[0] for row in find_tenants(session, actor, "mine")] == [mine.id]
    add_note(session, actor, subject=tenant_subject(mine), body="text")
    for other in others:
        _assert_out_of_reach(session, actor, other.id)
    everyone = actor_with(*Permission, user=make_staff(session))
    for other in others:
        add_note(session, everyone, subject=tenant_subject(other), body="text")
    assert {line.subject_id for line in list_timeline(session, actor)} == {mine.id}
    assert list_timeline(session, actor, tenant_id=others[0].id) == []


def _assert_out_of_reach(session: Session, actor: Any, tenant_id: UUID) -> None:
    subject = Subject("tenant", tenant_id, "theirs", tenant_id)
    attempts = (
        lambda: get_tenant(session, actor, tenant_id),
        lambda: lock_scoped(session, actor, Tenant, tenant_id, Permission.customers_write),
        lambda: update_tenant(session, actor, tenant_id=tenant_id, **FACTS),
        lambda: change_tenant_status(
            session, actor, tenant_id=tenant_id, status=TenantStatus.suspended, reason="x"
        ),
        lambda: assign_owner(session, actor, tenant_id=tenant_id, owner_id=actor.id),
        lambda: add_contact(session, actor, tenant_id=tenant_id, name="Al", email="al@acme.test"),
        lambda: add_note(session, actor, subject=subject, body="text"),
    )
    for attempt in attempts:
        with pytest.raises(NotFound) as refusal:
            attempt()
        assert refusal.value.code == "tenant.not_found"


def test_without_the_permission_a_customer_stays_as_it_is(session: Session) -> None:
    tenant = make_tenant(session)
    reader = actor_with(Permission.customers_read)
    with pytest.raises(MissingPermission, match="customers:write"):
        update_tenant(session, reader, tenant_id=tenant.id, **FACTS)
    with pytest.raises(MissingPermission, match="customers:write"):
        change_tenant_status(session, reader, tenant_id=tenant.id, status=TenantStatus.closed, reason="x")
    with pytest.raises(MissingPermission, match="notes:write"):
        add_note(session, reader, subject=tenant_subject(tenant), body="text")
    with pytest.raises(MissingPermission, match="customers:read"):
        get_tenant(session, actor_with(Permission.invoices_read), tenant.id)
    assert tenant.version == 1
