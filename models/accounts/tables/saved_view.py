"""Saved views of lists: a filter, sort and column choice under a name."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from models.kernel.columns import Dated, id_column, in_values, status_column, text_column


class ViewScope(StrEnum):
    """Who sees a saved view."""

    me = "me"
    everyone = "everyone"


class SavedView(Dated, table=True):
    """A list's address parameters under a name, for its owner or for everyone."""

    __tablename__ = "saved_view"
    __table_args__ = (
        Index("uq_saved_view_name", "user_id", "listing", "name", unique=True),
        Index("ix_saved_view_shared", "listing", postgresql_where=text("scope = 'everyone'")),
        CheckConstraint("name <> ''", name="name_given"),
        in_values("scope", ViewScope),
    )

    id: UUID = id_column()
    user_id: UUID = Field(foreign_key="staff_user.id", ondelete="CASCADE")
    listing: str = text_column()
    name: str = text_column()
    params: str = text_column(default="")
    scope: str = status_column(ViewScope.me)
