"""What the client hands out: frozen records in our words, with amounts in minor units and aware UTC instants."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class MethodKind(StrEnum):
    """What a payment method is; `other` is a kind that we neither offer nor charge."""

    card = "card"
    sepa_debit = "sepa_debit"
    us_bank_account = "us_bank_account"
    other = "other"


class PaymentStatus(StrEnum):
    """Where a payment stands at Stripe; only `succeeded` and `cancelled` are final."""

    needs_method = "needs_method"
    needs_confirmation = "needs_confirmation"
    needs_action = "needs_action"
    processing = "processing"
    needs_capture = "needs_capture"
    succeeded = "succeeded"
    cancelled = "cancelled"


class SetupStatus(StrEnum):
    """Where the saving of a method stands; only `succeeded` and `cancelled` are final."""

    needs_method = "needs_method"
    needs_confirmation = "needs_confirmation"
    needs_action = "needs_action"
    processing = "processing"
    succeeded = "succeeded"
    cancelled = "cancelled"


class RefundStatus(StrEnum):
    """Where a refund stands; a succeeded one may still fail when the bank sends it back."""

    pending = "pending"
    needs_action = "needs_action"
    succeeded = "succeeded"
    failed = "failed"
    cancelled = "cancelled"


class RefundReason(StrEnum):
    """Why money goes back, as Stripe's risk models want to know it."""

    duplicate = "duplicate"
    fraudulent = "fraudulent"
    requested_by_customer = "requested_by_customer"


class DisputeStatus(StrEnum):
    """Where a dispute stands; the three of an inquiry (`warning_…`) take no money. `prevented` never became one."""

    warning_needs_response = "warning_needs_response"
    warning_under_review = "warning_under_review"
    warning_closed = "warning_closed"
    needs_response = "needs_response"
    under_review = "under_review"
    won = "won"
    lost = "lost"
    prevented = "prevented"


class CheckoutMode(StrEnum):
    """What a hosted page is for: paying one invoice, or saving a method."""

    payment = "payment"
    setup = "setup"


class CheckoutStatus(StrEnum):
    """Whether a hosted page can still be used."""

    open = "open"
    complete = "complete"
    expired = "expired"


@dataclass(frozen=True, slots=True)
class VendorCustomer:
    """A customer at Stripe; where `is_deleted`, only `id` means anything."""

    id: str
    name: str
    email: str
    default_method_id: str
    metadata: Mapping[str, str]
    is_deleted: bool
    created_at: datetime | None


@dataclass(frozen=True, slots=True)
class VendorMethod:
    """A saved means to pay. `brand` is the card's network, or the bank's name or code; a debit has no expiry."""

    id: str
    customer_id: str
    kind: MethodKind
    brand: str
    last4: str
    expiry_month: int | None
    expiry_year: int | None
    fingerprint: str
    country: str
    funding: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class VendorDecline:
    """Why a bank said no: Stripe's `code`, the bank's `decline_code`, and its `advice`, each "" where not given.

    `advice` is try_again_later, confirm_card_data or do_not_try_again; `message` is Stripe's sentence, in English.
    """

    code: str
    decline_code: str
    advice: str
    network_code: str
    message: str
    charge_id: str
    method_id: str

    @property
    def reason(self) -> str:
        """The most precise code there is: the key into our own table of declines."""
        return self.decline_code or self.code


@dataclass(frozen=True, slots=True)
class VendorPayment:
    """A payment intent with its newest charge.

    `fee_minor` is what Stripe kept, in `fee_currency`, None until it is known. `idempotency_key` is the key of the
    call that made it, "" where we did not. `next_action_url` is where the payer confirms (3-D Secure), else "".
    """

    id: str
    status: PaymentStatus
    amount_minor: int
    received_minor: int
    refunded_minor: int
    currency: str
    customer_id: str
    method_id: str
    method_kind: MethodKind | None
    decline: VendorDecline | None
    next_action_url: str
    charge_id: str
    is_disputed: bool
    fee_minor: int | None
    fee_currency: str
    metadata: Mapping[str, str]
    idempotency_key: str
    created_at: datetime
    cancelled_at: datetime | None


@dataclass(frozen=True, slots=True)
class VendorSetup:
    """A setup intent: a method on its way to be charged later without its owner."""

    id: str
    status: SetupStatus
    customer_id: str
    method_id: str
    decline: VendorDecline | None
    next_action_url: str
    metadata: Mapping[str, str]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class VendorRefund:
    """Money on its way back; `failure_reason` says why it did not arrive, else ""."""

    id: str
    payment_id: str
    charge_id: str
    status: RefundStatus
    amount_minor: int
    currency: str
    reason: str
    failure_reason: str
    metadata: Mapping[str, str]
    idempotency_key: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class VendorDispute:
    """A payer's bank takes the money back; evidence counts until `evidence_due_at`, None where it is too late."""

    id: str
    payment_id: str
    charge_id: str
    status: DisputeStatus
    amount_minor: int
    currency: str
    reason: str
    evidence: Mapping[str, str]
    evidence_due_at: datetime | None
    has_evidence: bool
    submission_count: int
    is_charge_refundable: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class VendorCheckout:
    """A hosted page; `url` is "" once it can no longer be used."""

    id: str
    mode: CheckoutMode
    status: CheckoutStatus
    is_paid: bool
    url: str
    customer_id: str
    payment_id: str
    setup_id: str
    amount_minor: int | None
    currency: str
    reference: str
    metadata: Mapping[str, str]
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class VendorPortal:
    """A link to the hosted page on which a customer keeps the methods; good for minutes."""

    id: str
    customer_id: str
    url: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class VendorEvent:
    """What happened at Stripe: `kind` in Stripe's words (`payment_intent.succeeded`), the object only named.

    Whoever acts fetches the object anew. `payload` is the event as Stripe sent it, for the record; its shape is
    that of `api_version`. `idempotency_key` is that of the call which caused it, else "".
    """

    id: str
    kind: str
    api_version: str
    object_type: str
    object_id: str
    created_at: datetime
    is_live: bool
    request_id: str
    idempotency_key: str
    payload: Mapping[str, Any] = field(repr=False)
