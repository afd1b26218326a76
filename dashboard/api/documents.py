"""Printed documents: an invoice as a PDF in its customer's language."""

import re
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response, Security

from dashboard.api.problems import documented
from dashboard.api.visitor import SESSION, SignedInActor, demand
from models.billing import build_invoice_document
from models.integrations.documents import render_invoice
from models.kernel.database import read_session
from models.kernel.permissions import Permission

router = APIRouter(prefix="/api/documents", tags=["documents"], dependencies=[Security(SESSION)])

NOT_PLAIN = re.compile("[^A-Za-z0-9._-]")


@router.get(
    "/invoices/{invoice_id}.pdf",
    summary="An invoice as a PDF",
    response_class=Response,
    responses={
        200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}},
        **documented(401, 403, 404, 422, 500, 503),
    },
)
@demand(Permission.invoices_read)
def get_invoice_document(
    actor: SignedInActor,
    invoice_id: UUID,
    *,
    download: Annotated[bool, Query(description="Offer the file for saving instead of showing it.")] = False,
) -> Response:
    """In the customer's language and the invoice's currency, with an annex that says how each line was computed."""
    with read_session() as session:
        document = build_invoice_document(session, actor, invoice_id)
    # Rendered after the connection went back to the pool: it takes as long as many queries.
    pdf = render_invoice(document)
    name = NOT_PLAIN.sub("_", document.number) or "invoice"
    return Response(
        pdf,
        media_type="application/pdf",
        headers={
            "Content-Disposition": f'{"attachment" if download else "inline"}; filename="{name}.pdf"',
            "Cache-Control": "private, no-store",
            "Content-Security-Policy": "frame-ancestors 'self'",
        },
    )
