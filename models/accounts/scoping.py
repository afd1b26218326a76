"""The one place where a query is narrowed to the customers an actor may see."""

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, true
from sqlmodel import Session, SQLModel, col, select

from models.accounts.tables import Tenant
from models.kernel.actor import Actor
from models.kernel.errors import NotFound
from models.kernel.locking import lock_row
from models.kernel.permissions import Permission, Scope

Row = TypeVar("Row", bound=SQLModel)


def in_scope(tenant_id: Any, actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """The condition that a row's customer is within the reach of the actor's permission.

    Raises `MissingPermission` where the actor does not hold it.
    """
    if actor.ensure(permission) is Scope.all:
        return true()
    return col(tenant_id).in_(select(Tenant.id).where(Tenant.owner_id == actor.id))


def scoped(statement: Select[Any], tenant_id: Any, actor: Actor, permission: Permission) -> Select[Any]:
    """The statement with `in_scope` added."""
    return statement.where(in_scope(tenant_id, actor, permission))


def get_scoped(
    session: Session, actor: Actor, table: type[Row], identifier: UUID, permission: Permission
) -> Row:
    """One row within the actor's reach, for reading; NotFound otherwise."""
    owner = _owner(table)
    statement = select(table).where(
        table.id == identifier,  # type: ignore[attr-defined]
        in_scope(owner, actor, permission),
    )
    row = session.exec(statement).first()
    if row is None:
        raise NotFound(str(table.__tablename__), identifier)
    return row


def lock_scoped(
    session: Session, actor: Actor, table: type[Row], identifier: UUID, permission: Permission
) -> Row:
    """One row within the actor's reach, locked for a change; NotFound otherwise."""
    return lock_row(session, table, identifier, in_scope(_owner(table), actor, permission))


def _owner(table: type[Any]) -> Any:
    return table.id if table is Tenant else table.tenant_id
