"""Saved views of lists: a filter, sort and column choice under a name."""

from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from models.kernel.columns import Dated, id_column, text_column


class SavedView(Dated, table=True):
    """A list's address parameters under a name, for its owner."""

    __tablename__ = "saved_view"
    __table_args__ = (
        Index("uq_saved_view_name", "user_id", "listing", "name", unique=True),
        CheckConstraint("name <> ''", name="name_given"),
    )

    id: UUID = id_column()
    user_id: UUID = Field(foreign_key="staff_user.id", ondelete="CASCADE")
    listing: str = text_column()
    name: str = text_column()
    params: str = text_column(default="")
