"""Staff, and the sessions they are signed in with."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from models.kernel.columns import (
    Dated,
    id_column,
    instant_column,
    json_column,
    text_column,
)


class StaffUser(Dated, table=True):
    """One of us; the e-mail address is stored in lower case."""

    __tablename__ = "staff_user"
    __table_args__ = (
        Index("uq_staff_user_email", "email", unique=True),
        CheckConstraint("email = lower(email)", name="email_lower"),
    )

    id: UUID = id_column()
    email: str = text_column()
    name: str = text_column()
    password_hash: str = text_column()
    is_active: bool = Field(default=True)
    locale: str = text_column(default="en")
    time_zone: str = text_column(default="UTC")
    preferences: dict[str, object] = json_column()


class StaffSession(SQLModel, table=True):
    """A signed-in browser; only the token's hash is kept."""

    __tablename__ = "staff_session"
    __table_args__ = (
        Index("uq_staff_session_token", "token_hash", unique=True),
        Index("ix_staff_session_open", "user_id", postgresql_where=text("ended_at IS NULL")),
    )

    id: UUID = id_column()
    user_id: UUID = Field(foreign_key="staff_user.id", ondelete="CASCADE")
    token_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    created_at: datetime = instant_column()
    last_seen_at: datetime = instant_column()
    expires_at: datetime = instant_column()
    ended_at: datetime | None = instant_column(nullable=True)
    end_reason: str = text_column(default="")
    user_agent: str = text_column(default="")
    address: str = text_column(default="")
