"""What subscriptions and invoices look like over HTTP."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from dashboard.api.v1.shapes import CustomerRef, Money, Period, Shape, Text
from models.billing import (
    InvoiceDetail,
    InvoiceRow,
    InvoiceStatus,
    LineRow,
    PaymentChannel,
    PaymentRow,
    PaymentStatus,
    SubscriptionRow,
    SubscriptionStatus,
)

ID = "0192f0c1-2b6e-7c1d-9a55-6f1f0a9b1c2d"


class PlanRef(Shape):
    """A plan in the version that was bought."""

    name: str = Field(examples=["Fibre, two years"])
    version: int = Field(examples=[1])


class Subscription(Shape):
    """What a customer has bought; it counts as MRR while its status is active."""

    id: UUID = Field(examples=[ID])
    customer: CustomerRef
    plan: PlanRef
    status: SubscriptionStatus = Field(examples=["active"])
    quantity: int = Field(examples=[1])
    unit_amount: Money
    mrr: Money = Field(description="What it adds to MRR now; zero unless active.")
    collection: str = Field(examples=["Mailed check"])
    started_on: date = Field(examples=["2024-03-01"])
    period: Period = Field(description="The one being billed next.")
    cancelled_on: date | None = Field(examples=[None])
    owner: str | None = Field(examples=["Amara Okafor"])
    version: int = Field(examples=[1])


class InvoiceSummary(Shape):
    """An invoice in a list."""

    id: UUID = Field(examples=[ID])
    number: str = Field(examples=["INV-2026-000184"])
    customer: CustomerRef
    subscription_id: UUID | None = Field(examples=[ID])
    status: InvoiceStatus = Field(examples=["open"])
    total: Money
    paid: Money
    due: Money
    issued_on: date = Field(examples=["2026-11-01"])
    due_on: date = Field(examples=["2026-11-15"])
    days_overdue: int = Field(examples=[5])
    period: Period


class InvoiceLine(Shape):
    """A position; `derivation` holds the facts from which its amount was computed."""

    id: UUID = Field(examples=[ID])
    position: int = Field(examples=[1])
    description: str = Field(examples=["Fibre, two years"])
    quantity: int = Field(examples=[1])
    unit_amount: Money
    amount: Money
    period: Period
    derivation: dict[str, Any] = Field(examples=[{"kind": "flat", "months": 34, "month": 34}])


class InvoicePayment(Shape):
    """Money received for the invoice."""

    id: UUID = Field(examples=[ID])
    amount: Money
    channel: PaymentChannel = Field(examples=["bank_transfer"])
    status: PaymentStatus = Field(examples=["succeeded"])
    received_on: date = Field(examples=["2026-11-12"])
    reference: str = Field(examples=["INV-2026-000184"])


class Invoice(InvoiceSummary):
    """An invoice with its lines and payments; `document` is the address of its PDF."""

    subtotal: Money
    tax: Money
    paid_at: datetime | None = Field(examples=[None])
    voided_at: datetime | None = Field(examples=[None])
    version: int = Field(examples=[1])
    document: str = Field(examples=[f"/api/documents/invoices/{ID}.pdf"])
    lines: list[InvoiceLine]
    payments: list[InvoicePayment]


class VoidRequest(Shape):
    """Why an invoice is voided."""

    reason: Annotated[Text, Field(min_length=1, max_length=500)] = Field(
        description="Stands on the timeline and in the audit log.",
        examples=["Issued twice; INV-2026-000183 is the right one."],
    )


def show_subscription(row: SubscriptionRow) -> Subscription:
    """A subscription as the API tells it."""
    return Subscription(
        id=row.id,
        customer=CustomerRef(id=row.tenant_id, name=row.customer),
        plan=PlanRef(name=row.plan, version=row.plan_version),
        status=SubscriptionStatus(row.status),
        quantity=row.quantity,
        unit_amount=Money.of(row.unit_amount_minor, row.currency),
        mrr=Money.of(row.counted_mrr_minor, row.currency),
        collection=row.collection,
        started_on=row.started_on,
        period=Period(start_on=row.period_start_on, until_on=row.period_until_on),
        cancelled_on=row.cancelled_on,
        owner=row.owner,
        version=row.version,
    )


def summarise_invoice(row: InvoiceRow) -> InvoiceSummary:
    """An invoice as the API lists it."""
    return InvoiceSummary(**_summary(row))


def show_invoice(found: InvoiceDetail) -> Invoice:
    """An invoice as the API tells it."""
    currency = found.row.currency
    return Invoice(
        **_summary(found.row),
        subtotal=Money.of(found.subtotal_minor, currency),
        tax=Money.of(found.tax_minor, currency),
        paid_at=found.paid_at,
        voided_at=found.voided_at,
        version=found.version,
        document=f"/api/documents/invoices/{found.row.id}.pdf",
        lines=[_line(each, currency) for each in found.lines],
        payments=[_payment(each) for each in found.payments],
    )


def _summary(row: InvoiceRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "number": row.number,
        "customer": CustomerRef(id=row.tenant_id, name=row.customer),
        "subscription_id": row.subscription_id,
        "status": InvoiceStatus(row.status),
        "total": Money.of(row.total_minor, row.currency),
        "paid": Money.of(row.paid_minor, row.currency),
        "due": Money.of(row.due_minor, row.currency),
        "issued_on": row.issued_on,
        "due_on": row.due_on,
        "days_overdue": row.days_overdue,
        "period": Period(start_on=row.period_start_on, until_on=row.period_until_on),
    }


def _line(line: LineRow, currency: str) -> InvoiceLine:
    return InvoiceLine(
        id=line.id,
        position=line.position,
        description=line.description,
        quantity=line.quantity,
        unit_amount=Money.of(line.unit_amount_minor, currency),
        amount=Money.of(line.amount_minor, currency),
        period=Period(start_on=line.period_start_on, until_on=line.period_until_on),
        derivation=line.derivation,
    )


def _payment(payment: PaymentRow) -> InvoicePayment:
    return InvoicePayment(
        id=payment.id,
        amount=Money.of(payment.amount_minor, payment.currency),
        channel=PaymentChannel(payment.channel),
        status=PaymentStatus(payment.status),
        received_on=payment.received_on,
        reference=payment.reference,
    )
