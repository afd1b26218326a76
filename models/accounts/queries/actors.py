"""A member of staff as an actor: the grants of all roles, widest scope first."""

from uuid import UUID

from sqlmodel import Session, col, select

from models.accounts.tables import Role, RoleGrant, StaffRole, StaffUser
from models.kernel.actor import Actor, ActorKind, Cause
from models.kernel.errors import NotFound
from models.kernel.permissions import Permission, Scope


class PersonDeactivated(NotFound):
    """Whoever asked for it works here no more, so that nothing is done in their name."""

    def __init__(self, user: StaffUser) -> None:
        super().__init__("staff_user", user.id)
        self.sentence = (
            f"{user.name} asked for this and is deactivated, so no more of it is done in their name. "
            "Whoever still wants it asks for it anew."
        )


def actor_for(session: Session, user_id: UUID, cause: Cause = Cause.click) -> Actor:
    """The active person as actor; NotFound for an unknown person, PersonDeactivated for one who works here no more."""
    user = session.get(StaffUser, user_id)
    if user is None:
        raise NotFound("staff_user", user_id)
    if not user.is_active:
        raise PersonDeactivated(user)
    statement = (
        select(RoleGrant.permission, RoleGrant.scope)
        .join(StaffRole, col(StaffRole.role_id) == RoleGrant.role_id)
        .where(StaffRole.user_id == user_id)
    )
    known = {permission.value: permission for permission in Permission}
    grants: dict[Permission, Scope] = {}
    for name, scope in session.exec(statement):
        # A permission that a later version dropped is no permission.
        if (permission := known.get(name)) and grants.get(permission) is not Scope.all:
            grants[permission] = Scope(scope)
    return Actor(
        ActorKind.user, user.id, user.name, cause, grants, locale=user.locale, time_zone=user.time_zone
    )


def roles_with(session: Session, permission: Permission) -> list[str]:
    """Names of the roles that carry a permission, for "who has this?"."""
    statement = (
        select(Role.name)
        .join(RoleGrant, col(RoleGrant.role_id) == Role.id)
        .where(RoleGrant.permission == permission.value)
        .order_by(Role.name)
    )
    return list(session.exec(statement))


def people_who_grant(session: Session, limit: int = 5) -> list[str]:
    """Names of people who can change roles, so that a refusal says whom to ask."""
    statement = (
        select(StaffUser.name)
        .join(StaffRole, col(StaffRole.user_id) == StaffUser.id)
        .join(RoleGrant, col(RoleGrant.role_id) == StaffRole.role_id)
        .where(RoleGrant.permission == Permission.staff_write.value, col(StaffUser.is_active))
        .distinct()
        .order_by(StaffUser.name)
        .limit(limit)
    )
    return list(session.exec(statement))
