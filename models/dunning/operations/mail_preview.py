"""A campaign's message with a real invoice: the real mail, written in a transaction that is taken back."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from models.accounts import in_scope
from models.billing import Invoice, InvoiceStatus
from models.channels import get_message
from models.dunning.operations.facts import invoice_facts
from models.dunning.operations.mails import TEMPLATES, write_mail
from models.dunning.tables import DunningCase
from models.kernel.actor import Actor
from models.kernel.columns import new_id
from models.kernel.errors import Invalid, NotFound
from models.kernel.permissions import Permission


@dataclass(frozen=True)
class MailPreview:
    """A message as its reader would get it; empty where none was asked for."""

    number: str = ""
    customer: str = ""
    subject: str = ""
    body: str = ""


def preview_mail(session: Session, actor: Actor, *, template: str, number: str = "") -> MailPreview:
    """The message for the open invoice of this number, else for the newest one, in its customer's language.

    Only to be rehearsed: it writes the message. Raises NotFound where there is no such invoice within reach.
    """
    if template not in TEMPLATES:
        raise Invalid("mail_preview.template", "Choose a template of a campaign.", field="template")
    reach = in_scope(Invoice.tenant_id, actor, Permission.dunning_read)
    statement = select(Invoice.id).where(reach, Invoice.status == InvoiceStatus.open)
    if number.strip():
        statement = statement.where(Invoice.number == number.strip().upper())
    found = session.exec(statement.order_by(col(Invoice.issued_on).desc(), col(Invoice.id)).limit(1)).first()
    if found is None:
        raise NotFound("invoice", number)
    facts = invoice_facts(session, [found])[found]
    # A case of its own, not the invoice's: what is shown holds for any case of the campaign.
    case = DunningCase(
        tenant_id=facts.tenant_id,
        invoice_id=facts.id,
        campaign_id=new_id(),
        version_id=new_id(),
        currency=facts.currency,
        amount_minor=facts.due_minor,
    )
    message_id = write_mail(session, actor, case, facts, template=template, dedupe_key=f"preview:{new_id()}")
    written = get_message(session, actor, message_id=message_id)
    return MailPreview(facts.number, facts.customer, written.row.subject, written.body_text)
