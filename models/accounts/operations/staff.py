"""Staff: creating people, granting roles, changing passwords."""

from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import delete, func, select
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from models.accounts import events
from models.accounts.operations.sessions import end_other_sessions
from models.accounts.rules.passwords import ensure_strong, hash_password, is_password
from models.accounts.tables import Role, StaffRole, StaffUser
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import Conflict, Invalid
from models.kernel.events import Subject, record_event
from models.kernel.locking import lock_name, lock_row
from models.kernel.permissions import Permission


def create_staff(
    session: Session, actor: Actor, *, email: str, name: str, password: str, roles: list[str]
) -> StaffUser:
    """A new member of staff with these roles; refuses a known address, a weak password, an unknown role."""
    actor.ensure(Permission.staff_write)
    address = normal_email(email)
    ensure_strong(password, email=address, name=name)
    lock_name(session, f"staff:{address}")
    if session.scalar(select(func.count()).where(StaffUser.email == address)):  # type: ignore[arg-type]
        raise Conflict("staff.email_taken", f"{address} is already a member of staff.", field="email")
    user = StaffUser(email=address, name=name.strip() or address, password_hash=hash_password(password))
    session.add(user)
    session.flush()
    _grant(session, user, roles)
    record_event(
        session, actor, events.STAFF_CREATED, staff_subject(user), after={"email": address, "roles": roles}
    )
    return user


def create_admin(session: Session, actor: Actor, *, email: str, name: str, password: str) -> StaffUser:
    """A member of staff who may do everything; the way into a new installation."""
    return create_staff(session, actor, email=email, name=name, password=password, roles=["admin"])


def change_roles(session: Session, actor: Actor, *, user_id: UUID, roles: list[str]) -> StaffUser:
    """Give a person exactly these roles; the last administrator cannot lose that role."""
    actor.ensure(Permission.staff_write)
    lock_name(session, "staff:admins")
    user = lock_row(session, StaffUser, user_id)
    before = role_keys(session, user_id)
    is_losing_it = "admin" in before and "admin" not in roles
    if is_losing_it and user.is_active and _admins(session) == 1:
        raise Conflict("staff.last_admin", f"{user.name} is the last administrator. Make another one first.")
    session.execute(delete(StaffRole).where(col(StaffRole.user_id) == user_id))
    _grant(session, user, roles)
    record_event(
        session,
        actor,
        events.STAFF_ROLES_CHANGED,
        staff_subject(user),
        before={"roles": before},
        after={"roles": sorted(roles)},
    )
    return user


def change_password(
    session: Session, actor: Actor, *, current: str, new: str, session_id: UUID | None
) -> int:
    """Change one's own password and end one's other sessions; returns how many were ended."""
    actor.ensure(Permission.profile_write)
    if actor.id is None:
        raise Invalid("password.nobody", "Only a person has a password.")
    user = lock_row(session, StaffUser, actor.id)
    if not is_password(user.password_hash, current):
        raise Invalid(
            "password.wrong",
            "The current password is not right. Type the one you signed in with.",
            field="current",
        )
    ensure_strong(new, email=user.email, name=user.name)
    user.password_hash = hash_password(new)
    user.updated_at = clock.now()
    ended = end_other_sessions(session, user.id, keep=session_id, reason="password changed")
    record_event(
        session, actor, events.PASSWORD_CHANGED, staff_subject(user), after={"sessions_ended": ended}
    )
    return ended


def role_keys(session: Session, user_id: UUID) -> list[str]:
    """Keys of the roles a person holds, sorted."""
    statement = select_rows(Role.key).join(StaffRole, col(StaffRole.role_id) == Role.id)
    return sorted(session.exec(statement.where(StaffRole.user_id == user_id)))


def staff_subject(user: StaffUser) -> Subject:
    """The person as the subject of an event."""
    return Subject("staff_user", user.id, user.name)


def normal_email(text: str) -> str:
    """The address in lower case; raises Invalid where it is not one."""
    try:
        # Demo and test addresses use reserved names, which the library refuses unless told.
        found = validate_email(text.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise Invalid(
            "email.unreadable",
            f"“{text[:80]}” is not an e-mail address. Write it like name@company.com.",
            field="email",
        ) from None
    return found.normalized.lower()


def _grant(session: Session, user: StaffUser, roles: list[str]) -> None:
    found = {role.key: role.id for role in session.exec(select_rows(Role).where(col(Role.key).in_(roles)))}
    unknown = sorted(set(roles) - set(found))
    if unknown:
        raise Invalid("role.unknown", f"There is no role “{unknown[0]}”.", field="roles")
    session.add_all(StaffRole(user_id=user.id, role_id=role_id) for role_id in found.values())
    session.flush()


def _admins(session: Session) -> int:
    statement = (
        select(func.count())
        .select_from(StaffRole)
        .join(Role, col(Role.id) == StaffRole.role_id)
        .join(StaffUser, col(StaffUser.id) == StaffRole.user_id)
        .where(col(Role.key) == "admin", col(StaffUser.is_active))
    )
    return session.scalar(statement) or 0
