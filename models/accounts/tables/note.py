"""Notes staff write on a customer or on something of theirs."""

from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from models.kernel.columns import Dated, id_column, tenant_column, text_column


class Note(Dated, table=True):
    """Text on a subject; it stands in the subject's timeline."""

    __tablename__ = "note"
    __table_args__ = (
        Index("ix_note_tenant", "tenant_id", "id"),
        Index("ix_note_subject", "subject_id", "id"),
        CheckConstraint("body <> ''", name="body_given"),
    )

    id: UUID = id_column()
    tenant_id: UUID = tenant_column()
    subject_type: str = text_column()
    subject_id: UUID = Field()
    body: str = text_column()
    author_id: UUID | None = Field(default=None, foreign_key="staff_user.id")
