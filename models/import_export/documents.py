"""The documents of a list's rows in one ZIP."""

import re
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from sqlmodel import Session

from models.billing import INVOICES, MAX_DOCUMENTS, InvoiceStatus, build_invoice_document
from models.import_export.errors import TooManyDocuments
from models.import_export.files import OnProgress, guarded_file
from models.import_export.operations import ExportOrder
from models.integrations.documents import render_invoice
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.listing import ListQuery, stream

# About half a second of work.
PROGRESS_EVERY = 20
NOT_PLAIN = re.compile("[^A-Za-z0-9._-]")
UNISSUED = {InvoiceStatus.draft, InvoiceStatus.generating}


def build_documents(
    session: Session, actor: Actor, *, order: ExportOrder, path: Path, on_progress: OnProgress
) -> int:
    """Write the PDF of every issued invoice of the list to `path`, each named by its number; returns how many.

    Raises TooManyDocuments beyond 2,000, ExportTooLarge or DiskFull, and leaves no file behind then.
    """
    batches = stream(session, actor, INVOICES, ListQuery.parse(order.params), ids=order.selection or None)
    issued = [row.id for batch in batches for row in batch if row.status not in UNISSUED]
    if len(issued) > MAX_DOCUMENTS:
        raise TooManyDocuments(len(issued), MAX_DOCUMENTS)
    # PDFs are compressed already.
    with guarded_file(path) as ensure_room, ZipFile(path, "w", ZIP_STORED) as archive:
        for number, identifier in enumerate(issued, start=1):
            document = build_invoice_document(session, actor, identifier)
            name = f"{NOT_PLAIN.sub('_', document.number)}.pdf"
            archive.writestr(ZipInfo(name, clock.now().timetuple()[:6]), render_invoice(document))
            if number % PROGRESS_EVERY == 0:
                on_progress(number)
                ensure_room()
    on_progress(len(issued))
    return len(issued)
