"""Staff, actors and customers with the few facts a test is about."""

from functools import cache
from typing import Any

from sqlmodel import Session, select

from models.accounts import Role, StaffRole, StaffUser, Tenant, hash_password, sync_built_in_roles
from models.kernel.actor import Actor, ActorKind, Cause
from models.kernel.columns import new_id
from models.kernel.permissions import Permission, Scope

PASSWORD = "violet harbour tuning fork"


@cache
def password_hash() -> str:
    """The hash of PASSWORD; made once, because hashing is slow on purpose."""
    return hash_password(PASSWORD)


def make_staff(session: Session, *, role: str | None = None, **facts: Any) -> StaffUser:
    """A member of staff who signs in with PASSWORD, holding the built-in role where one is named."""
    identifier = new_id()
    user = StaffUser(
        **{
            "id": identifier,
            "email": f"{identifier.hex}@staff.test",
            "name": f"Staff {identifier.hex[-6:]}",
            "password_hash": password_hash(),
            **facts,
        }
    )
    session.add(user)
    session.flush()
    if role is not None:
        sync_built_in_roles(session)
        found = session.exec(select(Role).where(Role.key == role)).one()
        session.add(StaffRole(user_id=user.id, role_id=found.id))
        session.flush()
    return user


def actor_with(
    *permissions: Permission, scope: Scope = Scope.all, user: StaffUser | None = None, name: str = "Ann Actor"
) -> Actor:
    """Somebody who holds just these permissions, as `user` where one is given."""
    return Actor(
        ActorKind.user,
        user.id if user else new_id(),
        user.name if user else name,
        Cause.click,
        dict.fromkeys(permissions, scope),
        request_id="req-test",
    )


def anybody() -> Actor:
    """Somebody who may do everything."""
    return actor_with(*Permission)


def make_tenant(session: Session, **facts: Any) -> Tenant:
    """A customer."""
    identifier = new_id()
    tenant = Tenant(
        **{
            "id": identifier,
            "name": f"Customer {identifier.hex[-6:]}",
            "external_ref": f"C-{identifier.hex}",
            "country": "US",
            "currency": "USD",
            "status": "active",
            **facts,
        }
    )
    session.add(tenant)
    session.flush()
    return tenant
