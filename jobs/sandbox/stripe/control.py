"""`/_sandbox/…`: time, faults, webhooks, and what Stripe's dashboard would do. JSON in, JSON out, no key."""

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from jobs.sandbox.stripe.account import Account
from jobs.sandbox.stripe.cards import CARDS, DEBITS, FURTHER_DECLINES
from jobs.sandbox.stripe.errors import ApiError, refused
from jobs.sandbox.stripe.faults import Faults
from jobs.sandbox.stripe.http import Request, Response, as_json
from jobs.sandbox.stripe.store import Body
from jobs.sandbox.stripe.webhooks import Conduct, Webhooks

Given = dict[str, Any]
# A step of the clock may set a lot in motion; a century is a mistake.
LONGEST_STEP = 400 * 86_400


class Control:
    """What the sandbox itself can be told."""

    def __init__(self, account: Account, faults: Faults, webhooks: Webhooks) -> None:
        self._account = account
        self._faults = faults
        self._webhooks = webhooks
        self._answers: dict[tuple[str, str], Callable[[Given], Body]] = {
            ("GET", "health"): self._health,
            ("GET", "clock"): self._clock,
            ("POST", "clock"): self._move_clock,
            ("GET", "faults"): self._list_faults,
            ("POST", "faults"): self._add_fault,
            ("DELETE", "faults"): self._clear_faults,
            ("GET", "webhooks"): self._conduct,
            ("POST", "webhooks"): self._behave,
            ("POST", "webhooks/flush"): self._flush,
            ("POST", "endpoint"): self._set_endpoint,
            ("GET", "methods"): self._methods,
            ("POST", "reset"): self._reset,
        }

    def answer(self, request: Request) -> Response:
        """The answer to a request under `/_sandbox`."""
        try:
            self._ensure_no_other_page(request)
            known = self._answers.get(
                (request.method, request.path.removeprefix("/_sandbox/")), self._unknown
            )
            return as_json(200, known(_read(request.body)))
        except ApiError as error:
            return as_json(error.status, error.body)

    def _ensure_no_other_page(self, request: Request) -> None:
        """A page of somebody else's, open in a browser of this machine, may not move our clock."""
        if request.headers.get("origin", self._account.address) != self._account.address:
            raise ApiError(403, "invalid_request_error", "The sandbox is not told what to do by other pages.")

    def _unknown(self, _given: Given) -> Body:
        known = ", ".join(f"{method} {path}" for method, path in self._answers)
        raise ApiError(404, "invalid_request_error", f"The sandbox knows {known}.")

    def _health(self, _given: Given) -> Body:
        [row] = self._account.store.run("SELECT count(*) AS number FROM object")
        return {"status": "pass", "objects": row["number"], **self._clock({})}

    def _clock(self, _given: Given) -> Body:
        return {"now": self._account.clock.now(), "is_stopped": self._account.clock.is_stopped}

    def _move_clock(self, given: Given) -> Body:
        """`now` or `advance_seconds`, and `is_stopped`; what falls due meanwhile happens in order."""
        account = self._account
        with account.store.transaction():
            if given.get("is_stopped") is True:
                account.clock.stop()
            elif given.get("is_stopped") is False and account.clock.is_stopped:
                account.clock.start()
            now = account.clock.now()
            target = int(given.get("now", now + int(given.get("advance_seconds", 0))))
            if target - now > LONGEST_STEP:
                raise refused("The clock moves by 400 days at most at a time.", param="now")
            done = account.run_due(until=target)
            account.clock.move_to(target)
        return {**self._clock({}), "done": done}

    def _list_faults(self, _given: Given) -> Body:
        return {"faults": self._faults.listed()}

    def _add_fault(self, given: Given) -> Body:
        self._faults.add(**given)
        return self._list_faults({})

    def _clear_faults(self, _given: Given) -> Body:
        self._faults.clear()
        return self._list_faults({})

    def _conduct(self, _given: Given) -> Body:
        return self._webhooks.told()

    def _behave(self, given: Given) -> Body:
        self._webhooks.behave(given)
        return self._webhooks.told()

    def _flush(self, _given: Given) -> Body:
        made = self._webhooks.flush(is_all=True)
        return {**self._webhooks.told(), "made": made}

    def _set_endpoint(self, given: Given) -> Body:
        """Make one endpoint for all events the only one, with a secret that the caller chose."""
        return set_endpoint(self._account, url=given["url"], secret=given["secret"])

    def _methods(self, _given: Given) -> Body:
        """The test methods there are."""
        known = [
            {"token": each.token, "number": each.number, "kind": each.kind, "title": each.title}
            for each in (*CARDS, *DEBITS)
        ]
        further = [
            {
                "token": f"pm_sandbox_decline_{code}",
                "number": "",
                "kind": "card",
                "title": f"Declined: {code}",
            }
            for code in FURTHER_DECLINES
        ]
        return {"methods": [*known, *further]}

    def _reset(self, _given: Given) -> Body:
        """Forget everything, time included."""
        self._account.store.forget()
        self._faults.clear()
        self._webhooks.behave(asdict(Conduct()))
        return self._health({})


def set_endpoint(account: Account, *, url: str, secret: str) -> Body:
    """Make one endpoint for all events the only one; the same again where it is there already."""
    with account.store.transaction():
        found, _ = account.store.listed("webhook_endpoint", {"status": "enabled"}, limit=100)
        for each in found:
            if each["url"] == url:
                account.store.hide(each["id"], {"secret": secret})
                return each
            account.save({**each, "status": "disabled"})
        endpoint = account.make("webhook_endpoint", url=url, enabled_events=["*"])
        account.store.hide(endpoint["id"], {"secret": secret})
        return endpoint


def _read(body: str) -> Given:
    try:
        found = json.loads(body or "{}")
    except ValueError as error:
        raise refused("The body is not JSON.") from error
    if not isinstance(found, dict):
        raise refused("The body is not a JSON object.")
    return found
