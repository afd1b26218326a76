"""Customers at Stripe, their saved methods, and how a method gets saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from stripe.params import (
    CustomerCreateParams,
    CustomerUpdateParams,
    SetupIntentCreateParams,
    SetupIntentCreateParamsMandateData,
)

from models.integrations.stripe.connection import Connection
from models.integrations.stripe.mapping import customer_of, metadata_with, method_of, setup_of
from models.integrations.stripe.shapes import MethodKind, VendorCustomer, VendorMethod, VendorSetup

PAGE = 100


@dataclass(frozen=True, slots=True)
class Mandate:
    """A payer's consent to debits (SEPA, ACH), given on a page of ours."""

    accepted_at: datetime
    ip_address: str
    user_agent: str


class Customers:
    """Customers; every call that changes one takes the caller's idempotency key."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create(
        self, *, name: str, email: str, key: str, metadata: Mapping[str, str] | None = None
    ) -> VendorCustomer:
        """A new customer; the same key returns the same one for a day."""
        params: CustomerCreateParams = {"name": name, "metadata": dict(metadata or {})}
        if email:
            params["email"] = email
        api = self._connection.api.customers
        return customer_of(self._connection.write(lambda: api.create(params, {"idempotency_key": key})))

    def update(
        self,
        customer_id: str,
        *,
        key: str,
        name: str | None = None,
        email: str | None = None,
        default_method_id: str | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> VendorCustomer:
        """Change what is given and leave the rest; "" empties a field, and metadata are merged by name."""
        params: CustomerUpdateParams = {}
        if name is not None:
            params["name"] = name
        if email is not None:
            params["email"] = email
        if default_method_id is not None:
            params["invoice_settings"] = {"default_payment_method": default_method_id}
        if metadata is not None:
            params["metadata"] = dict(metadata)
        api = self._connection.api.customers
        return customer_of(
            self._connection.write(lambda: api.update(customer_id, params, {"idempotency_key": key}))
        )

    def get(self, customer_id: str) -> VendorCustomer:
        """The customer as it stands; a deleted one says so, an unknown one is `MissingAtStripe`."""
        api = self._connection.api.customers
        return customer_of(self._connection.read(lambda: api.retrieve(customer_id)))

    def delete(self, customer_id: str) -> VendorCustomer:
        """Delete for good, with its methods; `MissingAtStripe` where it was deleted already."""
        api = self._connection.api.customers
        return customer_of(self._connection.write(lambda: api.delete(customer_id)))


class Methods:
    """Saved payment methods."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self, customer_id: str) -> tuple[VendorMethod, ...]:
        """All methods of a customer, newest first."""
        api = self._connection.api.customers.payment_methods
        found = self._connection.read_all(lambda: api.list(customer_id, {"limit": PAGE}))
        return tuple(method_of(each) for each in found)

    def get(self, method_id: str) -> VendorMethod:
        """One method; `customer_id` is "" once it is detached."""
        api = self._connection.api.payment_methods
        return method_of(self._connection.read(lambda: api.retrieve(method_id)))

    def detach(self, method_id: str, *, key: str) -> VendorMethod:
        """Take a method from its customer for good: it can never be charged or attached again."""
        api = self._connection.api.payment_methods
        return method_of(
            self._connection.write(lambda: api.detach(method_id, options={"idempotency_key": key}))
        )


class Setups:
    """Setup intents: saving a method so that it may be charged without its owner."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create(
        self,
        *,
        customer_id: str,
        key: str,
        kinds: Sequence[MethodKind] = (MethodKind.card,),
        method_id: str = "",
        return_url: str = "",
        mandate: Mandate | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> VendorSetup:
        """Start saving a method; with `method_id` confirm it at once.

        A card that wants 3-D Secure leaves the setup at `needs_action`: with a `return_url` its
        `next_action_url` is where the owner confirms. A debit needs the owner's `mandate`. A card that its
        bank refuses is `CardDeclined`.
        """
        params: SetupIntentCreateParams = {
            "customer": customer_id,
            "usage": "off_session",
            "allowed_payment_method_types": [str(kind) for kind in kinds],
            "metadata": metadata_with(key, metadata or {}),
        }
        if method_id:
            params["payment_method"] = method_id
            params["confirm"] = True
            if return_url:
                params["return_url"] = return_url
        if mandate:
            params["mandate_data"] = _mandate(mandate)
        api = self._connection.api.setup_intents
        return setup_of(self._connection.write(lambda: api.create(params, {"idempotency_key": key})))

    def get(self, setup_id: str) -> VendorSetup:
        """One setup as it stands."""
        api = self._connection.api.setup_intents
        return setup_of(self._connection.read(lambda: api.retrieve(setup_id)))

    def cancel(self, setup_id: str, *, key: str) -> VendorSetup:
        """Give up a setup that has not succeeded; `RequestRejected` where it has."""
        api = self._connection.api.setup_intents
        return setup_of(
            self._connection.write(lambda: api.cancel(setup_id, options={"idempotency_key": key}))
        )


def _mandate(mandate: Mandate) -> SetupIntentCreateParamsMandateData:
    return {
        "customer_acceptance": {
            "type": "online",
            "accepted_at": int(mandate.accepted_at.timestamp()),
            "online": {"ip_address": mandate.ip_address, "user_agent": mandate.user_agent},
        }
    }
