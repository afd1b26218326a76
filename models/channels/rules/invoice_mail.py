"""Which invoices may be sent by mail."""

from collections.abc import Mapping

from models.billing import InvoiceStatus

_REFUSALS: Mapping[str, str] = {
    InvoiceStatus.generating: "This invoice is not finished. Retry its failed step first.",
    InvoiceStatus.draft: "This is a draft. Approve and issue it first.",
    InvoiceStatus.void: "This invoice is void. Nothing is owed, so it is not sent.",
}


def why_not_send_invoice(status: str) -> str:
    """Why an invoice of this status is not sent, or nothing where it may be."""
    return _REFUSALS.get(status, "")
