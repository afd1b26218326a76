"""Printed documents: invoices, credit notes and statements in the customer's language, as the bytes of a PDF."""

from models.integrations.documents.invoice import (
    DocumentLine,
    InvoiceDocument,
    percent_text,
    render_invoice,
)
from models.integrations.documents.labels import LANGUAGES, find_locale
from models.integrations.documents.ledger import (
    CreditDocumentLine,
    CreditNoteDocument,
    StatementDocument,
    StatementDocumentRow,
    render_credit_note,
    render_statement,
)
from models.integrations.documents.paper import DocumentPeriod, Party, TaxTotal

__all__ = [
    "LANGUAGES",
    "CreditDocumentLine",
    "CreditNoteDocument",
    "DocumentLine",
    "DocumentPeriod",
    "InvoiceDocument",
    "Party",
    "StatementDocument",
    "StatementDocumentRow",
    "TaxTotal",
    "find_locale",
    "percent_text",
    "render_credit_note",
    "render_invoice",
    "render_statement",
]
