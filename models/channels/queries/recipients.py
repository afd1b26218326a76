"""Whom a mail to a customer goes to."""

from sqlmodel import Session, col, select

from models.accounts import Contact, Tenant


def list_recipients(session: Session, tenant: Tenant) -> list[str]:
    """The primary contact's address, else the customer's own, else any contact's; empty where there is none."""
    contacts = session.exec(
        select(Contact.email, Contact.is_primary)
        .where(Contact.tenant_id == tenant.id, Contact.email != "")
        .order_by(col(Contact.is_primary).desc(), Contact.name)
        .limit(1)
    ).first()
    if contacts is not None and contacts[1]:
        return [contacts[0]]
    if tenant.email:
        return [tenant.email]
    return [contacts[0]] if contacts is not None else []
