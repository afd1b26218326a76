"""The one way to Stripe's API: version, time limits, retries, breaker, and errors turned into ours."""

import threading
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

import stripe
from stripe import RequestsClient, StripeClient, StripeObject

from models.integrations.stripe.breaker import Breaker
from models.integrations.stripe.errors import (
    AmountTooSmall,
    CardDeclined,
    KeyRefused,
    KeyReused,
    MissingAtStripe,
    OutcomeUnknown,
    RequestRejected,
    StripeUnavailable,
)
from models.integrations.stripe.mapping import Object, decline_of, payment_of, setup_of
from models.kernel.errors import DomainError

API_VERSION = "2026-10-28.endive"
# A charge takes about two seconds. Three tries with their pauses stay within the minute after which a delivery whose
# worker is taken for dead is queued again.
CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 15.0
RETRIES = 2
BREAKER_LIMIT = 5
BREAKER_REST_SECONDS = 20.0

T = TypeVar("T")

NOT_FOUND, CONFLICT, SERVER_ERROR = 404, 409, 500


class Listed(Protocol):
    """A page of a list that leads to the next ones, as the SDK returns it."""

    def auto_paging_iter(self) -> Any:
        """Each object of this page and the following ones."""


class _Transport(RequestsClient):
    """The SDK's transport, which remembers whether an attempt of this thread's call may have been carried out."""

    def __init__(self, timeout: tuple[float, float]) -> None:
        super().__init__(timeout=timeout)
        self._attempts = threading.local()

    def begin(self) -> None:
        """A new call starts: nothing of it has been sent."""
        self._attempts.is_uncertain = False

    @property
    def is_uncertain(self) -> bool:
        """Whether an attempt of this call ended without an answer that says what became of it."""
        return bool(self._attempts.is_uncertain)

    def request(  # type: ignore[override]  # As the SDK's own subclass.
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """One attempt; the SDK repeats it with the same idempotency key where that is safe."""
        try:
            content, status, answered = super().request(method, url, headers, post_data)
        except stripe.APIConnectionError:
            self._attempts.is_uncertain = True
            raise
        if status == CONFLICT or status >= SERVER_ERROR:
            self._attempts.is_uncertain = True
        return content, status, answered


class Connection:
    """An account at Stripe, or at a server that speaks like it; safe to use from several threads."""

    def __init__(
        self,
        *,
        secret_key: str,
        api_base: str = "",
        answer_seconds: float = ANSWER_SECONDS,
        retries: int = RETRIES,
        breaker: Breaker | None = None,
    ) -> None:
        self._transport = _Transport((CONNECT_SECONDS, answer_seconds))
        self._breaker = breaker or Breaker(limit=BREAKER_LIMIT, rest_seconds=BREAKER_REST_SECONDS)
        self.api = StripeClient(
            secret_key,
            stripe_version=API_VERSION,
            base_addresses={"api": api_base} if api_base else None,
            max_network_retries=retries,
            http_client=self._transport,
        ).v1

    def write(self, call: Callable[[], StripeObject]) -> Object:
        """Make a call that changes something; refused as one of the three answers of `errors`."""
        return self._guarded(lambda: call().to_dict(), is_write=True)

    def read(self, call: Callable[[], StripeObject]) -> Object:
        """Make a call that only looks: without an answer it is `StripeUnavailable`, never unknown."""
        return self._guarded(lambda: call().to_dict(), is_write=False)

    def read_all(self, call: Callable[[], Listed]) -> list[Object]:
        """Every object of a list, over all its pages."""
        return self._guarded(lambda: [each.to_dict() for each in call().auto_paging_iter()], is_write=False)

    def _guarded(self, call: Callable[[], T], *, is_write: bool) -> T:
        if not self._breaker.admits():
            raise StripeUnavailable("Stripe has not answered several times in a row and is left alone.")
        self._transport.begin()
        try:
            found = call()
        except stripe.StripeError as error:
            has_answered = not isinstance(error, stripe.APIConnectionError)
            is_down = not has_answered or (error.http_status or SERVER_ERROR) >= SERVER_ERROR
            (self._breaker.record_failure if is_down else self._breaker.record_success)()
            raise _refusal(error, is_write=is_write, is_uncertain=self._transport.is_uncertain) from error
        self._breaker.record_success()
        return found


def _refusal(error: stripe.StripeError, *, is_write: bool, is_uncertain: bool) -> DomainError:
    """Our error for Stripe's; `is_uncertain`: an attempt of this call may have been carried out.

    A definite answer is that of the key and so of every attempt, whatever happened on the way to it.
    """
    message = error.user_message or "no reason given."
    request_id = error.request_id or ""
    # An answer that cannot be read: a change may have happened behind it.
    is_unreadable = isinstance(error, stripe.APIError) and (error.http_status or 0) < SERVER_ERROR
    match error:
        case stripe.CardError():
            return _declined(_body(error))
        case stripe.IdempotencyError():
            return KeyReused(message)
        case stripe.InvalidRequestError():
            return _rejected(error, message)
        case _ if is_write and (is_uncertain or is_unreadable):
            return OutcomeUnknown(message, request_id=request_id)
        case stripe.AuthenticationError() | stripe.PermissionError():
            return KeyRefused(message)
        case stripe.RateLimitError():
            return StripeUnavailable("Stripe asks for fewer calls.")
        case _:
            return StripeUnavailable("Stripe does not answer.", request_id=request_id)


def _rejected(error: stripe.InvalidRequestError, message: str) -> DomainError:
    parameter = error.param or ""
    if error.code == "amount_too_small":
        return AmountTooSmall(message)
    if error.code == "resource_missing" or error.http_status == NOT_FOUND:
        return MissingAtStripe(message, parameter=parameter)
    return RequestRejected(error.code or "", message, parameter=parameter)


def _declined(found: Object) -> CardDeclined:
    payment, setup = found.get("payment_intent"), found.get("setup_intent")
    return CardDeclined(
        decline_of(found),
        payment=payment_of(payment) if payment else None,
        setup=setup_of(setup) if setup else None,
    )


def _body(error: stripe.StripeError) -> Object:
    body = error.json_body
    found = body.get("error") if isinstance(body, dict) else None
    return found if isinstance(found, dict) else {}
