"""What decides a tax, read in one place: who buys, who sells, which rules hold, how to round."""

from uuid import UUID

from sqlmodel import Session, col, select

from models.accounts import Tenant
from models.billing.rules.invoice_plan import TaxContext
from models.billing.rules.tax import TaxBook, TaxParty, TaxRate, TaxRounding
from models.billing.tables import BillingProfile, LegalEntity, TaxRule
from models.kernel.errors import NotFound
from models.kernel.settings import get_settings

MAIN_ENTITY = "main"


def get_tax_context(session: Session, tenant_id: UUID, legal_entity: str) -> TaxContext:
    """All that decides the tax of what this entity of ours bills the customer."""
    tenant = session.get(Tenant, tenant_id)
    if tenant is None:
        raise NotFound("tenant", tenant_id)
    profile = session.get(BillingProfile, tenant_id) or BillingProfile(tenant_id=tenant_id)
    return TaxContext(
        TaxParty(
            tenant.country, profile.region, profile.tax_id, profile.exempt_reason, profile.exempt_until_on
        ),
        load_sellers(session).get(legal_entity, get_settings().issuer_country),
        load_rates(session),
        TaxRounding(get_settings().tax_rounding),
    )


def load_sellers(session: Session) -> dict[str, str]:
    """The country of each entity of ours; the settings' where an entity has none of its own."""
    rows = session.execute(select(LegalEntity.key, LegalEntity.country))
    return {row.key: row.country or get_settings().issuer_country for row in rows}


def load_rates(session: Session) -> TaxBook:
    """All tax rules; there are hundreds at most."""
    return TaxBook(
        TaxRate(
            each.id,
            each.country,
            each.region,
            each.tax_code,
            each.name,
            each.rate_ppm,
            each.valid_from_on,
            each.valid_until_on,
        )
        for each in session.exec(select(TaxRule).order_by(col(TaxRule.id)))
    )
