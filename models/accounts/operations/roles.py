"""Built-in roles in the database follow the program's table."""

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from models.accounts.rules.built_in_roles import BUILT_IN_ROLES
from models.accounts.tables import Role, RoleGrant


def sync_built_in_roles(session: Session) -> None:
    """Create or correct the built-in roles and their grants; other roles stay as they are."""
    for key, spec in BUILT_IN_ROLES.items():
        role = session.exec(select(Role).where(Role.key == key)).first()
        if role is None:
            role = Role(key=key, name=spec.name, is_built_in=True)
            session.add(role)
            session.flush()
        held = {
            grant.permission: grant.scope
            for grant in session.exec(select(RoleGrant).where(RoleGrant.role_id == role.id))
        }
        wanted = {permission.value: scope.value for permission, scope in spec.grants.items()}
        if held == wanted:
            continue
        session.execute(delete(RoleGrant).where(col(RoleGrant.role_id) == role.id))
        rows = [
            {"role_id": role.id, "permission": permission, "scope": scope}
            for permission, scope in wanted.items()
        ]
        session.execute(insert(RoleGrant), rows)
