"""Printed documents as PDFs in their customer's language: invoices, credit notes, statements."""

import re
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response, Security

from dashboard.api.problems import documented
from dashboard.api.visitor import SESSION, SignedInActor, demand
from models.billing import build_credit_note_document, build_invoice_document, build_statement_document
from models.integrations.documents import render_credit_note, render_invoice, render_statement
from models.kernel.database import read_session
from models.kernel.permissions import Permission

router = APIRouter(prefix="/api/documents", tags=["documents"], dependencies=[Security(SESSION)])

NOT_PLAIN = re.compile("[^A-Za-z0-9._-]")
PDF = {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}
Download = Annotated[bool, Query(description="Offer the file for saving instead of showing it.")]


@router.get(
    "/invoices/{invoice_id}.pdf",
    summary="An invoice as a PDF",
    response_class=Response,
    responses={
        200: PDF,
        **documented(401, 403, 404, 422, 500, 503),
    },
)
@demand(Permission.invoices_read)
def get_invoice_document(
    actor: SignedInActor,
    invoice_id: UUID,
    *,
    download: Download = False,
) -> Response:
    """In the customer's language and the invoice's currency, with an annex that says how each line was computed."""
    with read_session() as session:
        document = build_invoice_document(session, actor, invoice_id)
    # Rendered after the connection went back to the pool: it takes as long as many queries.
    return _answer(render_invoice(document), document.number, is_download=download)


@router.get(
    "/credit-notes/{credit_note_id}.pdf",
    summary="A credit note as a PDF",
    response_class=Response,
    responses={200: PDF, **documented(401, 403, 404, 422, 500, 503)},
)
@demand(Permission.credit_notes_read)
def get_credit_note_document(
    actor: SignedInActor, credit_note_id: UUID, *, download: Download = False
) -> Response:
    """In the customer's language, with the lines it takes back and how it was settled."""
    with read_session() as session:
        document = build_credit_note_document(session, actor, credit_note_id)
    return _answer(render_credit_note(document), document.number, is_download=download)


@router.get(
    "/statements/{tenant_id}.pdf",
    summary="A customer's statement as a PDF",
    response_class=Response,
    responses={200: PDF, **documented(401, 403, 404, 422, 500, 503)},
)
@demand(Permission.credit_notes_read)
def get_statement_document(
    actor: SignedInActor,
    tenant_id: UUID,
    *,
    currency: Annotated[str, Query(description="ISO 4217 code.", pattern="^[A-Z]{3}$")],
    from_on: Annotated[date, Query(description="First day.")],
    last_on: Annotated[date, Query(description="Last day, included.")],
    download: Download = False,
) -> Response:
    """Everything between two days in one currency: opening, each change with its balance, closing."""
    with read_session() as session:
        document = build_statement_document(
            session, actor, tenant_id=tenant_id, currency=currency, from_on=from_on, last_on=last_on
        )
    name = f"statement-{document.customer_reference}-{from_on}-{last_on}-{currency}"
    return _answer(render_statement(document), name, is_download=download)


def _answer(pdf: bytes, number: str, *, is_download: bool) -> Response:
    name = NOT_PLAIN.sub("_", number) or "document"
    return Response(
        pdf,
        media_type="application/pdf",
        headers={
            "Content-Disposition": f'{"attachment" if is_download else "inline"}; filename="{name}.pdf"',
            "Cache-Control": "private, no-store",
            "Content-Security-Policy": "frame-ancestors 'self'",
        },
    )
