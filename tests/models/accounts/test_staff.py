"""Staff: created with a strong password and known roles, never without an administrator."""

import threading

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from models.accounts import (
    Role,
    StaffRole,
    StaffUser,
    actor_for,
    change_roles,
    create_admin,
    create_staff,
    sync_built_in_roles,
)
from models.kernel.actor import MissingPermission
from models.kernel.columns import new_id
from models.kernel.database import unit_of_work
from models.kernel.errors import Conflict, DomainError, Invalid, NotFound
from models.kernel.events import Event
from models.kernel.permissions import Permission
from tests.factories.accounts import PASSWORD, actor_with, make_staff

BOSS = actor_with(Permission.staff_write, name="Boss")


def _create(session: Session, **facts: object) -> StaffUser:
    given = {"email": "ann@company.test", "name": "Ann", "password": PASSWORD, "roles": ["viewer"], **facts}
    return create_staff(session, BOSS, **given)  # type: ignore[arg-type]


def test_a_person_is_created_with_roles_and_an_event(session: Session) -> None:
    sync_built_in_roles(session)
    user = _create(session, email="  Ann@Company.TEST ", roles=["finance", "support"])
    assert user.email == "ann@company.test"
    assert user.password_hash.startswith("$argon2id$")
    assert actor_for(session, user.id).may(Permission.invoices_void)
    event = session.exec(select(Event)).one()
    assert (event.name, event.subject_id, event.actor_name) == ("staff_user.created", user.id, "Boss")
    assert event.after == {"email": "ann@company.test", "roles": ["finance", "support"]}
    assert PASSWORD not in str(event)


@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({"email": "nobody"}, "email.unreadable", "email"),
        ({"email": "a@b\0.test"}, "email.unreadable", "email"),
        ({"email": ""}, "email.unreadable", "email"),
        ({"password": "short one"}, "password.too_short", "password"),
        ({"password": "x" * 129}, "password.too_long", "password"),
        ({"password": "aaaaaaaaaaaaaaaa"}, "password.common", "password"),
        ({"password": "Password1234!"}, "password.common", "password"),
        ({"password": "annabelle123", "name": "Annabelle"}, "password.common", "password"),
        ({"password": "annabelle.1999", "email": "annabelle@company.test"}, "password.common", "password"),
        ({"roles": ["viewer", "emperor"]}, "role.unknown", "roles"),
    ],
)
def test_what_is_refused_names_the_field(
    session: Session, facts: dict[str, object], code: str, field: str
) -> None:
    sync_built_in_roles(session)
    with pytest.raises(Invalid) as refusal:
        _create(session, **facts)
    assert (refusal.value.code, refusal.value.field) == (code, field)


def test_an_address_belongs_to_one_person(session: Session) -> None:
    sync_built_in_roles(session)
    _create(session)
    with pytest.raises(Conflict, match=r"ann@company\.test is already") as refusal:
        _create(session, email="ANN@company.test")
    assert refusal.value.field == "email"


def test_two_at_once_make_one_person(database: Engine) -> None:
    with unit_of_work() as session:
        sync_built_in_roles(session)
    barrier, outcomes = threading.Barrier(2), list[str]()

    def create() -> None:
        barrier.wait()
        try:
            with unit_of_work() as session:
                _create(session)
            outcomes.append("created")
        except DomainError as refusal:
            outcomes.append(refusal.code)

    threads = [threading.Thread(target=create) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["created", "staff.email_taken"]


def test_an_administrator_may_do_everything(session: Session) -> None:
    sync_built_in_roles(session)
    user = create_admin(session, BOSS, email="ada@company.test", name="Ada", password=PASSWORD)
    assert set(actor_for(session, user.id).grants) == set(Permission)


def test_without_the_permission_nobody_is_created_or_promoted(session: Session) -> None:
    user = make_staff(session, role="viewer")
    others = actor_with(*(each for each in Permission if each is not Permission.staff_write))
    with pytest.raises(MissingPermission, match="staff:write"):
        create_admin(session, others, email="eve@company.test", name="Eve", password=PASSWORD)
    with pytest.raises(MissingPermission, match="staff:write"):
        change_roles(session, others, user_id=user.id, roles=["admin"])
    assert session.exec(select(StaffUser)).one() is user


def test_roles_are_replaced_and_recorded(session: Session) -> None:
    user = make_staff(session, role="viewer")
    change_roles(session, BOSS, user_id=user.id, roles=["support", "finance"])
    statement = select(Role.key).join(StaffRole).where(StaffRole.user_id == user.id)
    assert sorted(session.exec(statement)) == ["finance", "support"]
    event = session.exec(select(Event)).one()
    assert (event.before, event.after) == ({"roles": ["viewer"]}, {"roles": ["finance", "support"]})
    with pytest.raises(NotFound):
        change_roles(session, BOSS, user_id=new_id(), roles=[])


def test_the_last_administrator_stays(session: Session) -> None:
    ada = make_staff(session, role="admin", name="Ada")
    with pytest.raises(Conflict, match="Ada is the last administrator") as refusal:
        change_roles(session, BOSS, user_id=ada.id, roles=["viewer"])
    assert refusal.value.code == "staff.last_admin"
    change_roles(session, BOSS, user_id=ada.id, roles=["viewer", "admin"])
    make_staff(session, role="admin")
    change_roles(session, BOSS, user_id=ada.id, roles=["viewer"])
    assert not actor_for(session, ada.id).may(Permission.staff_write)


def test_somebody_who_cannot_sign_in_does_not_count_as_the_other_administrator(session: Session) -> None:
    ada = make_staff(session, role="admin", name="Ada")
    make_staff(session, role="admin", name="Gone", is_active=False)
    with pytest.raises(Conflict, match="last administrator"):
        change_roles(session, BOSS, user_id=ada.id, roles=["viewer"])
