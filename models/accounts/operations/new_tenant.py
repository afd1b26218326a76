"""A customer that is typed in by a person."""

from uuid import UUID
from zoneinfo import available_timezones

import pycountry
from sqlmodel import Session

from models.accounts import events
from models.accounts.operations.staff import normal_email
from models.accounts.operations.tenants import (
    LOCALES,
    known_country,
    one_of,
    plain_name,
    tenant_subject,
)
from models.accounts.tables import StaffUser, Tenant, TenantStatus
from models.kernel.actor import Actor
from models.kernel.columns import new_id
from models.kernel.errors import Invalid, NotFound
from models.kernel.events import record_event
from models.kernel.permissions import Permission, Scope

FACTS = ("name", "country", "currency", "time_zone", "locale", "email")


def create_tenant(  # noqa: PLR0913 -- one argument per field of the form
    session: Session,
    actor: Actor,
    *,
    name: str,
    country: str,
    currency: str,
    time_zone: str,
    locale: str,
    email: str = "",
    owner_id: UUID | None = None,
) -> Tenant:
    """A customer on trial, under a reference of our own; refuses a field that breaks its rule.

    Whoever reaches only their own customers becomes the account manager, else they would not see it again.
    """
    scope = actor.ensure(Permission.customers_write)
    if scope is Scope.own:
        owner_id = actor.id
    owner = session.get(StaffUser, owner_id) if owner_id else None
    if owner_id and (owner is None or not owner.is_active):
        raise NotFound("staff_user", owner_id)
    tenant = Tenant(
        id=(identifier := new_id()),
        name=plain_name(name),
        # The id's random end; unique by the database, and short enough to be read out.
        external_ref=f"C-{identifier.hex[-10:].upper()}",
        email=normal_email(email) if email.strip() else "",
        country=known_country(country),
        currency=_currency(currency),
        time_zone=one_of(time_zone.strip(), available_timezones(), "time_zone", "Europe/Berlin"),
        locale=one_of(locale, LOCALES, "locale", "en"),
        status=TenantStatus.trial,
        owner_id=owner_id,
    )
    session.add(tenant)
    session.flush()
    after = {key: getattr(tenant, key) for key in FACTS} | {"owner": owner.name if owner else ""}
    record_event(session, actor, events.TENANT_CREATED, tenant_subject(tenant), after=after)
    return tenant


def _currency(text: str) -> str:
    code = text.strip().upper()
    if pycountry.currencies.get(alpha_3=code) is None:
        raise Invalid(
            "currency.unknown",
            f"“{text[:20]}” is not a currency. Use three letters like EUR.",
            field="currency",
        )
    return code
