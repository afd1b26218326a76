"""Documents that travel with mails: read in a session, printed after it."""

from collections.abc import Iterable, Sequence

from sqlmodel import Session

from models.billing import build_credit_note_document, build_invoice_document
from models.channels.rules.attachments import Attachment, AttachmentKind
from models.integrations.documents import (
    CreditNoteDocument,
    InvoiceDocument,
    render_credit_note,
    render_invoice,
)
from models.integrations.mail import MailFile
from models.kernel.actor import Actor

Paper = InvoiceDocument | CreditNoteDocument


def read_papers(session: Session, actor: Actor, attachments: Iterable[Attachment]) -> list[Paper]:
    """What each document says now; NotFound where one is out of the actor's reach."""
    return [
        build_invoice_document(session, actor, each.id)
        if each.kind is AttachmentKind.invoice
        else build_credit_note_document(session, actor, each.id)
        for each in attachments
    ]


def print_papers(papers: Sequence[Paper]) -> list[MailFile]:
    """The documents as PDFs; takes tens of milliseconds each, so no session is open meanwhile."""
    return [
        MailFile(
            f"{each.number}.pdf",
            render_invoice(each) if isinstance(each, InvoiceDocument) else render_credit_note(each),
        )
        for each in papers
    ]
