"""Exports from the request to the expiry, one transaction at a time."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlmodel import Session, select

from models.accounts import StaffUser, Tenant
from models.import_export import (
    ExportFormat,
    ExportNotReady,
    ExportOrder,
    ExportTakenOver,
    build_file,
    claim_export,
    expire_exports,
    fail_export,
    finish_export,
    get_export,
    list_exports,
    list_kept_exports,
    list_stale_exports,
    record_download,
    report_progress,
    request_export,
)
from models.import_export.errors import ExportFormatUnknown, ExportNeedsPerson, TooManySelected
from models.import_export.rules import EXPORT_MOVES
from models.import_export.tables import ExportStatus
from models.kernel import clock
from models.kernel.actor import Actor, ActorKind, Cause, MissingPermission, system_actor
from models.kernel.columns import new_id
from models.kernel.errors import NotFound
from models.kernel.events import Event
from models.kernel.permissions import Permission, Scope
from models.operations import ProgramOnly

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PROGRAM = system_actor("test")


@pytest.fixture
def ada(session: Session) -> Actor:
    """Somebody who may export customers."""
    return person(session, "ada", Permission.customers_read, Permission.customers_export)


def person(session: Session, name: str, *permissions: Permission, scope: Scope = Scope.all) -> Actor:
    """A member of staff with these permissions."""
    user = StaffUser(email=f"{name}@example.test", name=name, password_hash="-")
    session.add(user)
    session.flush()
    return Actor(ActorKind.user, user.id, name, Cause.click, dict.fromkeys(permissions, scope))


def customers(session: Session, *names: str, owner_id: UUID | None = None) -> list[UUID]:
    """Customers of these names."""
    made = [
        Tenant(name=name, external_ref=name, country="DE", currency="EUR", owner_id=owner_id)
        for name in names
    ]
    session.add_all(made)
    session.flush()
    return [each.id for each in made]


def order(
    session: Session, actor: Actor, *, params: str = "", selection: tuple[UUID, ...] = ()
) -> ExportOrder:
    """An export, requested and claimed."""
    export_id = request_export(session, actor, listing="customers", params=params, selection=selection)
    session.flush()
    claimed = claim_export(session, PROGRAM, export_id=export_id)
    assert claimed is not None
    return claimed


def test_request_is_recorded_and_refused_where_it_must_be(session: Session, ada: Actor) -> None:
    """The right request is an export with an event; the wrong ones name what is wrong."""
    customers(session, "a", "b")
    export_id = request_export(session, ada, listing="customers", params="?sort=-name&after=zzz&bogus=1")
    session.flush()
    found = get_export(session, ada, export_id=export_id)
    assert (found.status, found.rows_total, found.format) == ("waiting", 2, "csv")
    assert found.file_name.endswith(".csv")
    event = session.exec(select(Event).where(Event.name == "export.requested")).one()
    assert event.subject_id == export_id
    assert event.after is not None
    assert event.after["params"] == "sort=-name"

    reader = person(session, "bob", Permission.customers_read)
    with pytest.raises(MissingPermission):
        request_export(session, reader, listing="customers")
    with pytest.raises(ExportNeedsPerson):
        request_export(session, PROGRAM, listing="customers")
    with pytest.raises(NotFound):
        request_export(session, ada, listing="passwords")
    with pytest.raises(ExportFormatUnknown):
        request_export(session, ada, listing="customers", file_format="exe")
    with pytest.raises(TooManySelected):
        request_export(session, ada, listing="customers", selection=[new_id()] * 10_001)


def test_own_exports_only(session: Session, ada: Actor) -> None:
    """Somebody else's export does not exist for you."""
    export_id = order(session, ada).id
    bob = person(session, "bob", *Permission)
    assert [row.id for row in list_exports(session, ada)] == [export_id]
    assert list_exports(session, bob) == []
    with pytest.raises(NotFound):
        get_export(session, bob, export_id=export_id)
    with pytest.raises(NotFound):
        record_download(session, bob, export_id=export_id)


def test_claim_is_exclusive_until_the_builder_falls_silent(session: Session, ada: Actor) -> None:
    """A dead builder's export starts from scratch; the dead one, should it wake, is refused everywhere."""
    with clock.pinned(NOON):
        first = order(session, ada)
        assert claim_export(session, PROGRAM, export_id=first.id) is None
    with clock.pinned(NOON + timedelta(seconds=30)):
        beat = _report(session, first, first.heartbeat_at, 1_000)
        assert get_export(session, ada, export_id=first.id).rows_done == 1_000
    with clock.pinned(NOON + timedelta(seconds=90)):
        assert list_stale_exports(session, PROGRAM) == []
        assert claim_export(session, PROGRAM, export_id=first.id) is None
    with clock.pinned(NOON + timedelta(seconds=91)):
        assert list_stale_exports(session, PROGRAM) == [first.id]
        second = claim_export(session, PROGRAM, export_id=first.id)
        assert second is not None
        assert get_export(session, ada, export_id=first.id).rows_done == 0
    with pytest.raises(ExportTakenOver):
        _report(session, first, beat, 2_000)
    with pytest.raises(ExportTakenOver):
        _finish(session, first, beat, Path("nowhere"))
    fail_export(session, PROGRAM, export_id=first.id, heartbeat_at=beat, error="too late")
    assert get_export(session, ada, export_id=first.id).status == "running"


def test_lost_task_is_found(session: Session, ada: Actor) -> None:
    """An export nobody has begun after a minute is queued again."""
    with clock.pinned(NOON):
        export_id = request_export(session, ada, listing="customers")
        session.flush()
        assert list_stale_exports(session, PROGRAM) == []
    with clock.pinned(NOON + timedelta(seconds=61)):
        assert list_stale_exports(session, PROGRAM) == [export_id]


def test_finish_download_expire(session: Session, ada: Actor, tmp_path: Path) -> None:
    """The file moves to its place, counts its downloads, and cannot be had after its time."""
    with clock.pinned(NOON):
        claimed = order(session, ada)
        with pytest.raises(ExportNotReady):
            record_download(session, ada, export_id=claimed.id)
        part = tmp_path / "x.part"
        part.write_text("12345")
        _finish(session, claimed, claimed.heartbeat_at, part)
        assert not part.exists()
        assert (tmp_path / "x.csv").read_text() == "12345"
        record_download(session, ada, export_id=claimed.id)
        found = get_export(session, ada, export_id=claimed.id)
        assert (found.status, found.file_bytes, found.downloads) == ("ready", 5, 1)
        assert found.expires_at == NOON + timedelta(minutes=60)
        assert expire_exports(session, PROGRAM) == 0
        assert list_kept_exports(session, PROGRAM, export_ids=[claimed.id, new_id()]) == {claimed.id}
    with clock.pinned(NOON + timedelta(minutes=60)):
        with pytest.raises(ExportNotReady, match="expired"):
            record_download(session, ada, export_id=claimed.id)
        assert expire_exports(session, PROGRAM) == 1
        assert expire_exports(session, PROGRAM) == 0
        assert list_kept_exports(session, PROGRAM, export_ids=[claimed.id]) == set()
    names = [event.name for event in session.exec(select(Event).where(Event.subject_id == claimed.id))]
    assert sorted(names) == ["export.downloaded", "export.finished", "export.requested"]


def test_failed_export_says_why(session: Session, ada: Actor) -> None:
    """It fails once, with its sentence and an event, and is not taken up again."""
    claimed = order(session, ada)
    fail_export(session, PROGRAM, export_id=claimed.id, heartbeat_at=claimed.heartbeat_at, error="No room.")
    found = get_export(session, ada, export_id=claimed.id)
    assert (found.status, found.error) == ("failed", "No room.")
    assert claim_export(session, PROGRAM, export_id=claimed.id) is None


def test_file_holds_what_the_person_may_see(session: Session, ada: Actor, tmp_path: Path) -> None:
    """Filter, order, columns, ticked rows and scope of whoever asked; without the permission, nothing."""
    mine = customers(session, "c", "a", "b", owner_id=ada.id)
    customers(session, "d")
    by_name = _built(session, ada, order(session, ada, params="sort=-name&cols=name,id"), tmp_path)
    assert [line.split(",")[0] for line in by_name] == ["\ufeffCustomer", "d", "c", "b", "a"]
    ticked = _built(session, ada, order(session, ada, selection=tuple(mine[:2])), tmp_path)
    assert [line.split(",")[0] for line in ticked[1:]] == ["a", "c"]
    grants = dict.fromkeys((Permission.customers_read, Permission.customers_export), Scope.own)
    own = Actor(ActorKind.user, ada.id, "ada", Cause.click, grants)
    seen = _built(session, own, order(session, own), tmp_path)
    assert [line.split(",")[0] for line in seen[1:]] == ["a", "b", "c"]
    stripped = Actor(ActorKind.user, ada.id, "ada", Cause.click, {Permission.customers_read: Scope.all})
    with pytest.raises(MissingPermission):
        _built(session, stripped, order(session, ada), tmp_path)


def test_steps_of_the_program_are_refused_to_people(session: Session, ada: Actor) -> None:
    """No permission lets a person build or expire."""
    for step in (expire_exports, list_stale_exports):
        with pytest.raises(ProgramOnly):
            step(session, ada)
    with pytest.raises(ProgramOnly):
        claim_export(session, ada, export_id=new_id())


def test_every_status_has_its_moves() -> None:
    """The table is complete, and the ends are ends."""
    assert set(EXPORT_MOVES) == set(ExportStatus)
    assert not EXPORT_MOVES[ExportStatus.failed] | EXPORT_MOVES[ExportStatus.expired]


def _built(session: Session, actor: Actor, claimed: ExportOrder, folder: Path) -> list[str]:
    path = folder / f"{claimed.id}.csv"
    assert claimed.format is ExportFormat.csv
    build_file(session, actor, order=claimed, path=path, on_progress=lambda _: None)
    return path.read_bytes().decode().splitlines()


def _report(session: Session, claimed: ExportOrder, beat: datetime, rows: int) -> datetime:
    return report_progress(session, PROGRAM, export_id=claimed.id, heartbeat_at=beat, rows_done=rows)


def _finish(session: Session, claimed: ExportOrder, beat: datetime, part: Path) -> None:
    target = part.with_name("x.csv")
    finish_export(session, PROGRAM, export_id=claimed.id, heartbeat_at=beat, rows=1, part=part, target=target)
