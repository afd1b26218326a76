"""The file of an export: a link that expires, and the session of whoever asked."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from models.accounts import actor_for
from models.import_export import export_href, export_path, request_export
from models.import_export.tables import Export
from models.kernel import clock
from models.kernel.events import Event
from models.kernel.secrets import sign_link
from tests.api.conftest import Person, SignIn, ensure_problem

CONTENT = "\ufeffNumber\r\nINV-1\r\n"


@pytest.fixture
def manager(signed_in: SignIn) -> Person:
    """Somebody who may export."""
    return signed_in("account_manager")


def ready(session: Session, person: Person, **facts: object) -> UUID:
    """A finished export of the person's, with its file."""
    actor = actor_for(session, person.user.id)
    export_id = request_export(session, actor, listing="invoices")
    session.flush()
    export = session.get(Export, export_id)
    assert export is not None
    export.status, export.expires_at = "ready", clock.now() + timedelta(minutes=60)
    for name, value in facts.items():
        setattr(export, name, value)
    session.commit()
    export_path(export_id, export.format).write_bytes(CONTENT.encode())
    return export_id


def test_the_file_comes_with_its_name_and_is_counted(stored: Session, manager: Person) -> None:
    """Right bytes, right name, one line on record; asking for its size counts nothing."""
    export_id = ready(stored, manager)
    href = export_href(export_id)
    head = manager.browser.head(href)
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(CONTENT.encode())))
    answer = manager.get(href)
    assert answer.content.decode() == CONTENT
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith('attachment; filename="invoices-')
    assert answer.headers["cache-control"] == "private, no-store"
    stored.expire_all()
    export = stored.get(Export, export_id)
    assert export is not None
    assert export.downloads == 1
    taken = stored.exec(select(Event).where(Event.name == "export.downloaded")).one()
    assert taken.request_id == answer.headers["x-request-id"]
    assert (taken.cause, taken.actor_id) == ("api_call", manager.user.id)


def test_a_link_is_for_one_export_and_cannot_be_made(stored: Session, manager: Person) -> None:
    """Forged, borrowed, of another purpose, or missing: refused alike, and nothing is counted."""
    export_id, other = ready(stored, manager), ready(stored, manager)
    borrowed = export_href(other).rpartition("=")[2]
    tokens = [
        "",
        "x",
        export_href(export_id).rpartition("=")[2] + "x",
        borrowed,
        sign_link("device", str(export_id)),
    ]
    for token in tokens:
        ensure_problem(manager.get(f"/api/exports/{export_id}/file", token=token), 403, "link.forged")
    ensure_problem(manager.get(f"/api/exports/{export_id}/file", token="a" * 501), 422, "request.unreadable")
    assert stored.exec(select(Event).where(Event.name == "export.downloaded")).all() == []


def test_a_link_without_its_maker_is_worth_nothing(
    stored: Session, manager: Person, signed_in: SignIn, browser: TestClient
) -> None:
    """Signed out, it asks for the session; in somebody else's, even an administrator's, it does not exist."""
    href = export_href(ready(stored, manager))
    ensure_problem(browser.get(href), 401, "session.missing")
    ensure_problem(signed_in("admin").get(href), 404, "export.not_found")
    gone = uuid4()
    ensure_problem(manager.get(export_href(gone)), 404, "export.not_found")


def test_what_expired_says_what_to_do(stored: Session, manager: Person) -> None:
    """An old link, an export past its time, a file that is gone: 410; one in the making: 409."""
    export_id = ready(stored, manager)
    href = export_href(export_id)
    with clock.pinned(clock.now() - timedelta(minutes=61)):
        old = export_href(export_id)
    body = ensure_problem(manager.get(old), 410, "link.expired")
    assert "Make a new one" in body["detail"]
    over = ready(stored, manager, expires_at=clock.now() - timedelta(seconds=1))
    body = ensure_problem(manager.get(export_href(over)), 410, "export.expired")
    assert "Ask for it again" in body["detail"]
    export_path(export_id, "csv").unlink()
    ensure_problem(manager.get(href), 410, "export.expired")
    waiting = ready(stored, manager, status="waiting", expires_at=None)
    ensure_problem(manager.get(export_href(waiting)), 409, "export.not_ready")
    failed = ready(stored, manager, status="failed", expires_at=None)
    ensure_problem(manager.get(export_href(failed)), 409, "export.failed")
    assert stored.exec(select(Event).where(Event.name == "export.downloaded")).all() == []
