"""Pages that Stripe hosts: paying an invoice, saving a method, keeping one's methods."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from stripe.params.checkout import (
    SessionCreateParams,
    SessionCreateParamsLineItem,
    SessionCreateParamsLineItemPriceData,
)

from models.integrations.stripe.connection import Connection
from models.integrations.stripe.mapping import checkout_of, metadata_with, portal_of
from models.integrations.stripe.shapes import MethodKind, VendorCheckout, VendorPortal


class Checkouts:
    """Checkout sessions; the payer comes back to `success_url` or `cancel_url`, which proves nothing."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create_payment(  # noqa: PLR0913 -- the page, its amount and its ways back are one order
        self,
        *,
        customer_id: str,
        title: str,
        amount_minor: int,
        currency: str,
        reference: str,
        success_url: str,
        cancel_url: str,
        key: str,
        kinds: Sequence[MethodKind] = (MethodKind.card,),
        is_method_kept: bool = True,
        expires_at: datetime | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> VendorCheckout:
        """A page on which one amount is paid, e.g. an invoice called `title`.

        `reference` and the metadata come back on the page and on its payment. Where `is_method_kept` the method
        is saved for charges without its owner. Expires after 24 hours unless `expires_at` says otherwise
        (30 minutes to 24 hours from now).
        """
        facts = {**metadata_with(key, metadata or {}), "reference": reference}
        params: SessionCreateParams = {
            "mode": "payment",
            "customer": customer_id,
            "client_reference_id": reference,
            "allowed_payment_method_types": [str(kind) for kind in kinds],
            "line_items": [_line(title, amount_minor, currency)],
            "payment_intent_data": {"metadata": facts, "description": title},
            "metadata": facts,
            "success_url": success_url,
            "cancel_url": cancel_url,
        }
        if is_method_kept:
            params["payment_intent_data"]["setup_future_usage"] = "off_session"
        return self._create(params, key, expires_at)

    def create_setup(
        self,
        *,
        customer_id: str,
        currency: str,
        success_url: str,
        cancel_url: str,
        key: str,
        kinds: Sequence[MethodKind] = (MethodKind.card,),
        expires_at: datetime | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> VendorCheckout:
        """A page on which a customer saves a method, without a payment."""
        facts = metadata_with(key, metadata or {})
        params: SessionCreateParams = {
            "mode": "setup",
            "customer": customer_id,
            "currency": currency.lower(),
            "allowed_payment_method_types": [str(kind) for kind in kinds],
            "setup_intent_data": {"metadata": facts},
            "metadata": facts,
            "success_url": success_url,
            "cancel_url": cancel_url,
        }
        return self._create(params, key, expires_at)

    def get(self, checkout_id: str) -> VendorCheckout:
        """One page as it stands."""
        api = self._connection.api.checkout.sessions
        return checkout_of(self._connection.read(lambda: api.retrieve(checkout_id)))

    def expire(self, checkout_id: str, *, key: str) -> VendorCheckout:
        """Close a page that nobody has used; `RequestRejected` where it is complete."""
        api = self._connection.api.checkout.sessions
        return checkout_of(
            self._connection.write(lambda: api.expire(checkout_id, options={"idempotency_key": key}))
        )

    def _create(self, params: SessionCreateParams, key: str, expires_at: datetime | None) -> VendorCheckout:
        if expires_at:
            params["expires_at"] = int(expires_at.timestamp())
        api = self._connection.api.checkout.sessions
        return checkout_of(self._connection.write(lambda: api.create(params, {"idempotency_key": key})))


class Portals:
    """Billing-portal sessions."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create(self, *, customer_id: str, return_url: str, key: str) -> VendorPortal:
        """A link to the page on which a customer adds, removes and prefers methods."""
        api = self._connection.api.billing_portal.sessions
        return portal_of(
            self._connection.write(
                lambda: api.create(
                    {"customer": customer_id, "return_url": return_url}, {"idempotency_key": key}
                )
            )
        )


def _line(title: str, amount_minor: int, currency: str) -> SessionCreateParamsLineItem:
    price: SessionCreateParamsLineItemPriceData = {
        "currency": currency.lower(),
        "unit_amount": amount_minor,
        "product_data": {"name": title},
    }
    return {"quantity": 1, "price_data": price}
