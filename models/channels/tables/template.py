"""Mail templates that were edited; one that never was stands in `texts/` alone."""

from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from models.kernel.columns import Dated, id_column, text_column


class MailTemplate(Dated, table=True):
    """One version of a template in one language; the highest one is used, and none is ever changed.

    `is_built_in` means that the text in `texts/` is used again from this version on.
    """

    __tablename__ = "mail_template"
    __table_args__ = (
        Index("uq_mail_template_version", "key", "language", "version", unique=True),
        CheckConstraint("version > 0", name="version_positive"),
        CheckConstraint("is_built_in OR (subject <> '' AND body <> '')", name="text_given"),
    )

    id: UUID = id_column()
    key: str = text_column()
    language: str = text_column()
    version: int = Field()
    subject: str = text_column(default="")
    body: str = text_column(default="")
    is_built_in: bool = Field(default=False)
    reason: str = text_column()
    author: str = text_column()
