"""Faults on purpose: what a network and a busy vendor do, for the next calls of a route."""

import fnmatch
import threading
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from jobs.sandbox.stripe.errors import ApiError, refused

PATIENCE_SECONDS = 30.0


class Fault(StrEnum):
    """What goes wrong. `before`: nothing is done. `after`: it is done, and kept under its key, but not told."""

    timeout_before = "timeout_before"
    timeout_after = "timeout_after"
    reset_before = "reset_before"
    reset_after = "reset_after"
    conflict = "conflict"
    rate_limit = "rate_limit"
    error_before = "error_before"
    # Done, but the answer that is kept and replayed is the error: only looking tells.
    error_after = "error_after"
    # Done after `seconds`, during which the key is in flight.
    slow = "slow"


@dataclass(slots=True)
class Plan:
    """A fault for `times` calls whose route matches (`*` allowed), after `skip` of them went well."""

    fault: Fault
    route: str = "*"
    times: int = 1
    skip: int = 0
    seconds: float = PATIENCE_SECONDS


class Faults:
    """The plans that are not used up; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._plans: list[Plan] = []

    def add(self, **facts: Any) -> None:
        """Plan a fault."""
        try:
            plan = Plan(**{**facts, "fault": Fault(facts["fault"])})
        except (KeyError, TypeError, ValueError) as error:
            names = ", ".join(Fault)
            raise refused(f"A fault is one of {names}, with route, times, skip and seconds.") from error
        with self._lock:
            self._plans.append(plan)

    def take(self, route: str) -> Plan | None:
        """The fault of a call, which is then used up."""
        with self._lock:
            for plan in self._plans:
                if not fnmatch.fnmatchcase(route, plan.route):
                    continue
                if plan.skip:
                    plan.skip -= 1
                    return None
                plan.times -= 1
                if not plan.times:
                    self._plans.remove(plan)
                return plan
        return None

    def listed(self) -> list[dict[str, Any]]:
        """What is still planned."""
        with self._lock:
            return [asdict(plan) for plan in self._plans]

    def clear(self) -> None:
        """Plan nothing."""
        with self._lock:
            self._plans.clear()


def refusal_before(fault: Fault) -> ApiError | None:
    """The error that a fault answers with instead of doing anything."""
    match fault:
        case Fault.conflict:
            return key_in_use()
        case Fault.rate_limit:
            return ApiError(429, "invalid_request_error", "Request rate limit exceeded.", code="rate_limit")
        case Fault.error_before:
            return server_error()
        case _:
            return None


def key_in_use() -> ApiError:
    """The key's first request is still being carried out."""
    return ApiError(
        409,
        "idempotency_error",
        "There is currently another in-progress request using this Idempotent Key. Please try again later.",
        code="idempotency_key_in_use",
    )


def server_error() -> ApiError:
    """Stripe's own mistake."""
    return ApiError(500, "api_error", "Sorry, something went wrong on Stripe's end.")
