"""Column types that every table shares: ids, money, instants, JSON."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import uuid_utils.compat
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Integer,
    MetaData,
    SQLColumnExpression,
    String,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine
from sqlmodel import Field, SQLModel

from models.kernel import clock

SQLModel.metadata.naming_convention = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
).naming_convention


def new_id() -> UUID:
    """A time-ordered UUIDv7 (RFC 9562): new rows land at the end of the index."""
    return uuid_utils.compat.uuid7()


def id_column() -> Any:
    """Primary key, made by us so that an operation knows it before the flush."""
    return Field(default_factory=new_id, primary_key=True)


def tenant_column(*, unique: bool = False) -> Any:
    """The customer a row belongs to."""
    return Field(foreign_key="tenant.id", unique=unique)


def text_column(*, default: Any = ..., nullable: bool = False) -> Any:
    """Text without a length limit of the database's own."""
    if nullable:
        return Field(default=None, sa_type=Text, nullable=True)
    return Field(default=default, sa_type=Text)


def status_column(default: StrEnum) -> Any:
    """A StrEnum stored as text; `in_values` adds the matching CHECK."""
    return Field(default=default, sa_type=Text)


def in_values(column: str, enum: type[StrEnum]) -> CheckConstraint:
    """CHECK that a text column holds a member of the enum."""
    members = ", ".join(f"'{member.value}'" for member in enum)
    return CheckConstraint(f"{column} IN ({members})", name=f"{column}_known")


def minor_column(*, default: Any = ...) -> Any:
    """An amount in minor units; the currency stands in the row's `currency`."""
    return Field(default=default, sa_type=BigInteger)


def currency_column(*, nullable: bool = False) -> Any:
    """ISO 4217 code."""
    if nullable:
        return Field(default=None, sa_type=String(3), nullable=True)
    return Field(sa_type=String(3))


def instant_column(*, nullable: bool = False) -> Any:
    """An instant with time zone; a non-null one defaults to now."""
    if nullable:
        return Field(default=None, sa_type=DateTime(timezone=True), nullable=True)
    return Field(default_factory=clock.now, sa_type=DateTime(timezone=True))


def json_column(*, nullable: bool = False) -> Any:
    """JSONB; a non-null one defaults to an empty object."""
    if nullable:
        return Field(default=None, sa_type=JSONB(none_as_null=True), nullable=True)
    return Field(default_factory=dict, sa_type=JSONB)


class Dated(SQLModel):
    """When a row came to be and was last changed."""

    created_at: datetime = instant_column()
    updated_at: datetime = instant_column()


def type_of(column: SQLColumnExpression[Any]) -> TypeEngine[Any]:
    """The column's type, which every expression has and the shared base class does not declare."""
    return column.type  # type: ignore[attr-defined,no-any-return]


def can_store(value: object, column_type: TypeEngine[Any]) -> bool:
    """Whether a column of this type could hold the value, so that the database need not refuse it."""
    if isinstance(value, str):
        return can_store_text(value)
    if isinstance(value, int):
        bits = 64 if isinstance(column_type, BigInteger) else 32
        return not isinstance(column_type, Integer) or -(2 ** (bits - 1)) <= value < 2 ** (bits - 1)
    return True


def can_store_text(text: str) -> bool:
    """Whether PostgreSQL takes the text: no NUL, and no half of a surrogate pair as a browser's JSON may hold."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)
