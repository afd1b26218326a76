"""What stands behind payments, as screens say it: real money says nothing, everything else says so."""

from dataclasses import dataclass

from models.integrations.stripe import StripeMode, stripe_mode


@dataclass(frozen=True)
class Banner:
    """One line above the header; without text there is none."""

    text: str = ""
    tone: str = "amber"
    has_clock: bool = False


BANNERS = {
    StripeMode.live: Banner(),
    StripeMode.test: Banner("Stripe's test mode: no real money moves."),
    StripeMode.sandbox: Banner("Sandbox: no real money moves.", has_clock=True),
    StripeMode.off: Banner(
        "Payments are off: neither STRIPE_SECRET_KEY nor STRIPE_API_BASE is set. Nothing is charged.", "gray"
    ),
}
_SUFFIXES = {StripeMode.sandbox: " (sandbox)", StripeMode.test: " (test)"}


def payments_banner() -> Banner:
    """What this installation says of its payments."""
    return BANNERS[stripe_mode()]


def money_verb(verb: str) -> str:
    """A button that moves money, with what kind of money it is: `Charge 10.00 EUR (sandbox)`."""
    return verb + _SUFFIXES.get(stripe_mode(), "")


def why_no_payments() -> str:
    """Why nothing can be charged at all, "" where something can."""
    return BANNERS[StripeMode.off].text if stripe_mode() is StripeMode.off else ""
