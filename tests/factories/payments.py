"""Customers who pay through Stripe, and what Stripe says of their payments."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

from sqlmodel import Session, select

from models.accounts import Tenant
from models.integrations.stripe import MethodKind, PaymentStatus, VendorDecline, VendorMethod, VendorPayment
from models.kernel.actor import system_actor
from models.payments import Charge, open_account, sync_methods
from models.payments.tables import PaymentMethod

ACTOR = system_actor("test")
SEEN_AT = datetime(2026, 11, 1, tzinfo=UTC)
_numbers = count(1)


def vendor_method(customer_id: str, **facts: Any) -> VendorMethod:
    """A Visa card as Stripe shows it."""
    given = VendorMethod(
        f"pm_{next(_numbers)}",
        customer_id,
        MethodKind.card,
        "visa",
        "4242",
        12,
        2030,
        "print",
        "US",
        "credit",
        SEEN_AT,
    )
    return replace(given, **facts)


def give_methods(session: Session, tenant: Tenant, number: int = 1, **facts: Any) -> list[PaymentMethod]:
    """So many cards at Stripe; the first is the default."""
    account = open_account(session, ACTOR, tenant_id=tenant.id, vendor_id=f"cus_{next(_numbers)}")
    found = [vendor_method(account.vendor_id, **facts) for _ in range(number)]
    sync_methods(
        session, ACTOR, tenant_id=tenant.id, found=found, default_vendor_id=found[0].id if found else ""
    )
    return [
        session.exec(select(PaymentMethod).where(PaymentMethod.vendor_id == each.id)).one() for each in found
    ]


def vendor_payment(charge: Charge, status: PaymentStatus, **facts: Any) -> VendorPayment:
    """The charge's payment as it stands at Stripe."""
    given = VendorPayment(
        id=f"pi_{charge.id.hex[-8:]}",
        status=status,
        amount_minor=charge.amount_minor,
        received_minor=charge.amount_minor if status is PaymentStatus.succeeded else 0,
        refunded_minor=0,
        currency=charge.currency,
        customer_id="cus_1",
        method_id="pm_1",
        method_kind=MethodKind.card,
        decline=None,
        next_action_url="",
        charge_id="ch_1",
        is_disputed=False,
        fee_minor=None,
        fee_currency="",
        metadata={"charge_id": str(charge.id)},
        idempotency_key=f"charge-{charge.id}",
        created_at=SEEN_AT,
        cancelled_at=None,
    )
    return replace(given, **facts)


def declined(charge: Charge, reason: str = "insufficient_funds", advice: str = "") -> VendorPayment:
    """A payment that the bank has refused."""
    decline = VendorDecline("card_declined", reason, advice, "", "No.", "ch_1", "pm_1")
    return vendor_payment(charge, PaymentStatus.needs_method, decline=decline)
