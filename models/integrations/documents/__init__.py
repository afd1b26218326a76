"""Printed documents: an invoice in the customer's language, as the bytes of a PDF."""

from models.integrations.documents.invoice import (
    DocumentLine,
    DocumentPeriod,
    InvoiceDocument,
    Party,
    render_invoice,
)
from models.integrations.documents.labels import LANGUAGES

__all__ = [
    "LANGUAGES",
    "DocumentLine",
    "DocumentPeriod",
    "InvoiceDocument",
    "Party",
    "render_invoice",
]
