"""Somebody with a browser: the HTTP side on a real database that is emptied after each test."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlmodel import Session

from dashboard.api.app import api
from dashboard.api.error_codes import error_codes
from dashboard.shell import guard
from models.accounts import Role, StaffRole, StaffUser
from models.accounts.tables import RoleGrant
from models.kernel.permissions import Permission, Scope
from tests.factories.accounts import PASSWORD, make_staff

ORIGIN = "http://testserver"


@pytest.fixture(autouse=True)
def _fresh_beliefs() -> Iterator[None]:
    """Cookies that one test believed are asked anew in the next."""
    guard.forget_all()
    yield
    guard.forget_all()


@pytest.fixture
def stored(database: Engine) -> Iterator[Session]:
    """A session whose `commit()` the program sees."""
    with Session(database, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def browser(database: Engine) -> Iterator[TestClient]:
    """A browser that nobody signed in with; a fault of the program is an answer, as with the real server."""
    with TestClient(api, raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


@dataclass
class Person:
    """A member of staff at a browser of their own."""

    user: StaffUser
    browser: TestClient

    def get(self, path: str, **params: Any) -> Any:
        """GET with these parameters."""
        return self.browser.get(path, params=params or None)

    def post(self, path: str, **body: Any) -> Any:
        """POST JSON from a page of ours."""
        return self.browser.post(path, json=body, headers={"Origin": ORIGIN})


SignIn = Callable[..., Person]


@pytest.fixture
def signed_in(stored: Session) -> Iterator[SignIn]:
    """Make a member of staff in a built-in role, or with single permissions, and sign them in."""
    clients: list[TestClient] = []

    def make(role: str | None = None, grants: dict[Permission, Scope] | None = None, **facts: Any) -> Person:
        user = make_staff(stored, role=role, **facts)
        if grants is not None:
            _grant(stored, user, grants)
        stored.commit()
        client = TestClient(api, raise_server_exceptions=False, follow_redirects=False)
        clients.append(client)
        answer = sign_in(client, user.email)
        assert answer.headers["location"] == "/", answer.headers
        return Person(user, client)

    yield make
    for client in clients:
        client.close()


def sign_in(client: TestClient, email: str, password: str = PASSWORD, **more: Any) -> Any:
    """Post the sign-in form as the page does."""
    fields = {"email": email, "password": password, **more}
    return client.post("/api/auth/sign-in", data=fields, headers={"Origin": ORIGIN})


def ensure_problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The problem document, which must be of this status and code, listed in the docs, and tell nothing else."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"].endswith(f"/api/docs#error-{code}")
    assert body["request_id"] == answer.headers["x-request-id"] != ""
    assert body["detail"].endswith((".", "”")) or "errors" in body
    assert (code, status) in {(each.code, each.status) for each in error_codes()}
    assert "Traceback" not in answer.text
    return body


def _grant(session: Session, user: StaffUser, grants: dict[Permission, Scope]) -> None:
    role = Role(key=f"role-{user.id.hex}", name="Made for a test")
    session.add(role)
    session.flush()
    session.add_all(
        RoleGrant(role_id=role.id, permission=each.value, scope=scope) for each, scope in grants.items()
    )
    session.add(StaffRole(user_id=user.id, role_id=role.id))
    session.flush()
