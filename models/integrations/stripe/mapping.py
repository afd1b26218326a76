"""From Stripe's objects, as plain dictionaries, to our records: the vendor's words stop here."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from models.integrations.stripe.shapes import (
    CheckoutMode,
    CheckoutStatus,
    DisputeStatus,
    MethodKind,
    PaymentStatus,
    RefundStatus,
    SetupStatus,
    VendorCheckout,
    VendorCustomer,
    VendorDecline,
    VendorDispute,
    VendorEvent,
    VendorMethod,
    VendorPayment,
    VendorPortal,
    VendorRefund,
    VendorSetup,
)

Object = Mapping[str, Any]

# The caller's key travels in the metadata, so that a list tells which call made what.
KEY = "idempotency_key"

_PAYMENT_STATUS = {
    "requires_payment_method": PaymentStatus.needs_method,
    "requires_confirmation": PaymentStatus.needs_confirmation,
    "requires_action": PaymentStatus.needs_action,
    "processing": PaymentStatus.processing,
    "requires_capture": PaymentStatus.needs_capture,
    "succeeded": PaymentStatus.succeeded,
    "canceled": PaymentStatus.cancelled,
}
_SETUP_STATUS = {
    "requires_payment_method": SetupStatus.needs_method,
    "requires_confirmation": SetupStatus.needs_confirmation,
    "requires_action": SetupStatus.needs_action,
    "processing": SetupStatus.processing,
    "succeeded": SetupStatus.succeeded,
    "canceled": SetupStatus.cancelled,
}
_REFUND_STATUS = {
    "pending": RefundStatus.pending,
    "requires_action": RefundStatus.needs_action,
    "succeeded": RefundStatus.succeeded,
    "failed": RefundStatus.failed,
    "canceled": RefundStatus.cancelled,
}


def customer_of(found: Object) -> VendorCustomer:
    """A customer, or what is left of a deleted one."""
    settings = found.get("invoice_settings") or {}
    return VendorCustomer(
        id=found["id"],
        name=_text(found, "name"),
        email=_text(found, "email"),
        default_method_id=_id(settings.get("default_payment_method")),
        metadata=found.get("metadata") or {},
        is_deleted=bool(found.get("deleted")),
        created_at=_instant(found.get("created")),
    )


def method_of(found: Object) -> VendorMethod:
    """A payment method; of a kind that we do not know only its id and owner are told."""
    kind = _kind(found["type"])
    facts: Object = found.get(found["type"]) or {}
    return VendorMethod(
        id=found["id"],
        customer_id=_id(found.get("customer")),
        kind=kind,
        brand=_text(facts, "brand") or _text(facts, "bank_name") or _text(facts, "bank_code"),
        last4=_text(facts, "last4"),
        expiry_month=facts.get("exp_month"),
        expiry_year=facts.get("exp_year"),
        fingerprint=_text(facts, "fingerprint"),
        country=_text(facts, "country"),
        funding=_text(facts, "funding") or _text(facts, "account_type"),
        created_at=_created(found),
    )


def payment_of(found: Object) -> VendorPayment:
    """A payment intent; of its charge and fee as much as was expanded."""
    charge = found.get("latest_charge")
    facts: Object = charge if isinstance(charge, Mapping) else {}
    balance = facts.get("balance_transaction")
    fee: Object = balance if isinstance(balance, Mapping) else {}
    kinds = found.get("payment_method_types") or []
    paid_with = (facts.get("payment_method_details") or {}).get("type") or (kinds[0] if kinds else None)
    return VendorPayment(
        id=found["id"],
        status=_PAYMENT_STATUS[found["status"]],
        amount_minor=found["amount"],
        received_minor=found.get("amount_received") or 0,
        refunded_minor=facts.get("amount_refunded") or 0,
        currency=found["currency"].upper(),
        customer_id=_id(found.get("customer")),
        method_id=_id(found.get("payment_method")),
        method_kind=_kind(paid_with) if paid_with else None,
        decline=_decline_within(found.get("last_payment_error")),
        next_action_url=_next_action_url(found),
        charge_id=_id(charge),
        is_disputed=bool(facts.get("disputed")),
        fee_minor=fee.get("fee"),
        fee_currency=_text(fee, "currency").upper(),
        metadata=_metadata(found),
        idempotency_key=_key(found),
        created_at=_created(found),
        cancelled_at=_instant(found.get("canceled_at")),
    )


def setup_of(found: Object) -> VendorSetup:
    """A setup intent."""
    return VendorSetup(
        id=found["id"],
        status=_SETUP_STATUS[found["status"]],
        customer_id=_id(found.get("customer")),
        method_id=_id(found.get("payment_method")),
        decline=_decline_within(found.get("last_setup_error")),
        next_action_url=_next_action_url(found),
        metadata=_metadata(found),
        created_at=_created(found),
    )


def refund_of(found: Object) -> VendorRefund:
    """A refund; one without a status is an old one that succeeded."""
    return VendorRefund(
        id=found["id"],
        payment_id=_id(found.get("payment_intent")),
        charge_id=_id(found.get("charge")),
        status=_REFUND_STATUS[found.get("status") or "succeeded"],
        amount_minor=found["amount"],
        currency=found["currency"].upper(),
        reason=_text(found, "reason"),
        failure_reason=_text(found, "failure_reason"),
        metadata=_metadata(found),
        idempotency_key=_key(found),
        created_at=_created(found),
    )


def dispute_of(found: Object) -> VendorDispute:
    """A dispute; of the evidence what is text."""
    details: Object = found.get("evidence_details") or {}
    evidence: Object = found.get("evidence") or {}
    return VendorDispute(
        id=found["id"],
        payment_id=_id(found.get("payment_intent")),
        charge_id=_id(found.get("charge")),
        status=DisputeStatus(found["status"]),
        amount_minor=found["amount"],
        currency=found["currency"].upper(),
        reason=found["reason"],
        evidence={name: value for name, value in evidence.items() if value and isinstance(value, str)},
        evidence_due_at=_instant(details.get("due_by")),
        has_evidence=bool(details.get("has_evidence")),
        submission_count=details.get("submission_count") or 0,
        is_charge_refundable=bool(found.get("is_charge_refundable")),
        created_at=_created(found),
    )


def checkout_of(found: Object) -> VendorCheckout:
    """A checkout session."""
    return VendorCheckout(
        id=found["id"],
        mode=CheckoutMode(found["mode"]),
        status=CheckoutStatus(found["status"]),
        is_paid=found.get("payment_status") == "paid",
        url=_text(found, "url"),
        customer_id=_id(found.get("customer")),
        payment_id=_id(found.get("payment_intent")),
        setup_id=_id(found.get("setup_intent")),
        amount_minor=found.get("amount_total"),
        currency=_text(found, "currency").upper(),
        reference=_text(found, "client_reference_id"),
        metadata=_metadata(found),
        created_at=_created(found),
        expires_at=_utc(found["expires_at"]),
    )


def portal_of(found: Object) -> VendorPortal:
    """A billing-portal session."""
    return VendorPortal(
        id=found["id"], customer_id=_id(found["customer"]), url=found["url"], created_at=_created(found)
    )


def event_of(found: Object) -> VendorEvent:
    """An event of any API version: these few facts never changed their place."""
    subject: Object = found["data"]["object"]
    request = found.get("request")
    # Until 2017 the request was its id alone.
    cause: Object = request if isinstance(request, Mapping) else {"id": request}
    return VendorEvent(
        id=found["id"],
        kind=found["type"],
        api_version=_text(found, "api_version"),
        object_type=_text(subject, "object"),
        object_id=_text(subject, "id"),
        created_at=_created(found),
        is_live=bool(found.get("livemode")),
        request_id=_text(cause, "id"),
        idempotency_key=_text(cause, "idempotency_key"),
        payload=found,
    )


def decline_of(found: Object) -> VendorDecline:
    """An error of Stripe's that stands for a bank's answer."""
    method = found.get("payment_method")
    return VendorDecline(
        code=_text(found, "code"),
        decline_code=_text(found, "decline_code"),
        advice=_text(found, "advice_code"),
        network_code=_text(found, "network_decline_code"),
        message=_text(found, "message"),
        charge_id=_id(found.get("charge")),
        method_id=_id(method),
    )


def metadata_with(key: str, metadata: Mapping[str, str]) -> dict[str, str]:
    """The caller's metadata and key, as they are sent."""
    return {**metadata, KEY: key}


def _decline_within(error: Object | None) -> VendorDecline | None:
    return decline_of(error) if error else None


def _next_action_url(found: Object) -> str:
    action: Object = found.get("next_action") or {}
    return _text(action.get("redirect_to_url") or {}, "url")


def _metadata(found: Object) -> dict[str, str]:
    return {name: value for name, value in (found.get("metadata") or {}).items() if name != KEY}


def _key(found: Object) -> str:
    return str((found.get("metadata") or {}).get(KEY, ""))


def _kind(word: str) -> MethodKind:
    try:
        return MethodKind(word)
    except ValueError:
        return MethodKind.other


def _id(reference: Any) -> str:
    """The id of an object that came as its id, expanded, or not at all."""
    if isinstance(reference, Mapping):
        return str(reference.get("id", ""))
    return str(reference or "")


def _text(found: Object, name: str) -> str:
    return str(found.get(name) or "")


def _created(found: Object) -> datetime:
    return _utc(found["created"])


def _instant(seconds: int | None) -> datetime | None:
    return _utc(seconds) if seconds else None


def _utc(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
