"""What holds for every answer: ids, headers, sizes, methods, addresses that do not exist, failures."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session
from starlette.responses import PlainTextResponse

from dashboard.api.app import Api, api
from dashboard.api.edge import MAX_BODY_BYTES, Edge
from dashboard.api.error_codes import error_codes
from dashboard.api.openapi import operations
from dashboard.api.visitor import demand
from dashboard.shell import guard
from models.kernel import database
from tests.api.conftest import ORIGIN, SignIn, ensure_problem, sign_in
from tests.factories.billing import make_invoice


def test_every_answer_has_an_id_and_safe_headers(browser: TestClient) -> None:
    """Pages and problems, good and bad; an id is never used twice."""
    paths = ("/livez", "/readyz", "/api/docs", "/api/openapi.json", "/api/v1/me", "/api/nothing")
    answers = [browser.get(path) for path in paths]
    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "SAMEORIGIN"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert "no-store" in answer.headers["cache-control"]
    assert len({answer.headers["x-request-id"] for answer in answers}) == len(paths)


@pytest.mark.parametrize(
    "path", ["/api", "/api/", "/api/nothing", "/api/v1", "/api/v1/invoices/", "/api//v1/me"]
)
def test_nothing_below_api_is_a_page(browser: TestClient, path: str) -> None:
    """An address that does not exist is a problem document, whatever the method."""
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        ensure_problem(browser.request(method, path), 404, "address.unknown")
    assert browser.head(path).status_code == 404


def test_methods_that_an_address_does_not_take(browser: TestClient) -> None:
    """405 names those it takes, OPTIONS does too, and HEAD is GET without a body."""
    refused = browser.delete("/api/v1/invoices")
    ensure_problem(refused, 405, "method.not_allowed")
    assert refused.headers["allow"] == "GET, HEAD, OPTIONS"
    assert browser.options("/api/v1/invoices").headers["allow"] == "GET, HEAD, OPTIONS"
    assert browser.options(f"/api/v1/invoices/{uuid4()}/void").headers["allow"] == "OPTIONS, POST"
    full, head = browser.get("/api/openapi.json"), browser.head("/api/openapi.json")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(full.content))


def test_a_body_over_a_megabyte_is_refused(browser: TestClient, signed_in: SignIn) -> None:
    """Whether its length is announced or not, and before anybody asks who sends it."""
    person = signed_in("finance")
    path = f"/api/v1/invoices/{uuid4()}/void"
    headers = {"Origin": ORIGIN, "Content-Type": "application/json"}
    large = b'{"reason": "' + b"a" * MAX_BODY_BYTES + b'"}'
    ensure_problem(person.browser.post(path, content=large, headers=headers), 413, "body.too_large")

    def parts() -> Iterator[bytes]:
        for _ in range(20):
            yield b" " * 100_000

    ensure_problem(person.browser.post(path, content=parts(), headers=headers), 413, "body.too_large")
    ensure_problem(browser.post("/api/auth/sign-in", content=large, headers=headers), 413, "body.too_large")
    lying = {**headers, "Content-Length": "9" * 30}
    ensure_problem(browser.post("/api/nothing", content=b"", headers=lying), 413, "body.too_large")


def test_a_fault_of_ours_is_told_without_a_trace() -> None:
    """The answer has the id under which the log has the trace; what had begun is not overwritten."""
    faulty = Api(openapi_url=None, docs_url=None, redoc_url=None)
    faulty.add_middleware(Edge)

    @faulty.get("/api/fault")
    @demand(guard.Mark.public)
    def fault() -> None:
        msg = "the secret is swordfish"
        raise RuntimeError(msg)

    client = TestClient(faulty, raise_server_exceptions=False)
    answer = client.get("/api/fault")
    body = ensure_problem(answer, 500, "internal.error")
    assert "swordfish" not in answer.text
    assert body["detail"].startswith("The program failed; nothing was changed.")


def test_pages_get_headers_and_an_id_but_keep_their_answers() -> None:
    """What is mounted beside the API passes, with large bodies and its own status."""
    outer = Edge(PlainTextResponse("a page", 404))
    answer = TestClient(outer).post("/somewhere", content=b"a" * (MAX_BODY_BYTES + 1))
    assert (answer.status_code, answer.text) == (404, "a page")
    assert len(answer.headers["x-request-id"]) == 16
    assert "cache-control" not in answer.headers


@contextmanager
def database_gone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Point the program at a port where nobody listens, then back."""
    dead = database._engine("postgresql://nobody@127.0.0.1:1/nothing")
    with monkeypatch.context() as patch:
        patch.setattr(database, "write_engine", lambda: dead)
        patch.setattr(database, "read_engine", lambda: dead)
        yield


def test_without_a_database_every_route_says_so(
    stored: Session, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503 with what to do, for those just seen and for new ones; the process lives, and is not ready."""
    person = signed_in("admin")
    invoice = make_invoice(stored)
    stored.commit()
    assert person.get("/readyz").status_code == 200
    described = [each for each in operations(api.openapi()) if each[2]["x-permission"] != "anybody"]
    assert len(described) >= 9
    with database_gone(monkeypatch):
        for path, method, _ in described:
            guard.forget_all()
            answer = _call(person.browser, method, path, str(invoice.id))
            ensure_problem(answer, 503, "database.unavailable")
            assert answer.headers["retry-after"] == "5"
        ensure_problem(sign_in(person.browser, person.user.email), 503, "database.unavailable")
        assert person.get("/livez").json() == {"status": "pass"}
        ready = person.get("/readyz")
        assert (ready.status_code, ready.json()["status"]) == (503, "fail")
        assert ready.json()["checks"]["database"]["output"].startswith("The database does not answer.")
    guard.forget_all()
    assert person.get("/api/v1/me").status_code == 200, "it recovers without a restart"


def test_a_session_believed_a_moment_ago_does_not_hide_that_the_database_is_gone(
    signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cookie still counts, and the data are missing all the same."""
    person = signed_in("admin")
    assert person.get("/api/v1/me").status_code == 200
    with database_gone(monkeypatch):
        ensure_problem(person.get("/api/v1/me"), 503, "database.unavailable")


def test_the_description_is_complete() -> None:
    """Every operation has an id, a tag, a summary, its permission, its problems, and names nothing elsewhere."""
    description = api.openapi()
    found = list(operations(description))
    assert len({each["operationId"] for *_, each in found}) == len(found)
    for path, _, operation in found:
        assert operation["tags"]
        assert operation["summary"]
        if operation["x-permission"] == "anybody":
            continue
        assert operation["security"] == [{"session": []}], path
        for status in ("401", "503"):
            content = operation["responses"][status]["content"]
            assert content["application/problem+json"]["schema"]["$ref"].endswith("/Problem")
        assert not any(
            "application/json" in each.get("content", {})
            for key, each in operation["responses"].items()
            if key >= "4"
        )
    assert description["components"]["securitySchemes"]["session"]["in"] == "cookie"
    assert api.openapi() == description


def test_the_docs_page_needs_nothing_from_elsewhere(browser: TestClient) -> None:
    """It lists each operation and each error, runs no script, and loads nothing."""
    answer = browser.get("/api/docs")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    for each in error_codes():
        assert f'id="error-{each.code}"' in answer.text
        assert each.sentence
    for *_, operation in operations(api.openapi()):
        assert f'id="{operation["operationId"]}"' in answer.text
    assert "<script" not in answer.text
    assert "src=" not in answer.text
    assert "https://" not in answer.text


def test_error_codes_are_told_from_the_source() -> None:
    """Codes of every way to name one: raised, in a class, in a table, looked up, of HTTP itself."""
    codes = {each.code: each.status for each in error_codes()}
    expected: dict[str, Any] = {
        "invoice.has_payments": 409,
        "export.expired": 410,
        "invoice.not_found": 404,
        "customer.changed": 409,
        "permission.missing": 403,
        "session.missing": 401,
        "database.unavailable": 503,
        "database.busy": 409,
        "body.too_large": 413,
    }
    assert expected.items() <= codes.items()
    assert not any(code.startswith("demo.") for code in codes)


def _call(client: TestClient, method: str, path: str, identifier: str) -> Any:
    filled = "/".join(
        identifier + Path(part).suffix if part.startswith("{") else part for part in path.split("/")
    )
    body = {"json": {"reason": "because"}} if method == "post" else {}
    return client.request(method, filled, headers={"Origin": ORIGIN}, **body)
