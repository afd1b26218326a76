"""What the rules need to know of cases: their invoices, customers and plans, read together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from models.accounts import Tenant
from models.billing import Invoice, Plan, Subscription
from models.dunning.rules.next_step import Stand
from models.dunning.tables import DunningCase
from models.payments import MethodStatus, PaymentMethod, method_words


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    """An invoice as dunning sees it; `due_minor` is what is unpaid."""

    id: UUID
    tenant_id: UUID
    subscription_id: UUID | None
    number: str
    status: str
    currency: str
    due_minor: int
    paid_minor: int
    due_on: date
    customer: str
    zone: str
    locale: str
    tags: tuple[str, ...]
    account_manager_id: UUID | None
    plan: str
    # What can be charged, as people call it; empty where nothing can.
    method: str


_COLUMNS: tuple[Any, ...] = (
    Invoice.id,
    Invoice.tenant_id,
    Invoice.subscription_id,
    Invoice.number,
    Invoice.status,
    Invoice.currency,
    Invoice.due_minor,
    Invoice.paid_minor,
    Invoice.due_on,
    Tenant.name,
    Tenant.time_zone,
    Tenant.locale,
    Tenant.tags,
    Tenant.owner_id,
    Plan.key,
)


def invoice_facts(session: Session, invoice_ids: Sequence[UUID]) -> dict[UUID, InvoiceFacts]:
    """The facts by invoice."""
    statement = (
        select(*_COLUMNS)
        .join(Tenant, col(Tenant.id) == Invoice.tenant_id)
        .join(Subscription, col(Subscription.id) == Invoice.subscription_id, isouter=True)
        .join(Plan, col(Plan.id) == Subscription.plan_id, isouter=True)
        .where(col(Invoice.id).in_(invoice_ids))
    )
    rows = list(session.execute(statement))
    able = _methods(session, {row[1] for row in rows})
    return {row[0]: _facts(row, able.get(row[1], "")) for row in rows}


def _methods(session: Session, tenant_ids: set[UUID]) -> dict[UUID, str]:
    """What the rules would charge for each customer: the default method, where it works."""
    rows = session.execute(
        select(
            col(PaymentMethod.tenant_id),
            col(PaymentMethod.kind),
            col(PaymentMethod.brand),
            col(PaymentMethod.last4),
        ).where(
            col(PaymentMethod.tenant_id).in_(tenant_ids),
            col(PaymentMethod.is_default),
            col(PaymentMethod.status) == MethodStatus.usable,
        )
    )
    return {row[0]: method_words(row[1], row[2], row[3]) for row in rows}


def _facts(row: Any, method: str) -> InvoiceFacts:
    known: dict[str, Any] = dict(zip(InvoiceFacts.__dataclass_fields__, row, strict=False))
    return InvoiceFacts(**{**known, "tags": tuple(row[12]), "plan": row[14] or "", "method": method})


class CaseLike(Protocol):
    """A case, or the columns of one that its plan needs."""

    @property
    def status(self) -> str:
        """Of `CaseStatus`."""

    @property
    def currency(self) -> str:
        """Of the invoice."""

    @property
    def anchor_at(self) -> datetime:
        """What the steps count from."""

    @property
    def position(self) -> int:
        """The next step."""

    @property
    def tries_used(self) -> int:
        """Charges the campaign has begun."""

    @property
    def failure_class(self) -> str:
        """Of the last decline."""


def stand_of(case: CaseLike, facts: InvoiceFacts) -> Stand:
    """The case as the rules see it."""
    return Stand(
        status=case.status,
        anchor_at=case.anchor_at,
        position=case.position,
        tries_used=case.tries_used,
        amount_minor=facts.due_minor,
        currency=case.currency,
        due_on=facts.due_on,
        zone=facts.zone,
        plan=facts.plan,
        segments=facts.tags,
        failure_class=case.failure_class,
        has_method=bool(facts.method),
    )


def facts_of(session: Session, cases: Iterable[DunningCase]) -> dict[UUID, InvoiceFacts]:
    """The facts by invoice of these cases."""
    return invoice_facts(session, [case.invoice_id for case in cases])
