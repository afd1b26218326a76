"""Building an export's file from its list, with the eyes of whoever asked for it."""

from pathlib import Path

from sqlalchemy import text
from sqlmodel import Session

from models.billing import CUSTOMERS, INVOICES, SUBSCRIPTIONS
from models.channels import MESSAGES
from models.import_export.documents import build_documents
from models.import_export.files import OnProgress, write_file
from models.import_export.operations import ExportOrder
from models.import_export.tables import ExportFormat
from models.kernel.actor import Actor
from models.kernel.listing import (
    ListQuery,
    exported_headers,
    exported_keys,
    exported_row,
    listing_named,
    stream,
)

# Imported so that the worker, which shows no pages, knows the lists too.
EXPORTABLE = (CUSTOMERS, INVOICES, MESSAGES, SUBSCRIPTIONS)


def build_file(
    session: Session, actor: Actor, *, order: ExportOrder, path: Path, on_progress: OnProgress
) -> int:
    """Write the list's rows, or their documents, to `path` and return how many; one snapshot, however long it takes.

    Refused where the person has lost the list's export permission since asking.
    """
    listing = listing_named(order.listing)
    actor.ensure(listing.export_permission)
    # More than a screen gets, less than the minute after which a silent builder counts as dead.
    session.execute(text("SET LOCAL statement_timeout = '50s'"))
    session.execute(text("SET LOCAL idle_in_transaction_session_timeout = '5min'"))
    if order.format is ExportFormat.zip:
        return build_documents(session, actor, order=order, path=path, on_progress=on_progress)
    query = ListQuery.parse(order.params)
    columns = listing.shown(query.columns)
    rows = (
        exported_row(listing, columns, row, time_zone=order.time_zone)
        for batch in stream(session, actor, listing, query, ids=order.selection or None)
        for row in batch
    )
    # People read labels, programs read keys.
    heads = exported_keys if order.format is ExportFormat.jsonl else exported_headers
    return write_file(order.format, heads(columns), rows, path, on_progress)
