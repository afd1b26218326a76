"""What the customer page shows, from one read."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session

from dashboard.components.views import Fact
from dashboard.shell.formats import relative_instant
from dashboard.shell.theme import tone
from dashboard.shell.timeline import timeline_items
from dashboard.states import list_views as looks
from models.accounts import TenantDetail, TenantStatus, get_tenant, list_account_managers
from models.billing import (
    CUSTOMERS,
    INVOICES,
    SUBSCRIPTIONS,
    CustomerMoney,
    InvoiceRow,
    SubscriptionRow,
    get_customer_money,
    list_recent_invoices,
    list_subscriptions_of,
    next_invoice_of,
)
from models.compliance import TimelineEvent, list_timeline
from models.kernel.actor import Actor
from models.kernel.events import Subject
from models.kernel.listing import show_date
from models.kernel.money import Money
from models.kernel.permissions import Permission

NOBODY = "nobody"
INVOICE_COLUMNS = INVOICES.shown(["number", "status", "total", "due", "issued_on", "due_on"])
SUBSCRIPTION_COLUMNS = SUBSCRIPTIONS.shown(["customer", "plan", "status", "mrr", "started_on", "next_on"])


@dataclass(frozen=True)
class MoneyView:
    """One figure of a currency."""

    label: str
    value: str
    definition: str


@dataclass(frozen=True)
class PersonView:
    """A contact as shown."""

    name: str
    email: str
    role: str
    phone: str
    is_primary: bool


@dataclass(frozen=True)
class Choice:
    """A value to choose and its label."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class CustomerData:
    """Everything the page reads."""

    tenant: TenantDetail
    money: list[CustomerMoney]
    subscriptions: list[SubscriptionRow]
    invoices: list[InvoiceRow]
    following: Any
    events: list[TimelineEvent]


def load_customer(session: Session, actor: Actor, tenant_id: UUID) -> CustomerData:
    """The customer with what the reader may see of it; NotFound out of reach."""
    may_invoices = actor.may(Permission.invoices_read)
    may_subscriptions = actor.may(Permission.subscriptions_read)
    return CustomerData(
        tenant=get_tenant(session, actor, tenant_id),
        money=get_customer_money(session, actor, tenant_id) if may_invoices else [],
        subscriptions=list_subscriptions_of(session, actor, tenant_id) if may_subscriptions else [],
        invoices=list_recent_invoices(session, actor, tenant_id=tenant_id) if may_invoices else [],
        following=next_invoice_of(session, actor, tenant_id) if may_subscriptions else None,
        events=list_timeline(session, actor, tenant_id=tenant_id),
    )


def owner_choices(session: Session, _actor: Actor) -> list[Choice]:
    """Staff to choose an account manager from."""
    people = [Choice(str(each.id), each.name) for each in list_account_managers(session)]
    return [Choice(NOBODY, "Nobody"), *people]


def subject(found: CustomerData) -> Subject:
    """The customer as the subject of a note."""
    tenant = found.tenant
    return Subject("tenant", tenant.id, tenant.name, tenant.id)


def show(found: CustomerData, reader: Actor) -> dict[str, Any]:
    """The state's variables for this customer."""
    tenant, locale = found.tenant, reader.locale
    worth = [Money(each.mrr_minor, each.currency).format(locale) for each in found.money if each.mrr_minor]
    return {
        "title": tenant.name,
        "badge": CUSTOMERS.labels.get(tenant.status, tenant.status.capitalize()),
        "tone": tone("customers", tenant.status),
        "figure": f"{' + '.join(worth)} MRR" if worth else "",
        "facts": _facts(tenant, reader),
        "now_items": _now(found, locale),
        "next_text": _next(found, locale),
        "money": [figure for each in found.money for figure in _money(each, locale)],
        "subscriptions": [
            looks.row(SUBSCRIPTIONS, SUBSCRIPTION_COLUMNS, each, reader) for each in found.subscriptions
        ],
        "invoices": [looks.row(INVOICES, INVOICE_COLUMNS, each, reader) for each in found.invoices],
        "invoices_href": f"/billing/invoices?f=customer:{tenant.external_ref}",
        "start_href": f"/billing/subscriptions/new?customer={tenant.id}",
        "people": [
            PersonView(each.name, each.email, each.role, each.phone, each.is_primary)
            for each in tenant.contacts
        ],
        "timeline": timeline_items(found.events, reader, is_own=False),
        "owner_id": str(tenant.owner_id or NOBODY),
        "statuses": [
            Choice(each.value, CUSTOMERS.labels.get(each, each.capitalize()))
            for each in TenantStatus
            if each != tenant.status
        ],
        "form": {
            "name": tenant.name,
            "email": tenant.email,
            "country": tenant.country,
            "time_zone": tenant.time_zone,
            "locale": tenant.locale,
            "tags": ", ".join(tenant.tags),
        },
    }


def _facts(tenant: TenantDetail, reader: Actor) -> list[Fact]:
    return [
        Fact("Reference", tenant.external_ref),
        Fact("Account manager", tenant.owner_name or "Nobody"),
        Fact("Billing e-mail", tenant.email or "\u2014"),
        Fact("Country", tenant.country),
        Fact("Currency", tenant.currency),
        Fact("Language", tenant.locale),
        Fact("Time zone", tenant.time_zone),
        Fact("Tags", ", ".join(tenant.tags) or "\u2014"),
        Fact(
            "Customer since",
            show_date(tenant.created_at.date(), reader.locale),
            title=relative_instant(tenant.created_at),
        ),
        Fact("Id", str(tenant.id)),
    ]


def _now(found: CustomerData, locale: str) -> list[Fact]:
    return [
        Fact(
            f"Overdue {each.days_overdue} d",
            f"{each.number}: {Money(each.due_minor, each.currency).format(locale)}",
            f"/billing/invoices/{each.id}",
        )
        for each in found.invoices
        if each.days_overdue
    ][:5]


def _next(found: CustomerData, locale: str) -> str:
    if found.following is None:
        return "Nothing is billed: there is no active subscription."
    day, amount = found.following
    return f"{amount.format(locale)} on {show_date(day, locale)}, at today's price and without tax."


def _money(each: CustomerMoney, locale: str) -> list[MoneyView]:
    def text(minor: int) -> str:
        return Money(minor, each.currency).format(locale)

    return [
        MoneyView("Due", text(each.due_minor), f"What is open on {each.open_invoices} invoices."),
        MoneyView("Overdue", text(each.overdue_minor), "The part whose due date has passed."),
        MoneyView("Paid, 12 months", text(each.paid_year_minor), "Paid on invoices issued in the last year."),
        MoneyView("Paid, in all", text(each.lifetime_minor), "Paid since they became a customer."),
    ]
