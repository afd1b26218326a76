"""A template as it is being edited, sent to whoever edits it."""

from uuid import UUID

from sqlmodel import Session

from models.accounts import StaffUser
from models.channels.errors import NothingToTestWith, RecipientMissing
from models.channels.operations.messages import put_message
from models.channels.queries.templates import preview_template
from models.channels.rules.addresses import read_addresses
from models.channels.rules.catalogue import template_kind
from models.channels.rules.texts import TemplateDraft
from models.channels.tables import Message
from models.integrations.mail import message_reference
from models.kernel.actor import Actor, ActorKind
from models.kernel.columns import new_id
from models.kernel.permissions import Permission


def send_test(session: Session, actor: Actor, *, draft: TemplateDraft, invoice_id: UUID | None) -> str:
    """The template as typed goes to the actor alone, filled in for an invoice; returns the address.

    It stands in the outbox as a test and on no customer's timeline. Refused where there is no invoice to fill it
    in for, and as `preview_template` refuses.
    """
    actor.ensure(Permission.mail_templates_write)
    shown = preview_template(session, actor, draft=draft, invoice_id=invoice_id)
    if shown.invoice is None:
        raise NothingToTestWith
    user = session.get(StaffUser, actor.id) if actor.kind is ActorKind.user else None
    if user is None:
        raise RecipientMissing
    identifier = new_id()
    message = Message(
        id=identifier,
        tenant_id=shown.invoice.tenant_id,
        template=template_kind(draft.key).key,
        locale=draft.language,
        is_test=True,
        to_addresses=read_addresses([user.email]),
        subject=shown.written.subject,
        body_text=shown.written.text,
        body_html=shown.written.html,
        reference=message_reference(identifier),
        dedupe_key=f"test:{identifier}",
    )
    put_message(session, actor, message, "A test of the template.")
    return user.email
