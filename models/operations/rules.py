"""What a delivery may become, and how long it waits between tries."""

from collections.abc import Mapping

from models.kernel.events import DeliveryStatus

# A pause never grows beyond this: a vendor that is back should not wait for us until tomorrow.
LONGEST_PAUSE_SECONDS = 3_600.0
PAUSE_GROWTH = 4
MAX_ERROR = 500

DELIVERY_MOVES: Mapping[DeliveryStatus, frozenset[DeliveryStatus]] = {
    DeliveryStatus.waiting: frozenset({DeliveryStatus.done, DeliveryStatus.retrying, DeliveryStatus.parked}),
    DeliveryStatus.retrying: frozenset({DeliveryStatus.done, DeliveryStatus.retrying, DeliveryStatus.parked}),
    DeliveryStatus.parked: frozenset({DeliveryStatus.retrying}),
    DeliveryStatus.done: frozenset(),
}


def can_deliver(status: str) -> bool:
    """Whether the subscriber is still owed the event."""
    return DeliveryStatus.done in DELIVERY_MOVES[DeliveryStatus(status)]


def can_retry(status: str) -> bool:
    """Whether a person may put the delivery back to work now: it has failed before."""
    return status in {DeliveryStatus.retrying, DeliveryStatus.parked}


def compute_pause(attempts: int, base_seconds: float, jitter: float) -> float:
    """Seconds until the next try after `attempts` failed ones; `jitter` in 0..1 takes off up to a half.

    >>> [compute_pause(attempts, 10, 0) for attempts in (1, 2, 3, 4, 5, 9)]
    [10.0, 40.0, 160.0, 640.0, 2560.0, 3600.0]
    >>> compute_pause(1, 10, 1.0)
    5.0
    """
    whole = min(base_seconds * float(PAUSE_GROWTH ** (attempts - 1)), LONGEST_PAUSE_SECONDS)
    return whole * (1 - jitter / 2)


def build_error_text(error: BaseException) -> str:
    """`Class: message` on one line, a database error without its statement: that may hold personal data."""
    cause = getattr(error, "orig", None) or error
    first_line = next(iter(str(cause).replace("\0", "").splitlines()), "")
    return f"{type(error).__name__}: {first_line}"[:MAX_ERROR]
