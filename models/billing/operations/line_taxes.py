"""Taxing lines for a customer: its place and exemptions, our seat, and the rules that hold, given to the pure rule."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from models.accounts import Tenant
from models.billing.rules.tax import Taxable, TaxParty, TaxRate, TaxResult, compute_taxes
from models.billing.tables import BillingProfile, LegalEntity, TaxRule
from models.kernel.errors import NotFound


def tax_lines(session: Session, tenant_id: UUID, legal_entity: str, items: Sequence[Taxable]) -> TaxResult:
    """The taxes of these items for the customer, each line rounded by itself."""
    tenant = session.get(Tenant, tenant_id)
    seller = session.get(LegalEntity, legal_entity)
    if tenant is None or seller is None:
        raise NotFound("tenant" if tenant is None else "legal_entity", tenant_id)
    return compute_taxes(
        items,
        party=_party(tenant, session.get(BillingProfile, tenant_id)),
        seller_country=seller.country,
        rates=_rates(session, tenant.country),
    )


def _party(tenant: Tenant, profile: BillingProfile | None) -> TaxParty:
    if profile is None:
        return TaxParty(tenant.country)
    return TaxParty(
        tenant.country, profile.region, profile.tax_id, profile.exempt_reason, profile.exempt_until_on
    )


def _rates(session: Session, country: str) -> list[TaxRate]:
    statement = select(TaxRule).where(TaxRule.country == country).order_by(col(TaxRule.id))
    return [
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
        for each in session.exec(statement)
    ]
