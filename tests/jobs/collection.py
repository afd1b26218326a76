"""Customers of ours at the sandbox, and charges of their invoices as the worker makes them."""

from typing import Any
from uuid import UUID

from jobs import payments
from jobs.payments import send_charge, sync_customer
from models.accounts import Tenant
from models.kernel.database import read_session, unit_of_work
from models.payments import (
    Charge,
    ChargeCause,
    claim_charge,
    open_account,
    request_charge,
)
from tests.factories.accounts import make_tenant
from tests.factories.billing import make_invoice
from tests.factories.payments import ACTOR
from tests.fixtures.stripe import StripeWorld


def saved_customer(world: StripeWorld, *tokens: str) -> UUID:
    """A customer of ours with these methods at Stripe, mirrored."""
    vendor_id, *_ = world.customer(*tokens)
    with unit_of_work() as session:
        tenant_id = make_tenant(session).id
        open_account(session, ACTOR, tenant_id=tenant_id, vendor_id=vendor_id)
    sync_customer(tenant_id)
    return tenant_id


def open_invoice(tenant_id: UUID, total: int = 10_000) -> UUID:
    with unit_of_work() as session:
        return make_invoice(session, tenant=session.get_one(Tenant, tenant_id), total=total).id


def asked_charge(invoice_id: UUID, cause: ChargeCause = ChargeCause.rule) -> UUID:
    with unit_of_work() as session:
        return request_charge(session, ACTOR, invoice_id=invoice_id, cause=cause).id


def sent(charge_id: UUID) -> Charge:
    send_charge.call_local(str(charge_id))  # type: ignore[attr-defined]
    return stored(Charge, charge_id)


def stored(table: type[Any], identifier: UUID) -> Any:
    with read_session() as session:
        found = session.get_one(table, identifier)
        session.expunge(found)
        return found


def payments_of(world: StripeWorld) -> list[Any]:
    return [each for each in world.stripe.payments.list() if each.received_minor]


def charge_without_hearing(world: StripeWorld, charge_id: UUID) -> None:
    """The worker dies between Stripe's answer and our commit."""
    with unit_of_work() as session:
        order = claim_charge(session, ACTOR, charge_id=charge_id)
    assert order is not None
    payments._charge(order)
