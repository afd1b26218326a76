"""What a read of invoices gives: a row of a list, and one invoice with lines and payments."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import col

from models.accounts import Tenant, scoped
from models.billing.tables import Invoice, InvoiceStatus, LineKind
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.permissions import Permission

STUCK, HELD, TO_REVIEW = "stuck", "held", "to_review"


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """An invoice in a list."""

    id: UUID
    number: str
    tenant_id: UUID
    customer: str
    status: str
    currency: str
    total_minor: int
    due_minor: int
    paid_minor: int
    issued_on: date
    due_on: date
    period_start_on: date
    period_until_on: date
    subscription_id: UUID | None
    country: str
    kind: str
    tax_minor: int
    balance_minor: int
    credited_minor: int
    reduced_minor: int
    approvals_needed: int
    held_reason: str
    failed_step: str

    @property
    def days_overdue(self) -> int:
        """Days since the due date while money is due, else 0."""
        return max((clock.today() - self.due_on).days, 0) if self.due_minor > 0 else 0

    @property
    def standing(self) -> str:
        """The status as people see it: a draft is to be reviewed, held or routine, an unfinished one is stuck."""
        if self.status == InvoiceStatus.generating:
            return STUCK
        if self.status != InvoiceStatus.draft:
            return self.status
        return HELD if self.held_reason else TO_REVIEW if self.approvals_needed else self.status

    @property
    def flag(self) -> tuple[str, str]:
        """What else must be seen beside the status, and its colour role; both empty where nothing must."""
        if self.days_overdue:
            return f"Overdue {self.days_overdue} d", "bad"
        if self.status == InvoiceStatus.generating:
            return self.failed_step.capitalize(), "bad"
        if self.status == InvoiceStatus.open and self.paid_minor:
            return "Part paid", "info"
        return ("Credited", "neutral") if self.credited_minor else ("", "")


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of an invoice."""

    id: UUID
    position: int
    description: str
    quantity: int
    unit_amount_minor: int
    amount_minor: int
    period_start_on: date
    period_until_on: date
    derivation: dict[str, Any]
    kind: str = LineKind.recurring
    discount_minor: int = 0
    tax_minor: int = 0
    taxes: list[dict[str, Any]] = field(default_factory=list)
    mirrors_line_id: UUID | None = None

    @property
    def is_mirror(self) -> bool:
        """Whether the line takes another one back."""
        return self.kind == LineKind.mirror

    @property
    def is_dropped(self) -> bool:
        """Whether a person has taken the line out of the draft."""
        return self.derivation.get("kind") == "dropped"


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment on an invoice."""

    id: UUID
    amount_minor: int
    currency: str
    channel: str
    status: str
    received_on: date
    reference: str


@dataclass(frozen=True, slots=True)
class LinkedInvoice:
    """Another invoice that this one replaces or is replaced by."""

    id: UUID
    number: str
    is_issued: bool


@dataclass(frozen=True, slots=True)
class InvoiceDetail:
    """An invoice with its lines and payments."""

    row: InvoiceRow
    subtotal_minor: int
    tax_minor: int
    paid_at: datetime | None
    voided_at: datetime | None
    version: int
    legal_entity: str
    tax_note: str
    memo: str
    review: tuple[dict[str, Any], ...]
    approvals: int
    failure: str
    edited_by: UUID | None
    lines: tuple[LineRow, ...]
    payments: tuple[PaymentRow, ...]
    replaces: LinkedInvoice | None = None
    replaced_by: LinkedInvoice | None = None


_columns: tuple[Any, ...] = (
    Invoice.id,
    Invoice.number,
    Invoice.tenant_id,
    col(Tenant.name).label("customer"),
    Invoice.status,
    Invoice.currency,
    Invoice.total_minor,
    Invoice.due_minor,
    Invoice.paid_minor,
    Invoice.issued_on,
    Invoice.due_on,
    Invoice.period_start_on,
    Invoice.period_until_on,
    Invoice.subscription_id,
    Tenant.country,
    Invoice.kind,
    Invoice.tax_minor,
    Invoice.balance_minor,
    Invoice.credited_minor,
    Invoice.reduced_minor,
    Invoice.approvals_needed,
    Invoice.held_reason,
    Invoice.failed_step,
)


# Put together once for all pages and readers.
_statement = select(*_columns).join(Tenant, col(Tenant.id) == Invoice.tenant_id)


def invoice_statement(actor: Actor) -> Select[Any]:
    """Invoices within the actor's reach, with their customer."""
    return scoped(_statement, Invoice.tenant_id, actor, Permission.invoices_read)


def build_invoice_row(row: Any) -> InvoiceRow:
    """The row of one result."""
    return InvoiceRow(*row[: len(_columns)])
