"""Signing in and out: who gets a cookie, who does not, and what a cookie is worth."""

from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from dashboard.api.app import api
from dashboard.api.auth.sign_in import DEVICE_COOKIE, own_page
from dashboard.shell import guard
from models.accounts.tables import StaffSession
from models.kernel import clock
from models.kernel.events import Event
from models.kernel.secrets import hash_token
from tests.api.conftest import ORIGIN, SignIn, ensure_problem, sign_in
from tests.factories.accounts import PASSWORD, make_staff


def cookies_of(answer: Any) -> SimpleCookie:
    """The cookies that an answer sets."""
    found = SimpleCookie()
    for line in answer.headers.get_list("set-cookie"):
        found.load(line)
    return found


def test_the_right_password_opens_a_session(stored: Session, browser: TestClient) -> None:
    """The cookie is out of reach of scripts and other sites; the database has its hash and a line on record."""
    user = make_staff(stored, role="viewer", email="ann@staff.test")
    stored.commit()
    answer = sign_in(browser, " Ann@Staff.TEST ", next="/billing/invoices?f=status:open")
    assert (answer.status_code, answer.headers["location"]) == (303, "/billing/invoices?f=status:open")
    cookie = cookies_of(answer)[guard.COOKIE]
    assert cookie["httponly"]
    assert (cookie["samesite"], cookie["path"], cookie["secure"]) == ("lax", "/", "")
    kept = stored.exec(select(StaffSession)).one()
    assert (kept.user_id, kept.token_hash) == (user.id, hash_token(cookie.value))
    assert stored.exec(select(Event.name)).all() == ["staff_user.signed_in"]
    assert browser.get("/api/v1/me").json()["email"] == "ann@staff.test"


def test_wrong_and_unknown_look_the_same_and_take_the_same(
    stored: Session, browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both get the same words, and both cost one argon2id hash; so do deactivated people and odd characters."""
    known = make_staff(stored, role="viewer")
    gone = make_staff(stored, role="viewer", is_active=False)
    stored.commit()
    hashed: list[str] = []
    verify = PasswordHasher.verify

    def counting(self: PasswordHasher, *args: Any) -> bool:
        hashed.append(str(args[1]))
        return verify(self, *args)

    monkeypatch.setattr(PasswordHasher, "verify", counting)
    tries = [
        (known.email, "wrong"),
        ("nobody@staff.test", PASSWORD),
        (gone.email, PASSWORD),
        ("a\0b", "c\0d"),
    ]
    answers = [sign_in(browser, *each) for each in tries]
    assert {answer.headers["location"] for answer in answers} == {"/sign-in?error=wrong"}
    assert {answer.status_code for answer in answers} == {303}
    assert len(hashed) == len(tries)
    assert not any(answer.headers.get_list("set-cookie") for answer in answers)
    assert stored.exec(select(StaffSession)).all() == []


def test_guessing_is_slowed_down_without_locking_the_person_out(stored: Session) -> None:
    """Ten tries an account for strangers, wherever they sit; a browser that signed in before has its own."""
    ann, bob = make_staff(stored, role="viewer"), make_staff(stored, role="viewer")
    stored.commit()
    own = TestClient(api, follow_redirects=False, client=("192.0.2.1", 1))
    assert sign_in(own, ann.email).headers["location"] == "/"
    for host in range(10):
        stranger = TestClient(api, follow_redirects=False, client=(f"198.51.100.{host}", 1))
        assert sign_in(stranger, ann.email, "guess").headers["location"] == "/sign-in?error=wrong"
    late = TestClient(api, follow_redirects=False, client=("198.51.100.200", 1))
    slow = sign_in(late, ann.email).headers["location"]
    assert slow.startswith("/sign-in?error=slow&retry=")
    assert 0 < int(slow.rpartition("=")[2]) <= 900
    assert sign_in(late, bob.email).headers["location"] == "/", "another account is not slowed down"
    own.cookies.delete(guard.COOKIE)
    assert DEVICE_COOKIE in own.cookies
    assert sign_in(own, ann.email).headers["location"] == "/", "her own browser gets in"
    own.headers["Cookie"] = f"{DEVICE_COOKIE}={own.cookies[DEVICE_COOKIE]}x"
    own.cookies.clear()
    assert "slow" in sign_in(own, ann.email).headers["location"], "a forged device is a stranger"


def test_one_address_has_thirty_tries(browser: TestClient) -> None:
    """Spread over accounts, guessing from one place is slowed down as well."""
    places = [sign_in(browser, f"{number}@staff.test", "x").headers["location"] for number in range(31)]
    assert set(places[:30]) == {"/sign-in?error=wrong"}
    assert places[30].startswith("/sign-in?error=slow")


@pytest.mark.parametrize(
    "page",
    [
        "https://evil.test/",
        "//evil.test",
        "///evil.test",
        "/\\evil.test",
        "\\\\evil.test",
        "//[",
        "javascript:alert(1)",
        "/\tevil.test",
        "/a\r\nSet-Cookie: x=1",
        "/api/v1/me",
        "",
        "evil.test",
    ],
)
def test_next_stays_with_us(stored: Session, browser: TestClient, page: str) -> None:
    """Whatever the form says, sign-in leads to a page of ours, and a refusal keeps none but such a page."""
    user = make_staff(stored, role="viewer")
    stored.commit()
    assert own_page(page) == "/"
    assert sign_in(browser, user.email, "wrong", next=page).headers["location"] == "/sign-in?error=wrong"
    assert sign_in(browser, user.email, next=page).headers["location"] == "/"


def test_other_sites_cannot_post_our_forms(stored: Session, browser: TestClient, signed_in: SignIn) -> None:
    """A foreign or opaque origin is refused; with the cookie, so is none at all."""
    user = make_staff(stored, role="viewer")
    stored.commit()
    form = {"email": user.email, "password": PASSWORD}
    for origin in ("https://evil.test", "null", "http://testserver.evil.test", "http://testserver:81"):
        answer = browser.post("/api/auth/sign-in", data=form, headers={"Origin": origin})
        ensure_problem(answer, 403, "origin.foreign")
        assert not answer.headers.get_list("set-cookie")
    assert browser.post("/api/auth/sign-in", data=form).headers["location"] == "/"
    person = signed_in("viewer")
    ensure_problem(person.browser.post("/api/auth/sign-out"), 403, "origin.missing")
    evil = person.browser.post("/api/auth/sign-out", headers={"Origin": "https://evil.test"})
    ensure_problem(evil, 403, "origin.foreign")
    assert person.get("/api/v1/me").status_code == 200


def test_sign_out_ends_the_session_everywhere(stored: Session, signed_in: SignIn) -> None:
    """The cookie goes, and a copy of it is worth nothing from the next request on."""
    person = signed_in("viewer")
    token = person.browser.cookies[guard.COOKIE]
    assert person.get("/api/v1/me").status_code == 200
    answer = person.browser.post("/api/auth/sign-out", headers={"Origin": ORIGIN})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?out=1")
    assert cookies_of(answer)[guard.COOKIE]["max-age"] == "0"
    person.browser.cookies.set(guard.COOKIE, token)
    ensure_problem(person.get("/api/v1/me"), 401, "session.missing")
    assert stored.exec(select(StaffSession)).one().end_reason == "signed out"
    again = person.browser.post("/api/auth/sign-out", headers={"Origin": ORIGIN})
    assert again.headers["location"] == "/sign-in?out=1", "twice is no error"


@pytest.mark.parametrize(
    "token", ["", "x", "a" * 10_000, "%00", "never-given-out", "'; DROP TABLE staff_user; --"]
)
def test_a_forged_cookie_is_nobody(browser: TestClient, token: str) -> None:
    """Whatever it holds, it is answered like none at all."""
    browser.headers["Cookie"] = f"{guard.COOKIE}={token}"
    answer = browser.get("/api/v1/me")
    body = ensure_problem(answer, 401, "session.missing")
    assert body["detail"] == "Sign in first, then send the session cookie with the request."
    assert answer.headers["www-authenticate"].startswith("Cookie")


def test_a_session_ends_by_itself_and_by_others(stored: Session, signed_in: SignIn) -> None:
    """Idle for an hour, twelve hours old, revoked, or its person deactivated: signed out."""

    def idle(kept: StaffSession) -> None:
        kept.last_seen_at = clock.now() - timedelta(minutes=60)

    def old(kept: StaffSession) -> None:
        kept.expires_at = clock.now()

    def revoked(kept: StaffSession) -> None:
        kept.ended_at = clock.now()

    for change in (idle, old, revoked):
        person = signed_in("viewer")
        assert person.get("/api/v1/me").status_code == 200
        change(stored.exec(select(StaffSession).where(StaffSession.user_id == person.user.id)).one())
        stored.commit()
        guard.forget_all()
        ensure_problem(person.get("/api/v1/me"), 401, "session.missing")
    person = signed_in("viewer")
    person.user.is_active = False
    stored.add(person.user)
    stored.commit()
    guard.forget_all()
    ensure_problem(person.get("/api/v1/me"), 401, "session.missing")
