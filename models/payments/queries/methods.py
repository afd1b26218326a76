"""Payment methods: whose card will fail next?"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlmodel import Session, col

from models.accounts import Tenant, get_scoped, matches, scoped
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
    register,
)
from models.kernel.permissions import Permission
from models.payments.rules.method_standing import MethodStanding, last_expiring, method_standing
from models.payments.rules.method_words import method_words
from models.payments.tables import MethodStatus, PaymentAccount, PaymentMethod

NEVER = 999_912
STANDINGS = {
    MethodStanding.valid: "Valid",
    MethodStanding.expiring: "Expiring",
    MethodStanding.expired: "Expired",
    MethodStanding.failing: "Failing",
}
# The month a card ends with, as 202611; what never expires comes last.
_expires = func.coalesce(col(PaymentMethod.expires_year) * 100 + col(PaymentMethod.expires_month), NEVER)


@dataclass(frozen=True, slots=True)
class MethodRow:
    """One saved method; `expires` is its last month as 202611, 999912 where it never ends."""

    id: UUID
    tenant_id: UUID
    customer: str
    kind: str
    brand: str
    last4: str
    status: str
    is_default: bool
    failure: str
    failed_at: datetime | None
    created_at: datetime
    expires_month: int | None
    expires_year: int | None
    expires: int

    @property
    def words(self) -> str:
        """The method as a person knows it."""
        return method_words(self.kind, self.brand, self.last4)

    @property
    def standing(self) -> MethodStanding:
        """What its badge says."""
        return method_standing(self.status, self.expires_month, self.expires_year, clock.today())

    @property
    def expiry(self) -> str:
        """Its last month as cards have it, e.g. 11/2026; "" where it never ends."""
        return f"{self.expires_month:02d}/{self.expires_year}" if self.expires_month else ""


_columns: tuple[Any, ...] = (
    PaymentMethod.id,
    PaymentMethod.tenant_id,
    col(Tenant.name).label("customer"),
    PaymentMethod.kind,
    PaymentMethod.brand,
    PaymentMethod.last4,
    PaymentMethod.status,
    PaymentMethod.is_default,
    PaymentMethod.failure,
    PaymentMethod.failed_at,
    PaymentMethod.created_at,
    PaymentMethod.expires_month,
    PaymentMethod.expires_year,
    _expires.label("expires"),
)


def method_statement(actor: Actor) -> Select[Any]:
    """Methods that are not removed, within the actor's reach."""
    statement = (
        select(*_columns)
        .join(Tenant, col(Tenant.id) == PaymentMethod.tenant_id)
        .where(col(PaymentMethod.status) != MethodStatus.removed)
    )
    return scoped(statement, PaymentMethod.tenant_id, actor, Permission.payment_methods_read)


def build_method_row(row: Any) -> MethodRow:
    """A row of the statement."""
    return MethodRow(*row[: len(_columns)])


def list_methods_of(session: Session, actor: Actor, tenant_id: UUID) -> list[MethodRow]:
    """A customer's methods, the default first, then the oldest."""
    statement = method_statement(actor).where(col(PaymentMethod.tenant_id) == tenant_id)
    order = (case((col(PaymentMethod.is_default), 0), else_=1), col(PaymentMethod.id))
    return [build_method_row(row) for row in session.execute(statement.order_by(*order))]


def collects_automatically(session: Session, actor: Actor, tenant_id: UUID) -> bool | None:
    """Whether the customer's invoices are charged as they are issued; None where nothing can be charged yet."""
    get_scoped(session, actor, Tenant, tenant_id, Permission.payment_methods_read)
    account = session.get(PaymentAccount, tenant_id)
    return account.is_automatic if account is not None and account.deleted_at is None else None


def _standing(wanted: MethodStanding) -> ColumnElement[bool]:
    is_usable = col(PaymentMethod.status) == MethodStatus.usable
    today = clock.today()
    match wanted:
        case MethodStanding.expired:
            return and_(is_usable, _expires < _month(today))
        case MethodStanding.expiring:
            return and_(is_usable, _expires >= _month(today), _expires <= last_expiring(today))
        case MethodStanding.valid:
            return and_(is_usable, _expires >= _month(today), _expires > last_expiring(today))
        case _:
            return col(PaymentMethod.status) == wanted.value


def _month(day: date) -> int:
    return day.year * 100 + day.month


def _search(_session: Session, text: str) -> ColumnElement[bool]:
    plain = text.strip()
    # The end of a number, as people read it out.
    is_ending = len(plain) == 4 and plain.isascii() and plain.isdigit()  # noqa: PLR2004
    return col(PaymentMethod.last4) == plain if is_ending else matches(text)


METHODS: Listing[MethodRow] = register(
    Listing(
        key="payment_methods",
        title="Payment methods",
        noun="payment method",
        path="/billing/payment-methods",
        permission=Permission.payment_methods_read,
        export_permission=Permission.invoices_export,
        statement=method_statement,
        build=build_method_row,
        identifier=col(PaymentMethod.id),
        row_id=lambda row: row.id,
        columns=(
            Column(
                "customer",
                "Customer",
                ColumnKind.link,
                lambda row: row.customer,
                href=lambda row: f"/customers/{row.tenant_id}?tab=methods",
            ),
            Column("method", "Method", ColumnKind.text, lambda row: row.words),
            Column("expires", "Expires", ColumnKind.text, lambda row: row.expiry or None, "expires"),
            Column("status", "Status", ColumnKind.badge, lambda row: row.standing.value),
            Column(
                "default", "Default", ColumnKind.text, lambda row: "Default" if row.is_default else "Backup"
            ),
            Column("failure", "Last result", ColumnKind.text, lambda row: row.failure or "No failure"),
            Column("failed_at", "Failed", ColumnKind.instant, lambda row: row.failed_at),
            Column("created_at", "Added", ColumnKind.instant, lambda row: row.created_at, is_default=False),
            Column("id", "Id", ColumnKind.code, lambda row: str(row.id), is_default=False),
        ),
        sorts=(SortKey("expires", _expires, int), SortKey("added", col(PaymentMethod.id), UUID)),
        default_sort="expires",
        filters=(
            Filter(
                "status",
                "Status",
                FilterKind.choice,
                col(PaymentMethod.status),
                tuple(
                    Choice(each.value, label, partial(_standing, each)) for each, label in STANDINGS.items()
                ),
            ),
            Filter(
                "default",
                "Default",
                FilterKind.choice,
                col(PaymentMethod.kind),
                (
                    Choice("yes", "Default", lambda: col(PaymentMethod.is_default).is_(True)),
                    Choice("no", "Backup", lambda: col(PaymentMethod.is_default).is_(False)),
                ),
            ),
            Filter("customer", "Customer", FilterKind.text, col(Tenant.external_ref)),
        ),
        search=_search,
        search_hint="Customer or the last four figures",
        views=(
            View("all", "All", ""),
            View("expiring", "Expiring within 30 days", "f=status:expiring"),
            View("expired", "Expired", "f=status:expired"),
            View("failing", "Failing", "f=status:failing"),
        ),
        empty="Methods arrive when a customer pays or opens a link to add one.",
        nouns=frozenset({"tenant", "invoice"}),
        labels={each.value: label for each, label in STANDINGS.items()},
    )
)
