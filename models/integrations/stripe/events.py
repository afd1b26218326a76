"""Events of Stripe: asked for, or received and verified."""

import json
from collections.abc import Sequence
from datetime import datetime

from stripe import SignatureVerificationError, WebhookSignature
from stripe.params import EventListParams

from models.integrations.stripe.connection import Connection
from models.integrations.stripe.errors import EventForged, EventUnreadable
from models.integrations.stripe.mapping import event_of
from models.integrations.stripe.shapes import VendorEvent

PAGE = 100
# Stripe's own tolerance; it signs anew for each delivery, so that a retry is never too old.
TOLERANCE_SECONDS = 300


class Events:
    """What happened at Stripe; it keeps events for 30 days."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(
        self,
        *,
        created_since: datetime,
        kinds: Sequence[str] = (),
        is_only_undelivered: bool = False,
    ) -> tuple[VendorEvent, ...]:
        """Events from an instant on, oldest first, over all pages; of at most 20 `kinds` where these are given.

        Where `is_only_undelivered`, those that one of our endpoints has not accepted.
        """
        params: EventListParams = {"limit": PAGE, "created": {"gte": int(created_since.timestamp())}}
        if kinds:
            params["types"] = [*kinds]
        if is_only_undelivered:
            params["delivery_success"] = False
        api = self._connection.api.events
        found = self._connection.read_all(lambda: api.list(params))
        return tuple(event_of(each) for each in reversed(found))

    def get(self, event_id: str) -> VendorEvent:
        """One event, as it was when it happened."""
        api = self._connection.api.events
        return event_of(self._connection.read(lambda: api.retrieve(event_id)))


def read_event(payload: bytes, signature: str, *, secrets: Sequence[str]) -> VendorEvent:
    """A webhook's body, whose `Stripe-Signature` one of the endpoint's secrets has made in the last five minutes.

    `EventForged` where none has; `EventUnreadable` where the signed body is no event.
    """
    try:
        text = payload.decode("utf-8")
    except UnicodeDecodeError as error:
        raise EventForged from error
    if not any(_is_signed(text, signature, secret) for secret in secrets):
        raise EventForged
    try:
        return event_of(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise EventUnreadable from error


def _is_signed(text: str, signature: str, secret: str) -> bool:
    try:
        return bool(WebhookSignature.verify_header(text, signature, secret, TOLERANCE_SECONDS))
    except SignatureVerificationError:
        return False
