"""The list of customers with what they pay and owe, and one customer's money."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Select, cast, func, select
from sqlmodel import Session, col

from models.accounts import StaffUser, Tenant, get_tenant, matches, scoped
from models.billing.tables import (
    Invoice,
    InvoiceStatus,
    Subscription,
    SubscriptionStatus,
)
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.listing import (
    Choice,
    Column,
    ColumnKind,
    Filter,
    FilterKind,
    Listing,
    SortKey,
    View,
    money_of,
    register,
)
from models.kernel.money import Money
from models.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A customer in a list; amounts are in the customer's currency."""

    id: UUID
    name: str
    external_ref: str
    status: str
    mrr_minor: int
    due_minor: int
    currency: str
    country: str
    owner: str | None
    created_at: datetime
    tags: tuple[str, ...]
    email: str


@dataclass(frozen=True, slots=True)
class CustomerMoney:
    """One customer's figures in one currency."""

    currency: str
    mrr_minor: int
    due_minor: int
    overdue_minor: int
    paid_year_minor: int
    lifetime_minor: int
    open_invoices: int


# Correlated, so that a page of 50 looks up 50 customers and not all of them.
_mrr = cast(
    select(func.coalesce(func.sum(Subscription.mrr_minor), 0))
    .where(
        col(Subscription.tenant_id) == Tenant.id,
        col(Subscription.status) == SubscriptionStatus.active,
        col(Subscription.currency) == Tenant.currency,
    )
    .correlate(Tenant)
    .scalar_subquery(),
    BigInteger,
)
_due = cast(
    select(func.coalesce(func.sum(Invoice.due_minor), 0))
    .where(
        col(Invoice.tenant_id) == Tenant.id,
        col(Invoice.status) == InvoiceStatus.open,
        col(Invoice.currency) == Tenant.currency,
    )
    .correlate(Tenant)
    .scalar_subquery(),
    BigInteger,
)
_columns: tuple[Any, ...] = (
    Tenant.id,
    Tenant.name,
    Tenant.external_ref,
    Tenant.status,
    _mrr.label("mrr_minor"),
    _due.label("due_minor"),
    Tenant.currency,
    Tenant.country,
    col(StaffUser.name).label("owner"),
    Tenant.created_at,
    Tenant.tags,
    Tenant.email,
)


def _statement(actor: Actor) -> Select[Any]:
    statement = select(*_columns).outerjoin(StaffUser, col(StaffUser.id) == Tenant.owner_id)
    return scoped(statement, Tenant.id, actor, Permission.customers_read)


def _build(row: Any) -> CustomerRow:
    values = list(row[: len(_columns)])
    values[10] = tuple(values[10])
    return CustomerRow(*values)


def _search(_session: Session, text: str) -> ColumnElement[bool]:
    return matches(text)


def _without_owner() -> ColumnElement[bool]:
    return col(Tenant.owner_id).is_(None)


def _with_open_invoice() -> ColumnElement[bool]:
    return col(Tenant.id).in_(
        select(Invoice.tenant_id).where(col(Invoice.status) == InvoiceStatus.open)  # type: ignore[call-overload]
    )


def _with_overdue_invoice() -> ColumnElement[bool]:
    return col(Tenant.id).in_(
        select(Invoice.tenant_id).where(  # type: ignore[call-overload]
            col(Invoice.status) == InvoiceStatus.open, col(Invoice.due_on) < clock.today()
        )
    )


CUSTOMERS: Listing[CustomerRow] = register(
    Listing(
        key="customers",
        title="Customers",
        noun="customer",
        path="/customers",
        permission=Permission.customers_read,
        export_permission=Permission.customers_export,
        statement=_statement,
        build=_build,
        identifier=col(Tenant.id),
        row_id=lambda row: row.id,
        columns=(
            Column(
                "name",
                "Customer",
                ColumnKind.link,
                lambda row: row.name,
                "name",
                href=lambda row: f"/customers/{row.id}",
            ),
            Column("status", "Status", ColumnKind.badge, lambda row: row.status),
            Column("mrr", "MRR", ColumnKind.money, lambda row: money_of(row, "mrr"), "mrr"),
            Column("due", "Balance due", ColumnKind.money, lambda row: money_of(row, "due")),
            Column("owner", "Owner", ColumnKind.text, lambda row: row.owner),
            Column("country", "Country", ColumnKind.text, lambda row: row.country),
            Column(
                "created_at", "Customer since", ColumnKind.instant, lambda row: row.created_at, "created_at"
            ),
            Column(
                "external_ref", "Reference", ColumnKind.code, lambda row: row.external_ref, is_default=False
            ),
            Column("tags", "Tags", ColumnKind.tags, lambda row: row.tags, is_default=False),
            Column("email", "Billing e-mail", ColumnKind.text, lambda row: row.email, is_default=False),
            Column("id", "Id", ColumnKind.code, lambda row: str(row.id), is_default=False),
        ),
        sorts=(
            SortKey("name", col(Tenant.name), str),
            SortKey("mrr", _mrr, int),
            SortKey("created_at", col(Tenant.created_at), datetime.fromisoformat),
        ),
        default_sort="name",
        filters=(
            Filter(
                "status",
                "Status",
                FilterKind.choice,
                col(Tenant.status),
                (
                    Choice("trial", "Trial"),
                    Choice("active", "Active"),
                    Choice("suspended", "Suspended"),
                    Choice("closed", "Churned"),
                ),
            ),
            Filter(
                "balance",
                "Balance",
                FilterKind.choice,
                col(Tenant.id),
                (
                    Choice("due", "Open invoices", _with_open_invoice),
                    Choice("overdue", "Past due", _with_overdue_invoice),
                ),
            ),
            Filter(
                "owner",
                "Owner",
                FilterKind.choice,
                col(Tenant.owner_id),
                (Choice("nobody", "Nobody", _without_owner),),
            ),
            Filter("country", "Country", FilterKind.text, col(Tenant.country)),
            Filter("created_at", "Customer since", FilterKind.date, col(Tenant.created_at)),
            Filter("name", "Name", FilterKind.text, col(Tenant.name)),
        ),
        search=_search,
        search_hint="Name, reference or e-mail",
        views=(
            View("all", "All", ""),
            View("active", "Active", "f=status:active"),
            View("past_due", "Past due", "f=balance:overdue"),
            View("largest", "Largest", "f=status:active&sort=-mrr"),
            View("without_owner", "Without owner", "f=owner:nobody&f=status:active"),
            View("churned", "Churned", "f=status:closed"),
        ),
        empty="A customer is a company that pays us.",
        nouns=frozenset({"tenant", "invoice"}),
        labels={"closed": "Churned"},
    )
)


def get_customer_money(session: Session, actor: Actor, tenant_id: UUID) -> list[CustomerMoney]:
    """A customer's figures per currency; NotFound where the customer is out of reach."""
    tenant = get_tenant(session, actor, tenant_id)
    actor.ensure(Permission.invoices_read)
    today = clock.today()
    is_open = col(Invoice.status) == InvoiceStatus.open
    year_ago = clock.months_after(today, -12)
    found = session.execute(
        select(
            Invoice.currency,  # type: ignore[call-overload]
            func.coalesce(func.sum(Invoice.due_minor), 0),
            func.coalesce(func.sum(Invoice.due_minor).filter(is_open, col(Invoice.due_on) < today), 0),
            func.coalesce(func.sum(Invoice.paid_minor).filter(col(Invoice.issued_on) > year_ago), 0),
            func.coalesce(func.sum(Invoice.paid_minor), 0),
            func.count().filter(is_open),
        )
        .where(col(Invoice.tenant_id) == tenant_id)
        .group_by(Invoice.currency)
    )
    amounts = {row[0]: [int(each) for each in row[1:]] for row in found}
    worth: dict[str, int] = dict(
        session.execute(
            select(Subscription.currency, func.sum(Subscription.mrr_minor))  # type: ignore[call-overload]
            .where(
                col(Subscription.tenant_id) == tenant_id,
                col(Subscription.status) == SubscriptionStatus.active,
            )
            .group_by(Subscription.currency)
        ).all()
    )
    currencies = sorted({*amounts, *worth} or {tenant.currency})
    return [
        CustomerMoney(each, int(worth.get(each, 0)), *amounts.get(each, [0, 0, 0, 0, 0]))
        for each in currencies
    ]


def next_invoice_of(session: Session, actor: Actor, tenant_id: UUID) -> tuple[date, Money] | None:
    """When the customer is billed next, and how much at today's price; None without an active subscription."""
    statement = scoped(
        select(Subscription.period_until_on, Subscription.mrr_minor, Subscription.currency),  # type: ignore[call-overload]
        Subscription.tenant_id,
        actor,
        Permission.subscriptions_read,
    ).where(col(Subscription.tenant_id) == tenant_id, col(Subscription.status) == SubscriptionStatus.active)
    row = session.execute(statement.order_by(col(Subscription.period_until_on)).limit(1)).first()
    return (row[0], Money(row[1], row[2])) if row else None
