"""What calling Stripe can end in, besides success: three answers that a caller acts upon differently.

`DefiniteRefusal`: Stripe looked and said no; nothing was done, and the next try takes a new idempotency key.
`OutcomeUnknown`: it may have been done; keep the key, and look before anything else is tried.
`StripeUnavailable`: nothing was done; the same call may be made again later, with the same key.
"""

from typing import Any

from models.integrations.stripe.shapes import VendorDecline, VendorPayment, VendorSetup
from models.kernel.errors import DomainError, Forbidden, Invalid, Kind, NotFound


class DefiniteRefusal(DomainError):
    """Stripe looked at the request and refused it: no money moved."""


class CardDeclined(DefiniteRefusal):
    """The bank said no. `payment` or `setup` is what stands at Stripe now; `decline` says why."""

    def __init__(
        self,
        decline: VendorDecline,
        *,
        payment: VendorPayment | None = None,
        setup: VendorSetup | None = None,
    ) -> None:
        super().__init__(
            "stripe.declined",
            f"The bank declined: {decline.message} Try later or ask the customer for another method.",
            reason=decline.reason,
        )
        self.decline = decline
        self.payment = payment
        self.setup = setup

    @property
    def is_authentication_required(self) -> bool:
        """Whether the payer has to confirm with the bank (3-D Secure), so that a link is the way on."""
        return "authentication_required" in {self.decline.code, self.decline.decline_code}


class RequestRejected(DefiniteRefusal):
    """Stripe does not accept the request as it is, e.g. a wrong parameter or an object in the wrong state."""

    def __init__(self, vendor_code: str, message: str, *, parameter: str = "") -> None:
        super().__init__(
            "stripe.rejected",
            f"Stripe did not accept this: {message} Nothing was done.",
            vendor_code=vendor_code,
            parameter=parameter,
        )
        self.vendor_code = vendor_code
        self.parameter = parameter


class AmountTooSmall(DefiniteRefusal):
    """The amount is below what Stripe charges in this currency."""

    def __init__(self, message: str) -> None:
        super().__init__(
            "stripe.amount_too_small",
            f"Stripe charges no amount this small: {message} Settle it as credit or by bank transfer.",
        )


class MissingAtStripe(DefiniteRefusal, NotFound):
    """The object does not exist at Stripe, or was deleted there."""

    def __init__(self, message: str, *, parameter: str = "") -> None:
        DomainError.__init__(
            self,
            "stripe.missing",
            f"Stripe does not know this object: {message} It may have been deleted there.",
            parameter=parameter,
        )
        self.parameter = parameter


class OutcomeUnknown(DomainError):
    """Nobody knows whether Stripe did it: no answer, or one that does not say. Keep the key and look."""

    kind = Kind.unavailable

    def __init__(self, what: str, **data: Any) -> None:
        super().__init__(
            "stripe.outcome_unknown",
            f"Stripe did not say whether this was done: {what} It is looked up before anything is tried again.",
            **data,
        )


class KeyReused(OutcomeUnknown):
    """The key stood for another request before; what that one did is not known here. A mistake of ours."""


class StripeUnavailable(DomainError):
    """Nothing was done: Stripe is not reached, or asks for fewer calls. The same call may be made again later."""

    kind = Kind.unavailable

    def __init__(self, what: str, **data: Any) -> None:
        super().__init__(
            "stripe.unavailable", f"{what} Nothing was done; it can be tried again later.", **data
        )


class KeyRefused(StripeUnavailable):
    """Stripe refuses our secret key, or the key lacks a permission: no call works until somebody mends it."""

    def __init__(self, message: str) -> None:
        super().__init__(f"Stripe refuses our key: {message} Check STRIPE_SECRET_KEY.")


class EventForged(Forbidden):
    """A webhook's signature is missing, wrong or too old."""

    def __init__(self) -> None:
        super().__init__(
            "stripe.event_forged",
            "This webhook is not signed by Stripe for us, or too long ago. Check STRIPE_WEBHOOK_SECRET.",
        )


class EventUnreadable(Invalid):
    """A webhook is signed but not an event that we can read."""

    def __init__(self) -> None:
        super().__init__("stripe.event_unreadable", "The body is not an event of Stripe. Send it unchanged.")
