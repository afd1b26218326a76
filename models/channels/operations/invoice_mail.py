"""Sending an invoice by mail: what would go out, then just that."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from models.accounts import Tenant
from models.billing import InvoiceRow, get_invoice
from models.channels.errors import InvoiceNotSendable, MailChanged
from models.channels.operations.messages import queue_message
from models.channels.queries.recipients import list_recipients
from models.channels.queries.templates import current_text
from models.channels.rules.addresses import ensure_recipients, read_addresses
from models.channels.rules.attachments import Attachment, AttachmentKind
from models.channels.rules.catalogue import TEMPLATES, TemplateKey, Value
from models.channels.rules.compose import Addressee, compose
from models.channels.rules.invoice_mail import why_not_send_invoice
from models.channels.rules.render import Written
from models.kernel.actor import Actor
from models.kernel.events import Subject
from models.kernel.money import Money
from models.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class InvoiceMail:
    """The mail with which an invoice would go out; `token` pins its text."""

    number: str
    to: tuple[str, ...]
    language: str
    written: Written
    attachment: str
    token: str


def preview_invoice_mail(
    session: Session, actor: Actor, *, invoice_id: UUID, locale: str = ""
) -> InvoiceMail:
    """What `send_invoice` would send now; refused for a draft and a void invoice."""
    actor.ensure(Permission.notifications_send)
    invoice = get_invoice(session, actor, invoice_id).row
    refusal = why_not_send_invoice(invoice.status)
    if refusal:
        raise InvoiceNotSendable(refusal)
    tenant = session.get_one(Tenant, invoice.tenant_id)
    spoken = locale or tenant.locale
    kind = TEMPLATES[TemplateKey.invoice_sent]
    text = current_text(session, kind.key, spoken)
    addressee = Addressee(tenant.name, tenant.time_zone)
    written = compose(kind, text, _facts(invoice), addressee=addressee, locale=spoken)
    return InvoiceMail(
        invoice.number,
        tuple(list_recipients(session, tenant)),
        spoken,
        written,
        f"{invoice.number}.pdf",
        _token(written),
    )


def send_invoice(
    session: Session,
    actor: Actor,
    *,
    invoice_id: UUID,
    to: str,
    cc: str = "",
    locale: str = "",
    token: str,
    request_key: str,
) -> UUID:
    """Send the invoice with its PDF; returns the message's id. The same form sent twice is one mail.

    `token` is the preview's: it is exactly the mail that was shown, or refused with MailChanged.
    """
    shown = preview_invoice_mail(session, actor, invoice_id=invoice_id, locale=locale)
    if token != shown.token:
        raise MailChanged
    # Whoever empties the field means nobody, not the usual recipient.
    recipients = read_addresses(to)
    ensure_recipients(recipients, [])
    invoice = get_invoice(session, actor, invoice_id).row
    return queue_message(
        session,
        actor,
        template=TemplateKey.invoice_sent,
        tenant_id=invoice.tenant_id,
        dedupe_key=f"invoice_sent:{invoice_id}:{request_key}",
        context=_facts(invoice),
        to=recipients,
        cc=cc,
        subject=Subject("invoice", invoice_id, invoice.number, invoice.tenant_id),
        attachments=[Attachment(AttachmentKind.invoice, invoice_id, invoice.number)],
        locale=shown.language,
    )


def _facts(invoice: InvoiceRow) -> dict[str, Value | None]:
    return {
        "invoice_number": invoice.number,
        "total": Money(invoice.total_minor, invoice.currency),
        "amount_due": Money(invoice.due_minor, invoice.currency) if invoice.due_minor else None,
        "due_on": invoice.due_on,
    }


def _token(written: Written) -> str:
    return hashlib.sha256(f"{written.subject}\n{written.text}".encode()).hexdigest()
