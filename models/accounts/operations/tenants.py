"""Customers: editing them, their status, their account manager, their contacts."""

from uuid import UUID
from zoneinfo import available_timezones

import pycountry
from sqlmodel import Session, select

from models.accounts import events
from models.accounts.operations.staff import normal_email
from models.accounts.rules.bulk_changes import MAX_TAG, MAX_TAGS
from models.accounts.rules.tenant_status import ensure_may_become
from models.accounts.scoping import lock_scoped
from models.accounts.tables import Contact, StaffUser, Tenant, TenantStatus
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import Invalid, NotFound
from models.kernel.events import Subject, record_event
from models.kernel.locking import ensure_version
from models.kernel.permissions import Permission

LOCALES = ("de", "en", "es", "fr", "ja")
COUNTRY_LETTERS = 2  # ISO 3166-1 alpha-2
MAX_TEXT = 200


def update_tenant(  # noqa: PLR0913 -- one argument per field of the form
    session: Session,
    actor: Actor,
    *,
    tenant_id: UUID,
    name: str,
    email: str,
    country: str,
    time_zone: str,
    locale: str,
    tags: list[str],
    version: int | None = None,
) -> Tenant:
    """Change a customer's facts; refuses a field that breaks its rule and a save against a newer version."""
    tenant = lock_scoped(session, actor, Tenant, tenant_id, Permission.customers_write)
    ensure_version(version, tenant.version, "customer")
    wanted = {
        "name": plain_name(name),
        "email": normal_email(email) if email.strip() else "",
        "country": known_country(country),
        "time_zone": one_of(time_zone, available_timezones(), "time_zone", "Europe/Berlin"),
        "locale": one_of(locale, LOCALES, "locale", "en"),
        "tags": plain_tags(tags),
    }
    before = {key: getattr(tenant, key) for key, value in wanted.items() if getattr(tenant, key) != value}
    if not before:
        return tenant
    for key in before:
        setattr(tenant, key, wanted[key])
    touch(tenant)
    record_event(
        session,
        actor,
        events.TENANT_UPDATED,
        tenant_subject(tenant),
        before=before,
        after={key: wanted[key] for key in before},
    )
    return tenant


def change_tenant_status(
    session: Session, actor: Actor, *, tenant_id: UUID, status: TenantStatus, reason: str
) -> Tenant:
    """Move a customer to another status, where the transition table allows it."""
    tenant = lock_scoped(session, actor, Tenant, tenant_id, Permission.customers_write)
    current = TenantStatus(tenant.status)
    ensure_may_become(current, status)
    tenant.status = status
    touch(tenant)
    record_event(
        session,
        actor,
        events.TENANT_STATUS_CHANGED,
        tenant_subject(tenant),
        reason=reason.strip(),
        before={"status": current},
        after={"status": status},
    )
    return tenant


def assign_owner(session: Session, actor: Actor, *, tenant_id: UUID, owner_id: UUID | None) -> Tenant:
    """Make a member of staff the customer's account manager, or nobody."""
    tenant = lock_scoped(session, actor, Tenant, tenant_id, Permission.customers_write)
    names: dict[UUID | None, str] = {None: ""}
    for each in {tenant.owner_id, owner_id} - {None}:
        person = session.get(StaffUser, each)
        if person is None or (each == owner_id and not person.is_active):
            raise NotFound("staff_user", each)
        names[each] = person.name
    if tenant.owner_id == owner_id:
        return tenant
    before, tenant.owner_id = tenant.owner_id, owner_id
    touch(tenant)
    record_event(
        session,
        actor,
        events.TENANT_OWNER_CHANGED,
        tenant_subject(tenant),
        before={"owner": names[before]},
        after={"owner": names[owner_id]},
    )
    return tenant


def add_contact(
    session: Session, actor: Actor, *, tenant_id: UUID, name: str, email: str, phone: str = "", role: str = ""
) -> Contact:
    """Add a person at the customer; the first one is the primary contact."""
    tenant = lock_scoped(session, actor, Tenant, tenant_id, Permission.customers_write)
    has_one = session.exec(select(Contact.id).where(Contact.tenant_id == tenant_id)).first() is not None
    contact = Contact(
        tenant_id=tenant.id,
        name=plain_name(name),
        email=normal_email(email),
        phone=phone.strip()[:MAX_TEXT],
        role=role.strip()[:MAX_TEXT],
        is_primary=not has_one,
    )
    session.add(contact)
    session.flush()
    record_event(
        session,
        actor,
        events.CONTACT_ADDED,
        tenant_subject(tenant),
        after={"name": contact.name, "email": contact.email, "role": contact.role},
    )
    return contact


def tenant_subject(tenant: Tenant) -> Subject:
    """The customer as the subject of an event."""
    return Subject("tenant", tenant.id, tenant.name, tenant.id)


def touch(tenant: Tenant) -> None:
    """The customer has a new version, so that a save against the old one is refused."""
    tenant.version += 1
    tenant.updated_at = clock.now()


def plain_name(text: str) -> str:
    """A name with single spaces; refuses an empty or overlong one."""
    plain = " ".join(text.split())
    if not plain or len(plain) > MAX_TEXT:
        raise Invalid("name.length", f"A name has 1 to {MAX_TEXT} characters.", field="name")
    return plain


def known_country(text: str) -> str:
    """ISO 3166-1 alpha-2 in capitals; refuses what is no country."""
    code = text.strip().upper()
    if len(code) != COUNTRY_LETTERS or pycountry.countries.get(alpha_2=code) is None:
        raise Invalid(
            "country.unknown", f"“{text[:20]}” is not a country. Use two letters like DE.", field="country"
        )
    return code


def one_of(text: str, known: set[str] | tuple[str, ...], field: str, example: str) -> str:
    """The text where it is known; refuses it with an example otherwise."""
    if text not in known:
        label = field.replace("_", " ")
        raise Invalid(
            f"{field}.unknown", f"“{text[:40]}” is not a {label}. Use one like {example}.", field=field
        )
    return text


def plain_tags(tags: list[str]) -> list[str]:
    """Tags in lower case, sorted, each once; refuses too many or too long ones."""
    plain = sorted({tag.strip().lower() for tag in tags if tag.strip()})
    if len(plain) > MAX_TAGS or any(len(tag) > MAX_TAG for tag in plain):
        raise Invalid(
            "tags.too_many", f"A customer has at most {MAX_TAGS} tags of {MAX_TAG} characters.", field="tags"
        )
    return plain
