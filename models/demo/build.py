"""Turns customers of the file into rows of plans, customers and subscriptions; no session, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from models.accounts import TenantStatus
from models.billing import Interval, PlanStatus, SubscriptionStatus
from models.demo.people import Identity
from models.demo.rows import ContactRow, PlanRow, PriceRow, SubscriptionRow, TenantRow
from models.demo.telco import CURRENCY, Contract, PaymentMethod, Service, TelcoCustomer
from models.kernel.clock import months_after
from models.kernel.columns import new_id

# The days a customer has to pay an invoice.
TERM_DAYS = 14

_SERVICE_NAMES = {Service.dsl: "DSL", Service.fiber_optic: "Fiber optic", Service.none: "Phone only"}
_CONTRACT_NAMES = {
    Contract.month_to_month: "month to month",
    Contract.one_year: "one year",
    Contract.two_year: "two year",
}
_COLLECTIONS = {
    PaymentMethod.bank_transfer: "Bank transfer, automatic",
    PaymentMethod.credit_card: "Card, automatic",
    PaymentMethod.electronic_check: f"Electronic check, {TERM_DAYS} days",
    PaymentMethod.mailed_check: f"Mailed check, {TERM_DAYS} days",
}
_SERVICE_TAGS = {Service.dsl: "dsl", Service.fiber_optic: "fiber", Service.none: "phone-only"}


class Offer(NamedTuple):
    """A plan with its one price."""

    plan: PlanRow
    price: PriceRow


@dataclass(frozen=True, slots=True)
class Account:
    """A customer of the file with its rows; what its invoices are built from."""

    source: TelcoCustomer
    tenant: TenantRow
    contact: ContactRow
    subscription: SubscriptionRow
    plan_name: str


def midnight(day: date) -> datetime:
    """The start of the day in UTC."""
    return datetime.combine(day, time.min, UTC)


def first_of_month(day: date) -> date:
    """The first day of the month."""
    return day.replace(day=1)


def plan_name(service: Service, contract: Contract) -> str:
    """E.g. `Fiber optic, two year`."""
    return f"{_SERVICE_NAMES[service]}, {_CONTRACT_NAMES[contract]}"


def build_offers(at: datetime) -> dict[tuple[Service, Contract], Offer]:
    """The nine plans, InternetService x Contract, each with a monthly price agreed with each customer."""
    offers = {}
    for service in Service:
        for contract in Contract:
            name = plan_name(service, contract)
            key = name.lower().replace(", ", "-").replace(" ", "-")
            plan = PlanRow(new_id(), key, 1, name, PlanStatus.on_sale, at, at)
            price = PriceRow(new_id(), plan.id, CURRENCY, Interval.month, 1, None, at, at)
            offers[service, contract] = Offer(plan, price)
    return offers


def build_accounts(
    customers: Sequence[TelcoCustomer],
    identities: Sequence[Identity],
    offers: dict[tuple[Service, Contract], Offer],
    owners: Sequence[UUID | None],
    today: date,
) -> list[Account]:
    """Each customer with its rows, in the order of the file; `owners` repeats as often as needed."""
    month = first_of_month(today)
    accounts = []
    for index, (customer, identity) in enumerate(zip(customers, identities, strict=True)):
        offer = offers[customer.service, customer.contract]
        tenant = _tenant(customer, identity, owners[index % len(owners)], month)
        accounts.append(
            Account(
                source=customer,
                tenant=tenant,
                contact=_contact(tenant, identity),
                subscription=_subscription(customer, tenant, offer, month),
                plan_name=offer.plan.name,
            )
        )
    return accounts


def _tenant(customer: TelcoCustomer, identity: Identity, owner: UUID | None, month: date) -> TenantRow:
    created = midnight(months_after(month, -customer.tenure))
    return TenantRow(
        id=new_id(),
        name=identity.company,
        external_ref=customer.reference,
        email=identity.email,
        country=identity.region.country,
        currency=CURRENCY,
        time_zone=identity.time_zone,
        locale=identity.region.locale,
        status=TenantStatus.closed if customer.has_churned else TenantStatus.active,
        owner_id=owner,
        tags=_tags(customer),
        version=1,
        created_at=created,
        updated_at=midnight(month) if customer.has_churned else created,
    )


def _tags(customer: TelcoCustomer) -> list[str]:
    tags = [_SERVICE_TAGS[customer.service]]
    tags += ["senior"] if customer.is_senior else []
    tags += ["paperless"] if customer.is_paperless else []
    return tags


def _contact(tenant: TenantRow, identity: Identity) -> ContactRow:
    return ContactRow(
        id=new_id(),
        tenant_id=tenant.id,
        name=identity.contact_name,
        email=identity.contact_email,
        phone="",
        role=identity.contact_role,
        is_primary=True,
        created_at=tenant.created_at,
        updated_at=tenant.created_at,
    )


def _local_midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def _subscription(customer: TelcoCustomer, tenant: TenantRow, offer: Offer, month: date) -> SubscriptionRow:
    """Billed for whole months from the first on; a cancelled one stops before the current month."""
    status = SubscriptionStatus.cancelled if customer.has_churned else SubscriptionStatus.active
    period_start = months_after(month, -1) if customer.has_churned else month
    return SubscriptionRow(
        id=new_id(),
        tenant_id=tenant.id,
        plan_id=offer.plan.id,
        price_id=offer.price.id,
        status=status,
        currency=CURRENCY,
        quantity=1,
        unit_amount_minor=customer.monthly_minor,
        mrr_minor=customer.monthly_minor,
        collection=_COLLECTIONS[customer.payment_method],
        started_on=months_after(month, -customer.tenure),
        anchor_day=1,
        period_start_on=period_start,
        period_until_on=months_after(period_start, 1),
        cancelled_on=month if customer.has_churned else None,
        renews_at=None if customer.has_churned else _local_midnight(months_after(month, 1), tenant.time_zone),
        version=1,
        created_at=tenant.created_at,
        updated_at=tenant.updated_at,
    )
