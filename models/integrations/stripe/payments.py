"""Payments, refunds and disputes at Stripe."""

from collections.abc import Mapping
from datetime import datetime

from stripe.params import (
    DisputeListParams,
    DisputeUpdateParams,
    PaymentIntentConfirmParams,
    PaymentIntentCreateParams,
    PaymentIntentListParams,
    RefundCreateParams,
    RefundListParams,
)

from models.integrations.stripe.connection import Connection
from models.integrations.stripe.mapping import dispute_of, metadata_with, payment_of, refund_of
from models.integrations.stripe.shapes import (
    MethodKind,
    RefundReason,
    VendorDispute,
    VendorPayment,
    VendorRefund,
)

PAGE = 100
# With the charge comes its fee, so that one call tells all there is about a payment.
WITH_FEE = ["latest_charge.balance_transaction"]
LISTED_WITH_FEE = ["data.latest_charge.balance_transaction"]


class Payments:
    """Payment intents; every call that changes one takes the caller's idempotency key."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create(
        self,
        *,
        customer_id: str,
        method_id: str,
        kind: MethodKind,
        amount_minor: int,
        currency: str,
        key: str,
        description: str = "",
        metadata: Mapping[str, str] | None = None,
    ) -> VendorPayment:
        """Charge a saved method without its owner present; returns `succeeded`, or `processing` for a debit.

        Refused as `CardDeclined` (which carries the payment that now stands at Stripe, and says
        `is_authentication_required` where the owner has to confirm), `AmountTooSmall`, `MissingAtStripe` or
        `RequestRejected`. After `OutcomeUnknown` the same call with the same key returns what became of it, for a
        day; later, `list` finds it by its `idempotency_key`.
        """
        params: PaymentIntentCreateParams = {
            "customer": customer_id,
            "payment_method": method_id,
            "allowed_payment_method_types": [str(kind)],
            "amount": amount_minor,
            "currency": currency.lower(),
            "confirm": True,
            "off_session": True,
            "metadata": metadata_with(key, metadata or {}),
            "expand": WITH_FEE,
        }
        if description:
            params["description"] = description
        api = self._connection.api.payment_intents
        return payment_of(self._connection.write(lambda: api.create(params, {"idempotency_key": key})))

    def confirm(
        self, payment_id: str, *, key: str, method_id: str = "", return_url: str = ""
    ) -> VendorPayment:
        """Try a payment again, with another method where one is given.

        With a `return_url` its owner is present: where the bank wants 3-D Secure the payment stands at
        `needs_action` and `next_action_url` is where to confirm. Without one it is a charge off-session.
        """
        params: PaymentIntentConfirmParams = {"expand": WITH_FEE}
        if method_id:
            params["payment_method"] = method_id
        if return_url:
            params["return_url"] = return_url
        else:
            params["off_session"] = True
        api = self._connection.api.payment_intents
        return payment_of(
            self._connection.write(lambda: api.confirm(payment_id, params, {"idempotency_key": key}))
        )

    def cancel(self, payment_id: str, *, key: str) -> VendorPayment:
        """Make sure that a payment never succeeds; `RequestRejected` where it has or is being processed."""
        api = self._connection.api.payment_intents
        return payment_of(
            self._connection.write(
                lambda: api.cancel(payment_id, {"cancellation_reason": "abandoned"}, {"idempotency_key": key})
            )
        )

    def get(self, payment_id: str) -> VendorPayment:
        """One payment as it stands, with its charge and fee."""
        api = self._connection.api.payment_intents
        return payment_of(self._connection.read(lambda: api.retrieve(payment_id, {"expand": WITH_FEE})))

    def list(
        self, *, customer_id: str = "", created_since: datetime | None = None
    ) -> tuple[VendorPayment, ...]:
        """Payments, newest first, over all pages; of one customer and from an instant on where these are given."""
        params: PaymentIntentListParams = {"limit": PAGE, "expand": LISTED_WITH_FEE}
        if customer_id:
            params["customer"] = customer_id
        if created_since:
            params["created"] = {"gte": int(created_since.timestamp())}
        api = self._connection.api.payment_intents
        return tuple(payment_of(each) for each in self._connection.read_all(lambda: api.list(params)))


class Refunds:
    """Money given back."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create(
        self,
        *,
        payment_id: str,
        key: str,
        amount_minor: int | None = None,
        reason: RefundReason = RefundReason.requested_by_customer,
        metadata: Mapping[str, str] | None = None,
    ) -> VendorRefund:
        """Give back an amount, else all that is left; `RequestRejected` where that is more than is left."""
        params: RefundCreateParams = {
            "payment_intent": payment_id,
            # The enum is Stripe's own words, which the SDK spells as literals.
            "reason": reason.value,
            "metadata": metadata_with(key, metadata or {}),
        }
        if amount_minor is not None:
            params["amount"] = amount_minor
        api = self._connection.api.refunds
        return refund_of(self._connection.write(lambda: api.create(params, {"idempotency_key": key})))

    def get(self, refund_id: str) -> VendorRefund:
        """One refund as it stands; it may fail days after it succeeded."""
        api = self._connection.api.refunds
        return refund_of(self._connection.read(lambda: api.retrieve(refund_id)))

    def list(
        self, *, payment_id: str = "", created_since: datetime | None = None
    ) -> tuple[VendorRefund, ...]:
        """Refunds, newest first, over all pages; of one payment and from an instant on where these are given."""
        params: RefundListParams = {"limit": PAGE}
        if payment_id:
            params["payment_intent"] = payment_id
        if created_since:
            params["created"] = {"gte": int(created_since.timestamp())}
        api = self._connection.api.refunds
        return tuple(refund_of(each) for each in self._connection.read_all(lambda: api.list(params)))


class Disputes:
    """Payments that a payer's bank takes back."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, dispute_id: str) -> VendorDispute:
        """One dispute as it stands."""
        api = self._connection.api.disputes
        return dispute_of(self._connection.read(lambda: api.retrieve(dispute_id)))

    def list(
        self, *, payment_id: str = "", created_since: datetime | None = None
    ) -> tuple[VendorDispute, ...]:
        """Disputes, newest first, over all pages; of one payment and from an instant on where these are given."""
        params: DisputeListParams = {"limit": PAGE}
        if payment_id:
            params["payment_intent"] = payment_id
        if created_since:
            params["created"] = {"gte": int(created_since.timestamp())}
        api = self._connection.api.disputes
        return tuple(dispute_of(each) for each in self._connection.read_all(lambda: api.list(params)))

    def put_evidence(
        self, dispute_id: str, *, evidence: Mapping[str, str], key: str, is_final: bool
    ) -> VendorDispute:
        """Add texts to a dispute by Stripe's names, e.g. `product_description`, `uncategorized_text`.

        Where `is_final` they go to the bank, once and for good. `RequestRejected` after the deadline, for an
        unknown name, and for a dispute that is decided.
        """
        # The SDK types the evidence as literals by name; names that Stripe does not know it refuses itself.
        params: DisputeUpdateParams = {"evidence": {**evidence}, "submit": is_final}  # type: ignore[typeddict-item]
        api = self._connection.api.disputes
        return dispute_of(
            self._connection.write(lambda: api.update(dispute_id, params, {"idempotency_key": key}))
        )

    def accept(self, dispute_id: str, *, key: str) -> VendorDispute:
        """Give a dispute up: it is lost at once, for good."""
        api = self._connection.api.disputes
        return dispute_of(
            self._connection.write(lambda: api.close(dispute_id, options={"idempotency_key": key}))
        )
