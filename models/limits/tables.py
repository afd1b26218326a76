"""Limits as people set them: one row a version, never changed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from models.kernel.columns import currency_column, id_column, instant_column, minor_column, text_column


class ApprovalLimit(SQLModel, table=True):
    """A limit of an action in a currency, `*` for any other; the highest version holds.

    Without an amount the rule is withdrawn, and the next wider one holds: `*`, then the setting.
    """

    __tablename__ = "approval_limit"
    __table_args__ = (
        Index("uq_approval_limit_version", "action", "currency", "version", unique=True),
        CheckConstraint("amount_minor >= 0", name="amount_not_negative"),
        CheckConstraint("expires_hours BETWEEN 1 AND 720", name="expires_within_a_month"),
    )

    id: UUID = id_column()
    action: str = text_column()
    currency: str = currency_column()
    amount_minor: int | None = minor_column(default=None)
    # How long a request waits before it expires; without one the setting says.
    expires_hours: int | None = Field(default=None)
    version: int = Field()
    reason: str = text_column()
    set_by: str = text_column()
    created_at: datetime = instant_column()
