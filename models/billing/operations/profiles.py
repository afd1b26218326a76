"""What billing knows of a customer beyond its account: legal name, address, tax id, terms."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from models.accounts import Tenant, lock_scoped, tenant_subject
from models.billing import events
from models.billing.rules.reading import read_text, read_whole
from models.billing.rules.tax_ids import check_tax_id
from models.billing.tables import BillingProfile, LegalEntity, ReviewPolicy
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import Invalid, NotFound
from models.kernel.events import record_event
from models.kernel.locking import ensure_version
from models.kernel.permissions import Permission

MAX_NET_TERMS = 365
MAX_SHORT = 200
MAX_ADDRESS = 500


def update_billing_profile(  # noqa: PLR0913 -- one argument per field of the form
    session: Session,
    actor: Actor,
    *,
    tenant_id: UUID,
    legal_name: str,
    address: str,
    region: str,
    tax_id: str,
    exempt_reason: str,
    exempt_until_on: date | None,
    net_terms_days: str,
    legal_entity: str = "main",
    review_policy: str = ReviewPolicy.by_rule,
    version: int | None = None,
) -> BillingProfile:
    """Change a customer's billing details; the next invoice carries them, issued ones keep theirs.

    `address` has its lines separated by semicolons. Refused: a tax id whose form is not its country's, an
    exemption's end without a reason, a save against a newer version (0 where there were no details yet).
    """
    tenant = lock_scoped(session, actor, Tenant, tenant_id, Permission.billing_profiles_write)
    profile = session.get(BillingProfile, tenant.id)
    ensure_version(version, profile.version if profile else 0, "billing_profile")
    profile = profile or BillingProfile(tenant_id=tenant.id, version=0)
    reason = _short(exempt_reason, "exempt_reason")
    wanted = {
        "legal_name": _short(legal_name, "legal_name"),
        "address": read_text(address.replace("\n", ";"), field="address", longest=MAX_ADDRESS),
        "region": _short(region, "region"),
        "tax_id": _tax_id(tenant.country, tax_id),
        "exempt_reason": reason,
        "exempt_until_on": _exempt_until(reason, exempt_until_on),
        "net_terms_days": _net_terms(net_terms_days),
        "legal_entity": _legal_entity(session, legal_entity),
        "review_policy": _policy(review_policy),
    }
    return _save(session, actor, tenant, profile, wanted)


def _save(
    session: Session, actor: Actor, tenant: Tenant, profile: BillingProfile, wanted: dict[str, Any]
) -> BillingProfile:
    before = {key: getattr(profile, key) for key, value in wanted.items() if getattr(profile, key) != value}
    if not before:
        return profile
    for key in before:
        setattr(profile, key, wanted[key])
    profile.version += 1
    profile.updated_at = clock.now()
    session.add(profile)
    session.flush()
    record_event(
        session,
        actor,
        events.BILLING_PROFILE_UPDATED,
        tenant_subject(tenant),
        before={key: _plain(value) for key, value in before.items()},
        after={key: _plain(wanted[key]) for key in before},
    )
    return profile


def _short(text: str, field: str) -> str:
    return read_text(text, field=field, longest=MAX_SHORT)


def _tax_id(country: str, text: str) -> str:
    if not text.strip():
        return ""
    found = check_tax_id(country, read_text(text, field="tax_id", longest=MAX_SHORT))
    if not found.is_valid:
        raise Invalid("billing_profile.tax_id_form", found.sentence, field="tax_id")
    return found.normalised


def _exempt_until(reason: str, until: date | None) -> date | None:
    if until is not None and not reason:
        raise Invalid(
            "billing_profile.exempt_without_reason",
            "Say why the customer is exempt, for example the number of the certificate.",
            field="exempt_reason",
        )
    return until


def _net_terms(text: str) -> int | None:
    return read_whole(text, field="net_terms_days", least=0, most=MAX_NET_TERMS) if text.strip() else None


def _legal_entity(session: Session, key: str) -> str:
    if session.exec(select(LegalEntity.key).where(LegalEntity.key == key)).first() is None:
        raise NotFound("legal_entity", key)
    return key


def _policy(text: str) -> str:
    if text not in set(ReviewPolicy):
        raise Invalid(
            "billing_profile.unknown_policy",
            "Choose who looks at this customer's drafts.",
            field="review_policy",
        )
    return text


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
