"""Rows of the tables the demo data fills, in the order COPY sends their columns."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID


class StaffUserRow(NamedTuple):
    """A row of `staff_user`."""

    id: UUID
    email: str
    name: str
    password_hash: str
    is_active: bool
    locale: str
    time_zone: str
    preferences: str
    created_at: datetime
    updated_at: datetime


class StaffRoleRow(NamedTuple):
    """A row of `staff_role`."""

    user_id: UUID
    role_id: UUID


class TenantRow(NamedTuple):
    """A row of `tenant`."""

    id: UUID
    name: str
    external_ref: str
    email: str
    country: str
    currency: str
    time_zone: str
    locale: str
    status: str
    owner_id: UUID | None
    tags: list[str]
    version: int
    created_at: datetime
    updated_at: datetime


class ContactRow(NamedTuple):
    """A row of `contact`."""

    id: UUID
    tenant_id: UUID
    name: str
    email: str
    phone: str
    role: str
    is_primary: bool
    created_at: datetime
    updated_at: datetime


class PlanRow(NamedTuple):
    """A row of `plan`."""

    id: UUID
    key: str
    version: int
    name: str
    status: str
    created_at: datetime
    updated_at: datetime


class PriceRow(NamedTuple):
    """A row of `price`."""

    id: UUID
    plan_id: UUID
    currency: str
    interval: str
    interval_count: int
    unit_amount_minor: int | None
    created_at: datetime
    updated_at: datetime


class SubscriptionRow(NamedTuple):
    """A row of `subscription`."""

    id: UUID
    tenant_id: UUID
    plan_id: UUID
    price_id: UUID
    status: str
    currency: str
    quantity: int
    unit_amount_minor: int
    mrr_minor: int
    collection: str
    started_on: date
    anchor_day: int
    period_start_on: date
    period_until_on: date
    cancelled_on: date | None
    renews_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


class InvoiceRow(NamedTuple):
    """A row of `invoice`."""

    id: UUID
    tenant_id: UUID
    subscription_id: UUID
    number: str
    status: str
    currency: str
    subtotal_minor: int
    tax_minor: int
    total_minor: int
    paid_minor: int
    period_start_on: date
    period_until_on: date
    issued_on: date
    due_on: date
    paid_at: datetime | None
    voided_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


class InvoiceLineRow(NamedTuple):
    """A row of `invoice_line`; `derivation` is JSON text."""

    id: UUID
    tenant_id: UUID
    invoice_id: UUID
    position: int
    description: str
    quantity: int
    unit_amount_minor: int
    amount_minor: int
    currency: str
    period_start_on: date
    period_until_on: date
    derivation: str


class PaymentRow(NamedTuple):
    """A row of `payment`."""

    id: UUID
    tenant_id: UUID
    invoice_id: UUID
    status: str
    channel: str
    currency: str
    amount_minor: int
    received_on: date
    reference: str
    request_key: str
    created_at: datetime
    updated_at: datetime


class NumberSeriesRow(NamedTuple):
    """A row of `number_series`."""

    series: str
    next_number: int
