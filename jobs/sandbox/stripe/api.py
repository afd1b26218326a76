"""A call of the API from its request to its answer: key, route, faults, parameters, idempotency, transaction."""

import json
import time
from dataclasses import replace
from typing import Any

from jobs.sandbox.stripe.account import API_VERSION, Account, random_text
from jobs.sandbox.stripe.errors import ApiError, Declined, InvalidParameters
from jobs.sandbox.stripe.faults import Fault, Faults, Plan, refusal_before, server_error
from jobs.sandbox.stripe.http import ConnectionBroken, Request, Response, as_json
from jobs.sandbox.stripe.idempotency import Idempotency, fingerprint
from jobs.sandbox.stripe.lists import expanded
from jobs.sandbox.stripe.params import decode_form, read_params
from jobs.sandbox.stripe.routes import Route, find_route

TEST_KEY = "sk_test_"
# Answers that belong to the request and not to the key: the same key may be tried again.
NOT_KEPT = (InvalidParameters,)


class Api:
    """Stripe's API v1 over one account."""

    def __init__(self, account: Account, faults: Faults) -> None:
        self._account = account
        self._faults = faults
        self._idempotency = Idempotency(account)

    def answer(self, request: Request) -> Response:
        """The answer to a request under `/v1`; raises `ConnectionBroken` where a fault wants none."""
        request_id = f"req_{random_text(14)}"
        try:
            found = self._answer(request, request_id)
        except ApiError as error:
            found = as_json(error.status, error.body)
        headers = {**found.headers, "Request-Id": request_id, "Stripe-Version": API_VERSION}
        return replace(found, headers=headers)

    def _answer(self, request: Request, request_id: str) -> Response:
        _ensure_key(request.headers.get("authorization", ""))
        route, ids = find_route(request.method, request.path)
        plan = self._faults.take(route.name)
        if plan:
            _fail_before(plan)
        given = decode_form(request.body if request.method == "POST" else request.query)
        key = request.headers.get("idempotency-key", "") if request.method == "POST" else ""
        if not key:
            found = self._carry_out(route, ids, given, request_id, "", "", plan)
        else:
            told = fingerprint(request.method, request.path, given)
            with self._idempotency.claimed(key):
                found = self._idempotency.replay(key, told) or self._carry_out(
                    route, ids, given, request_id, key, told, plan
                )
        if plan:
            _fail_after(plan)
        return found

    def _carry_out(
        self,
        route: Route,
        ids: tuple[str, ...],
        given: dict[str, Any],
        request_id: str,
        key: str,
        told: str,
        plan: Plan | None,
    ) -> Response:
        params = read_params(route.params, given)
        if plan and plan.fault is Fault.slow:
            time.sleep(plan.seconds)
        account = self._account
        with account.store.transaction():
            account.run_due()
            account.request_id, account.request_key = request_id, key or None
            try:
                found = self._outcome(route, ids, params)
            finally:
                account.request_id = account.request_key = None
            if plan and plan.fault is Fault.error_after:
                failed = server_error()
                found = as_json(failed.status, failed.body, Stripe_Should_Retry="false")
            if key:
                self._idempotency.keep(key, told, found)
        return found

    def _outcome(self, route: Route, ids: tuple[str, ...], params: dict[str, Any]) -> Response:
        """What the route's function answers or refuses; only what a refusal may keep is kept."""
        account = self._account
        paths = params.pop("expand", [])
        account.store.run("SAVEPOINT call")
        try:
            body = expanded(account, route.answer(account, params, *ids), paths)
        except Declined as declined:
            account.store.run("RELEASE call")
            return as_json(declined.status, declined.body)
        except NOT_KEPT:
            raise
        except ApiError as error:
            account.store.run("ROLLBACK TO call")
            account.store.run("RELEASE call")
            return as_json(error.status, error.body)
        account.store.run("RELEASE call")
        return as_json(200, json.loads(json.dumps(body)))


def _ensure_key(authorization: str) -> None:
    key = authorization.removeprefix("Bearer ").strip()
    if not key.startswith(TEST_KEY):
        raise ApiError(
            401,
            "invalid_request_error",
            "Invalid API Key provided. The sandbox takes any key that starts with sk_test_.",
        )


def _fail_before(plan: Plan) -> None:
    if plan.fault is Fault.timeout_before:
        time.sleep(plan.seconds)
    if plan.fault in {Fault.timeout_before, Fault.reset_before}:
        raise ConnectionBroken
    if error := refusal_before(plan.fault):
        raise error


def _fail_after(plan: Plan) -> None:
    if plan.fault is Fault.timeout_after:
        time.sleep(plan.seconds)
    if plan.fault in {Fault.timeout_after, Fault.reset_after}:
        raise ConnectionBroken
