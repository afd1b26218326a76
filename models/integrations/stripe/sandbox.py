"""What our own Stripe can be told besides Stripe's API: its health and its time, for pages that say what runs."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from models.integrations.stripe.errors import StripeUnavailable
from models.kernel.errors import Invalid

ANSWER_SECONDS = 30.0
HEALTH_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class SandboxState:
    """How the sandbox stands: its own time, and how many objects it keeps."""

    now: datetime
    is_stopped: bool
    objects: int


@dataclass(frozen=True, slots=True)
class StripeSandbox:
    """The sandbox at an address; every call raises `StripeUnavailable` where it does not answer."""

    address: str

    def state(self) -> SandboxState:
        """How it stands, within a second."""
        found = self._ask("health", timeout=HEALTH_SECONDS)
        return SandboxState(
            now=datetime.fromtimestamp(found["now"], UTC),
            is_stopped=found["is_stopped"],
            objects=found["objects"],
        )

    def move_clock(self, to: datetime) -> SandboxState:
        """Let time pass there up to an instant; what falls due meanwhile has happened. Refuses to go back."""
        self._ask("clock", {"now": int(to.timestamp())})
        return self.state()

    def _ask(
        self, path: str, facts: dict[str, Any] | None = None, *, timeout: float = ANSWER_SECONDS
    ) -> dict[str, Any]:
        body = None if facts is None else json.dumps(facts).encode()
        request = urllib.request.Request(f"{self.address}/_sandbox/{path}", data=body)  # noqa: S310 -- set by us
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:  # noqa: S310 -- as above
                return dict(json.load(answer))
        except urllib.error.HTTPError as error:
            sentence = json.load(error)["error"]["message"]
            raise Invalid("stripe.sandbox_refused", f"The sandbox refused: {sentence}") from error
        except (OSError, ValueError) as error:
            raise StripeUnavailable("The Stripe sandbox does not answer.") from error
