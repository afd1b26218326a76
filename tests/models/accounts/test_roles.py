"""The built-in roles in the database are those of the golden file."""

from pathlib import Path

from sqlalchemy import update
from sqlmodel import Session, col, select

from models.accounts import (
    BUILT_IN_ROLES,
    Role,
    StaffRole,
    actor_for,
    people_who_grant,
    roles_with,
    sync_built_in_roles,
)
from models.accounts.tables import RoleGrant
from models.kernel.permissions import Permission, Scope
from tests.factories.accounts import make_staff

GOLDEN = Path(__file__).parents[2] / "golden" / "permissions.md"


def _matrix(session: Session) -> str:
    roles = session.exec(select(Role).order_by(Role.key)).all()
    grants = {(each.role_id, each.permission): each.scope for each in session.exec(select(RoleGrant))}
    lines = ["| permission | " + " | ".join(role.key for role in roles) + " |"]
    lines.append("|---|" + "---|" * len(roles))
    for permission in Permission:
        cells = [grants.get((role.id, permission.value), "") for role in roles]
        lines.append(f"| `{permission.value}` | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def test_who_may_do_what_is_as_agreed(session: Session) -> None:
    """A difference here is a change of what people may do: look at it, then write the file anew."""
    sync_built_in_roles(session)
    assert _matrix(session) == GOLDEN.read_text("utf-8")


def test_permissions_stand_in_order_and_are_named_after_their_value() -> None:
    values = [permission.value for permission in Permission]
    assert values == sorted(values)
    assert [permission.name for permission in Permission] == [value.replace(":", "_") for value in values]


def test_syncing_again_corrects_built_in_roles_and_leaves_others(session: Session) -> None:
    sync_built_in_roles(session)
    before = _matrix(session)
    own = Role(key="night_watch", name="Night watch")
    session.add(own)
    session.flush()
    session.add(RoleGrant(role_id=own.id, permission="jobs:read", scope=Scope.own))
    viewer = session.exec(select(Role).where(Role.key == "viewer")).one()
    session.add(RoleGrant(role_id=viewer.id, permission="staff:write", scope=Scope.all))
    session.execute(update(RoleGrant).where(col(RoleGrant.permission) == "audit:read").values(scope="own"))
    session.expire_all()
    sync_built_in_roles(session)
    assert session.exec(select(RoleGrant.scope).where(RoleGrant.role_id == own.id)).one() == "own"
    session.delete(session.get_one(RoleGrant, (own.id, "jobs:read")))
    session.flush()
    session.delete(own)
    session.flush()
    assert _matrix(session) == before


def test_every_person_holds_what_all_roles_give_in_the_widest_scope(session: Session) -> None:
    user = make_staff(session, role="viewer")
    narrow = Role(key="narrow", name="Narrow")
    session.add(narrow)
    session.flush()
    for permission in ("invoices:void", "invoices:read", "dropped:permission"):
        session.add(RoleGrant(role_id=narrow.id, permission=permission, scope=Scope.own))
    session.add(StaffRole(user_id=user.id, role_id=narrow.id))
    session.flush()
    actor = actor_for(session, user.id)
    assert actor.scope(Permission.invoices_read) is Scope.all
    assert actor.scope(Permission.invoices_void) is Scope.own
    assert set(actor.grants) == {*BUILT_IN_ROLES["viewer"].grants, Permission.invoices_void}


def test_a_refusal_can_say_which_roles_help_and_whom_to_ask(session: Session) -> None:
    make_staff(session, role="admin", name="Ada")
    make_staff(session, role="admin", name="Gone", is_active=False)
    make_staff(session, role="finance", name="Fin")
    assert roles_with(session, Permission.invoices_void) == ["Administrator", "Finance"]
    assert people_who_grant(session) == ["Ada"]
