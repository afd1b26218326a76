"""Which of the chosen invoices can be printed for the customer."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlmodel import Session, col

from models.billing.operations.draft_totals import UNISSUED
from models.billing.queries.chosen import NAMED, Chosen, Skipped
from models.billing.queries.invoice_listing import INVOICES
from models.billing.tables import Invoice
from models.kernel.actor import Actor
from models.kernel.listing import ListQuery, ids_statement

MAX_DOCUMENTS = 2_000


@dataclass(frozen=True, slots=True)
class PrintPreview:
    """How many documents there would be, and what is left out."""

    count: int
    skipped: tuple[Skipped, ...]

    @property
    def is_too_many(self) -> bool:
        """Whether one file does not take them all."""
        return self.count > MAX_DOCUMENTS


def preview_documents(session: Session, actor: Actor, *, chosen: Chosen) -> PrintPreview:
    """What a file with the documents of these invoices would hold; one that is not issued has none."""
    ids = ids_statement(session, actor, INVOICES, ListQuery.parse(chosen.params), chosen.ids)

    def among(*, is_issued: bool) -> Select[Any]:
        status = col(Invoice.status)
        part = status.not_in(UNISSUED) if is_issued else status.in_(UNISSUED)
        return select(func.count()).where(col(Invoice.id).in_(ids), part)

    issued, drafts = (session.execute(among(is_issued=each)).scalar_one() for each in (True, False))
    if not drafts:
        return PrintPreview(issued, ())
    numbers = session.scalars(
        select(col(Invoice.number))
        .where(col(Invoice.id).in_(ids), col(Invoice.status).in_(UNISSUED))
        .order_by(col(Invoice.number))
        .limit(NAMED)
    ).all()
    sentence = "Not issued yet, so there is no document."
    return PrintPreview(issued, (Skipped(sentence, drafts, tuple(numbers)),))
