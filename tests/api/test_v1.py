"""Version 1 of the JSON API: the same data, reach and refusals as the screens."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from models.billing import Invoice, InvoiceStatus
from models.kernel.events import Event
from models.kernel.permissions import Permission, Scope
from tests.api.conftest import ORIGIN, Person, SignIn, ensure_problem
from tests.factories.accounts import make_tenant
from tests.factories.billing import make_invoice, make_subscription

LISTS = ("customers", "subscriptions", "invoices")
READING = dict.fromkeys(
    (Permission.customers_read, Permission.invoices_read, Permission.subscriptions_read), Scope.own
)


@pytest.fixture
def viewer(signed_in: SignIn) -> Person:
    """Somebody who may see everything and change nothing."""
    return signed_in("viewer")


def numbers(answer: Any) -> list[str]:
    """The numbers of the invoices on a page."""
    assert answer.status_code == 200, answer.text
    return [each["number"] for each in answer.json()["items"]]


def test_me_names_every_permission_with_its_scope(signed_in: SignIn) -> None:
    """Who is signed in, and what that lets them do."""
    person = signed_in(grants={Permission.invoices_read: Scope.own, Permission.audit_read: Scope.all})
    body = person.get("/api/v1/me").json()
    assert (body["id"], body["name"], body["email"]) == (
        str(person.user.id),
        person.user.name,
        person.user.email,
    )
    assert [(each["permission"], each["scope"]) for each in body["permissions"]] == [
        ("audit:read", "all"),
        ("invoices:read", "own"),
    ]
    assert body["permissions"][1]["sentence"] == "see invoices and their documents"


def test_a_customer_a_subscription_an_invoice(stored: Session, viewer: Person) -> None:
    """Money in minor units with its currency, dates and instants as RFC 3339 has them, why beside each amount."""
    tenant = make_tenant(stored, name="Kaito KK", country="JP", currency="JPY", tags=["vip"], locale="ja_JP")
    subscription = make_subscription(stored, tenant=tenant, mrr=2_985)
    invoice = make_invoice(
        stored, tenant=tenant, total=9_900, paid=400, subscription_id=subscription.id, due_on=date(2026, 3, 9)
    )
    stored.commit()
    listed = viewer.get("/api/v1/customers").json()["items"][0]
    assert (listed["mrr"], listed["due"]) == (
        {"minor": 2985, "currency": "JPY"},
        {"minor": 9500, "currency": "JPY"},
    )
    assert listed["created_at"].endswith("Z")
    customer = viewer.get(f"/api/v1/customers/{tenant.id}").json()
    assert (customer["name"], customer["tags"], customer["contacts"]) == ("Kaito KK", ["vip"], [])
    assert customer["balances"][0]["overdue"] == {"minor": 9500, "currency": "JPY"}
    found = viewer.get(f"/api/v1/subscriptions/{subscription.id}").json()
    assert found == viewer.get("/api/v1/subscriptions").json()["items"][0]
    assert (found["customer"]["name"], found["status"]) == ("Kaito KK", "active")
    assert found["period"] == {"start_on": "2026-01-01", "until_on": "2026-02-01"}
    body = viewer.get(f"/api/v1/invoices/{invoice.id}").json()
    summary = viewer.get("/api/v1/invoices").json()["items"][0]
    assert summary.items() <= body.items()
    assert (body["due_on"], body["voided_at"], body["status"]) == ("2026-03-09", None, "open")
    assert body["lines"][0]["amount"] == {"minor": 9900, "currency": "JPY"}
    assert body["payments"][0]["amount"] == {"minor": 400, "currency": "JPY"}
    assert viewer.get(body["document"]).headers["content-type"] == "application/pdf"


def test_balances_need_the_permission_for_invoices(stored: Session, signed_in: SignIn) -> None:
    """Without it the customer is shown and its money is not."""
    tenant = make_invoice(stored).tenant_id
    stored.commit()
    person = signed_in(grants={Permission.customers_read: Scope.all})
    assert person.get(f"/api/v1/customers/{tenant}").json()["balances"] == []


def test_pages_join_without_gap_or_repeat(stored: Session, viewer: Person) -> None:
    """Forwards and back by the cursors alone."""
    for day in range(7):
        make_invoice(stored, issued_on=date(2026, 3, 1) + timedelta(days=day // 2))
    stored.commit()
    whole = numbers(viewer.get("/api/v1/invoices"))
    assert len(whole) == 7
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = viewer.get("/api/v1/invoices", size=3, after=cursor)
        seen += numbers(page)
        last, cursor = page.json(), page.json()["after"]
    assert seen == whole
    back = viewer.get("/api/v1/invoices", size=3, after=last["before"])
    assert numbers(back) == whole[3:6]
    first = viewer.get("/api/v1/invoices", size=3).json()
    assert first["before"] is None


def test_search_filter_and_order_are_those_of_the_list(stored: Session, viewer: Person) -> None:
    """Each alone and together."""
    northwind = make_tenant(stored, name="Northwind Traders")
    small = make_invoice(stored, tenant=northwind, total=100)
    large = make_invoice(stored, tenant=northwind, total=90_000, status=InvoiceStatus.paid)
    make_invoice(stored, total=500)
    stored.commit()
    get = lambda **asked: numbers(viewer.get("/api/v1/invoices", **asked))  # noqa: E731 -- said four times
    assert get(q="northw", sort="total") == [small.number, large.number]
    assert get(f=["status:paid"]) == [large.number]
    assert get(q="northw", f=["status:open", "total:<2"]) == [small.number]
    assert get(f=["status:void"]) == []


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    ("asked", "code", "field"),
    [
        ({"sort": "password_hash"}, "sort.unknown", "sort"),
        ({"sort": "--name"}, "sort.unknown", "sort"),
        ({"sort": "id; DROP TABLE invoice"}, "sort.unknown", "sort"),
        ({"after": "garbage"}, "paging.bad_cursor", "after"),
        ({"after": "bnVsbA"}, "paging.bad_cursor", "after"),
        ({"after": "a" * 1_001}, "request.unreadable", "after"),
        ({"f": "password_hash:x"}, "filter.unknown", "f"),
        ({"f": "status"}, "filter.malformed", "f"),
        ({"f": "status:bogus"}, "filter.unknown_value", "status"),
        ({"f": ["status:active"] * 21}, "request.unreadable", "f"),
        ({"f": "x:" + "y" * 300}, "request.unreadable", "f.0"),
        ({"q": "a\0b"}, "request.unreadable", "q"),
        ({"f": "status:\0"}, "request.unreadable", "f.0"),
        ({"q": "a" * 201}, "request.unreadable", "q"),
        ({"size": "0"}, "request.unreadable", "size"),
        ({"size": "101"}, "request.unreadable", "size"),
        ({"size": "9" * 5_000}, "request.unreadable", "size"),
    ],
)
def test_bad_questions_name_the_field(viewer: Person, name: str, asked: Any, code: str, field: str) -> None:
    """A list asks strictly; nothing of the question is run as it stands."""
    body = ensure_problem(viewer.get(f"/api/v1/{name}", **asked), 422, code)
    assert body["field"] == field


def test_a_cursor_belongs_to_its_list(stored: Session, viewer: Person) -> None:
    """With another order or filter it is refused, and odd searches find nothing instead of failing."""
    for _ in range(3):
        make_invoice(stored)
    stored.commit()
    cursor = viewer.get("/api/v1/invoices", size=1).json()["after"]
    for other in ({"sort": "total"}, {"f": "status:open"}, {"q": "x"}):
        ensure_problem(
            viewer.get("/api/v1/invoices", size=1, after=cursor, **other), 422, "paging.bad_cursor"
        )
    ensure_problem(viewer.get("/api/v1/customers", after=cursor), 422, "paging.bad_cursor")
    for text in ("'", "% _", "\\", "!|&:*()", "💥", "\ud800".encode("utf-8", "surrogatepass"), " "):
        for name in LISTS:
            assert viewer.get(f"/api/v1/{name}", q=text).status_code == 200


@pytest.mark.parametrize("name", LISTS)
def test_one_that_is_not_there(viewer: Person, name: str) -> None:
    """An unknown id is not found, an unreadable one is said to be unreadable."""
    what = {"customers": "tenant"}.get(name, name.removesuffix("s"))
    ensure_problem(viewer.get(f"/api/v1/{name}/{uuid4()}"), 404, f"{what}.not_found")
    for identifier in ("7", "null", "%00", "a" * 3_000, "'--"):
        ensure_problem(viewer.get(f"/api/v1/{name}/{identifier}"), 422, "request.unreadable")


def test_own_scope_sees_its_own_customers_only(stored: Session, signed_in: SignIn) -> None:
    """In lists and by id; the rest does not exist."""
    manager = signed_in(grants={**READING, Permission.invoices_void: Scope.own})
    own, foreign = make_tenant(stored, owner_id=manager.user.id), make_tenant(stored)
    rows = {
        tenant.id: {
            "customers": tenant.id,
            "subscriptions": make_subscription(stored, tenant=tenant).id,
            "invoices": make_invoice(stored, tenant=tenant).id,
        }
        for tenant in (own, foreign)
    }
    stored.commit()
    for name in LISTS:
        items = manager.get(f"/api/v1/{name}").json()["items"]
        assert [each["id"] for each in items] == [str(rows[own.id][name])]
        assert manager.get(f"/api/v1/{name}/{rows[own.id][name]}").status_code == 200
        answer = manager.get(f"/api/v1/{name}/{rows[foreign.id][name]}")
        assert answer.json()["code"].endswith(".not_found")
    void = manager.post(f"/api/v1/invoices/{rows[foreign.id]['invoices']}/void", reason="not mine")
    ensure_problem(void, 404, "invoice.not_found")


@pytest.mark.parametrize("path", ["/me", *(f"/{name}" for name in LISTS), f"/invoices/{UUID(int=7)}"])
def test_signed_out_or_without_permission(browser: TestClient, signed_in: SignIn, path: str) -> None:
    """401 says to sign in, 403 names the permission."""
    ensure_problem(browser.get(f"/api/v1{path}"), 401, "session.missing")
    if path == "/me":
        return
    answer = signed_in(grants={Permission.audit_read: Scope.all}).get(f"/api/v1{path}")
    body = ensure_problem(answer, 403, "permission.missing")
    assert body["permission"] == f"{path.split('/')[1]}:read"
    assert body["permission"] in body["detail"]


def void(person: Person, invoice: Invoice, **body: Any) -> Any:
    """The answer to voiding."""
    return person.post(f"/api/v1/invoices/{invoice.id}/void", **body)


def test_voiding(stored: Session, signed_in: SignIn) -> None:
    """The invoice is void, and the record says who, how and why, under the id of the request."""
    finance, invoice = signed_in("finance"), make_invoice(stored)
    stored.commit()
    answer = void(finance, invoice, reason="  Issued   twice ")
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["status"], body["due"]["minor"], body["version"]) == ("void", 0, 2)
    assert body["voided_at"].endswith("Z")
    event = stored.exec(select(Event).where(Event.name == "invoice.voided")).one()
    assert (event.reason, event.cause, event.actor_id) == ("Issued twice", "api_call", finance.user.id)
    assert event.request_id == answer.headers["x-request-id"]
    again = ensure_problem(void(finance, invoice, reason="again"), 409, "invoice.already_void")
    assert again["detail"] == "This invoice is void already. Nothing is left to do."


def test_voiding_what_was_paid_is_refused_with_the_way_on(stored: Session, signed_in: SignIn) -> None:
    """Nothing changes, and nothing is recorded."""
    finance = signed_in("finance")
    paid = make_invoice(stored, total=12_345, status=InvoiceStatus.paid)
    stored.commit()
    body = ensure_problem(void(finance, paid, reason="oops"), 409, "invoice.has_payments")
    assert body["detail"] == "Cannot be voided: 123.45 USD were paid. Issue a credit note instead."
    assert body["number"] == paid.number
    assert finance.get(f"/api/v1/invoices/{paid.id}").json()["status"] == "paid"
    assert stored.exec(select(Event).where(Event.name == "invoice.voided")).all() == []


def test_voiding_above_the_limit_needs_a_second_person_also_over_http(
    stored: Session, signed_in: SignIn
) -> None:
    """No way round through the API: it says above which limit it is, who may approve, and where to ask."""
    admin, invoice = signed_in("admin"), make_invoice(stored, total=1_000_001)
    stored.commit()
    body = ensure_problem(void(admin, invoice, reason="Billed twice"), 403, "approval.needed")
    assert body["detail"].startswith(
        "10,000.01 USD is above the 10,000.00 USD that one person may decide alone"
    )
    assert "Request approval on its page" in body["detail"]
    assert (body["action"], body["amount_minor"], body["limit_minor"], body["currency"]) == (
        "void",
        1_000_001,
        1_000_000,
        "USD",
    )
    assert body["approve_permission"] == "voids:approve"
    assert admin.get(f"/api/v1/invoices/{invoice.id}").json()["status"] == "open"
    assert stored.exec(select(Event).where(Event.name == "invoice.voided")).all() == []


def test_voiding_needs_permission_origin_and_a_reason(
    stored: Session, signed_in: SignIn, viewer: Person, browser: TestClient
) -> None:
    """Each refusal names what is missing; the invoice stays open."""
    finance, invoice = signed_in("finance"), make_invoice(stored)
    stored.commit()
    path, body = f"/api/v1/invoices/{invoice.id}/void", {"reason": "because"}
    refused = ensure_problem(void(viewer, invoice, **body), 403, "permission.missing")
    assert refused["permission"] == "invoices:void"
    ensure_problem(browser.post(path, json=body), 401, "session.missing")
    ensure_problem(finance.browser.post(path, json=body), 403, "origin.missing")
    foreign = finance.browser.post(path, json=body, headers={"Origin": "https://evil.test"})
    ensure_problem(foreign, 403, "origin.foreign")
    assert ensure_problem(void(finance, invoice, reason=" \t "), 422, "reason.missing")["field"] == "reason"
    for bad in ({}, {"reason": ""}, {"reason": 7}, {"reason": "a" * 501}, {"reason": "a\0"}):
        assert ensure_problem(void(finance, invoice, **bad), 422, "request.unreadable")["field"] == "reason"
    extra = ensure_problem(void(finance, invoice, reason="x", status="paid"), 422, "request.unreadable")
    assert extra["field"] == "status"
    stored.expire_all()
    assert stored.get_one(Invoice, invoice.id).status == InvoiceStatus.open


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'"x"', b"null", b'{"reason": "\\ud800"}', b"\xff\xfe", b"[" * 100_000]
)
def test_a_body_that_cannot_be_read(signed_in: SignIn, content: bytes) -> None:
    """Broken, of another form, with characters that do not exist, or nested beyond reason."""
    headers = {"Origin": ORIGIN, "Content-Type": "application/json"}
    path = f"/api/v1/invoices/{UUID(int=7)}/void"
    answer = signed_in("finance").browser.post(path, content=content, headers=headers)
    code = "request.unreadable" if answer.status_code == 422 else "body.unreadable"
    ensure_problem(answer, answer.status_code, code)
