"""Roles as data: which permissions a role carries, how far, and who holds it."""

from uuid import UUID

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from models.kernel.columns import Dated, id_column, in_values, text_column
from models.kernel.permissions import Scope


class Role(Dated, table=True):
    """A named set of permissions; built-in ones follow the program's own table."""

    __tablename__ = "role"
    __table_args__ = (Index("uq_role_key", "key", unique=True),)

    id: UUID = id_column()
    key: str = text_column()
    name: str = text_column()
    is_built_in: bool = Field(default=False)


class RoleGrant(SQLModel, table=True):
    """One permission a role carries, and its scope."""

    __tablename__ = "role_grant"
    __table_args__ = (in_values("scope", Scope),)

    role_id: UUID = Field(primary_key=True, foreign_key="role.id", ondelete="CASCADE")
    permission: str = Field(primary_key=True, sa_type=Text)
    scope: str = text_column(default=Scope.all)


class StaffRole(SQLModel, table=True):
    """A person holds a role."""

    __tablename__ = "staff_role"

    user_id: UUID = Field(primary_key=True, foreign_key="staff_user.id", ondelete="CASCADE")
    role_id: UUID = Field(primary_key=True, foreign_key="role.id", ondelete="CASCADE")
