"""Customers over HTTP, and who is asking."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Security
from pydantic import Field

from dashboard.api.problems import documented
from dashboard.api.v1.lists import Asked, answer_list, describe_list
from dashboard.api.v1.shapes import Listed, Money, Shape
from dashboard.api.visitor import SESSION, SignedInActor, demand
from dashboard.shell.guard import Mark
from models.accounts import TenantDetail, TenantStatus, get_profile, get_tenant
from models.billing import CUSTOMERS, CustomerMoney, CustomerRow, get_customer_money
from models.kernel.database import read_session
from models.kernel.permissions import Permission, Scope

router = APIRouter(prefix="/api/v1", dependencies=[Security(SESSION)])


class Grant(Shape):
    """A permission, how far it reaches, and what it lets one do."""

    permission: Permission = Field(examples=["invoices:read"])
    scope: Scope = Field(examples=["all"])
    sentence: str = Field(examples=["see invoices and their documents"])


class Me(Shape):
    """Who is asking."""

    id: UUID = Field(examples=["0192f0c1-2b6e-7c1d-9a55-6f1f0a9b1c2d"])
    name: str = Field(examples=["Amara Okafor"])
    email: str = Field(examples=["amara@example.test"])
    locale: str = Field(examples=["en"])
    time_zone: str = Field(examples=["Europe/London"])
    permissions: list[Grant]


class CustomerSummary(Shape):
    """A customer in a list; `due` adds up its open invoices in its own currency."""

    id: UUID = Field(examples=["0192f0c1-2b6e-7c1d-9a55-6f1f0a9b1c2d"])
    name: str = Field(examples=["Northwind Traders"])
    external_ref: str = Field(examples=["7590-VHVEG"])
    status: TenantStatus
    email: str = Field(examples=["billing@northwind.example"])
    country: str = Field(description="ISO 3166-1.", examples=["DE"])
    owner: str | None = Field(description="Account manager.", examples=["Amara Okafor"])
    tags: list[str] = Field(examples=[["enterprise"]])
    mrr: Money
    due: Money
    created_at: datetime = Field(examples=["2024-03-01T00:00:00Z"])


class Contact(Shape):
    """A person at a customer."""

    id: UUID = Field(examples=["0192f0c1-2b6e-7c1d-9a55-6f1f0a9b1c2d"])
    name: str = Field(examples=["Jonas Weber"])
    email: str = Field(examples=["jonas@northwind.example"])
    phone: str = Field(examples=["+49 30 901820"])
    role: str = Field(examples=["Accounts payable"])
    is_primary: bool


class Balance(Shape):
    """A customer's figures in one currency; `paid_year` is what was invoiced in the last year and paid."""

    mrr: Money
    due: Money
    overdue: Money
    paid_year: Money
    lifetime: Money
    open_invoices: int = Field(examples=[1])


class Customer(Shape):
    """A customer with its people; `balances` stays empty without the permission invoices:read."""

    id: UUID = Field(examples=["0192f0c1-2b6e-7c1d-9a55-6f1f0a9b1c2d"])
    name: str = Field(examples=["Northwind Traders"])
    external_ref: str = Field(examples=["7590-VHVEG"])
    status: TenantStatus
    email: str = Field(examples=["billing@northwind.example"])
    country: str = Field(examples=["DE"])
    currency: str = Field(examples=["EUR"])
    time_zone: str = Field(examples=["Europe/Berlin"])
    locale: str = Field(examples=["de_DE"])
    owner: str | None = Field(examples=["Amara Okafor"])
    tags: list[str] = Field(examples=[["enterprise"]])
    created_at: datetime = Field(examples=["2024-03-01T00:00:00Z"])
    version: int = Field(examples=[3])
    contacts: list[Contact]
    balances: list[Balance]


@router.get("/me", tags=["me"], summary="Who am I", responses=documented(401, 500, 503))
@demand(Mark.signed_in)
def get_me(actor: SignedInActor) -> Me:
    """The person behind the session, with every permission and its scope."""
    with read_session() as session:
        profile = get_profile(session, actor)
    grants = [
        Grant(permission=each, scope=scope, sentence=each.sentence)
        for each, scope in sorted(actor.grants.items())
    ]
    return Me(
        id=profile.id,
        name=profile.name,
        email=profile.email,
        locale=profile.locale,
        time_zone=profile.time_zone,
        permissions=grants,
    )


@router.get(
    "/customers",
    tags=["customers"],
    summary="List customers",
    description=describe_list(CUSTOMERS),
    responses=documented(401, 403, 422, 500, 503),
)
@demand(Permission.customers_read)
def list_customers(actor: SignedInActor, asked: Asked) -> Listed[CustomerSummary]:
    """A page of the list."""
    return answer_list(actor, CUSTOMERS, asked, _summary)


@router.get(
    "/customers/{customer_id}",
    tags=["customers"],
    summary="Get a customer",
    responses=documented(401, 403, 404, 422, 500, 503),
)
@demand(Permission.customers_read)
def get_customer(actor: SignedInActor, customer_id: UUID) -> Customer:
    """One customer with contacts and balances."""
    with read_session() as session:
        tenant = get_tenant(session, actor, customer_id)
        may_see_money = actor.may(Permission.invoices_read)
        money = get_customer_money(session, actor, customer_id) if may_see_money else []
    return _customer(tenant, money)


def _summary(row: CustomerRow) -> CustomerSummary:
    return CustomerSummary(
        id=row.id,
        name=row.name,
        external_ref=row.external_ref,
        status=TenantStatus(row.status),
        email=row.email,
        country=row.country,
        owner=row.owner,
        tags=list(row.tags),
        mrr=Money.of(row.mrr_minor, row.currency),
        due=Money.of(row.due_minor, row.currency),
        created_at=row.created_at,
    )


def _customer(tenant: TenantDetail, money: list[CustomerMoney]) -> Customer:
    return Customer(
        id=tenant.id,
        name=tenant.name,
        external_ref=tenant.external_ref,
        status=TenantStatus(tenant.status),
        email=tenant.email,
        country=tenant.country,
        currency=tenant.currency,
        time_zone=tenant.time_zone,
        locale=tenant.locale,
        owner=tenant.owner_name or None,
        tags=list(tenant.tags),
        created_at=tenant.created_at,
        version=tenant.version,
        contacts=[
            Contact(
                id=each.id,
                name=each.name,
                email=each.email,
                phone=each.phone,
                role=each.role,
                is_primary=each.is_primary,
            )
            for each in tenant.contacts
        ],
        balances=[_balance(each) for each in money],
    )


def _balance(found: CustomerMoney) -> Balance:
    return Balance(
        mrr=Money.of(found.mrr_minor, found.currency),
        due=Money.of(found.due_minor, found.currency),
        overdue=Money.of(found.overdue_minor, found.currency),
        paid_year=Money.of(found.paid_year_minor, found.currency),
        lifetime=Money.of(found.lifetime_minor, found.currency),
        open_invoices=found.open_invoices,
    )
