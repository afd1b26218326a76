"""What the database refuses is a named fact; what it is given is committed whole or not at all."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlmodel import Session

from models.accounts import StaffUser
from models.kernel import database as kernel_database
from models.kernel.columns import new_id
from models.kernel.database import read_engine, read_session, read_transaction, unit_of_work
from models.kernel.errors import Conflict, Invalid, NotFound, Unavailable
from models.kernel.locking import ensure_version, lock_name, lock_row, try_lock_name
from models.kernel.schema import current_revision, newest_revision
from models.kernel.settings import get_settings
from tests.factories.accounts import make_staff


def _people(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(StaffUser)) or 0


def _raise(state: str) -> None:
    with unit_of_work() as session:
        make_staff(session)
        session.execute(text(f"DO $$ BEGIN RAISE EXCEPTION 'as told' USING ERRCODE = '{state}'; END $$"))


@pytest.mark.parametrize(
    ("state", "kind", "code"),
    [
        ("40001", Conflict, "database.busy"),
        ("40P01", Conflict, "database.busy"),
        ("55P03", Conflict, "database.busy"),
        ("23505", Conflict, "database.duplicate"),
        ("53100", Unavailable, "database.disk_full"),
        ("57014", Unavailable, "database.too_slow"),
        ("57P01", Unavailable, "database.unavailable"),
        ("53300", Unavailable, "database.unavailable"),
        ("25P03", Unavailable, "database.unavailable"),
        ("22003", Invalid, "database.unreadable"),
    ],
)
def test_each_failure_has_its_name_and_leaves_nothing(
    database: Engine, state: str, kind: type[Exception], code: str
) -> None:
    with pytest.raises(kind) as refusal:
        _raise(state)
    assert refusal.value.code == code  # type: ignore[attr-defined]
    with read_session() as session:
        assert _people(session) == 0


@pytest.mark.parametrize("state", ["42P01", "23514"])
def test_our_own_mistakes_keep_their_trace(database: Engine, state: str) -> None:
    with pytest.raises((ProgrammingError, IntegrityError)):
        _raise(state)


def test_a_lock_that_is_held_is_a_conflict(database: Engine) -> None:
    with unit_of_work() as session:
        user_id = make_staff(session).id
    with unit_of_work() as holder:
        lock_row(holder, StaffUser, user_id)
        with pytest.raises(Conflict, match="try again") as refusal, unit_of_work() as session:
            session.execute(text("SET LOCAL lock_timeout = '50ms'"))
            lock_row(session, StaffUser, user_id)
    assert refusal.value.code == "database.busy"
    with unit_of_work() as session:
        assert lock_row(session, StaffUser, user_id).id == user_id


def test_a_query_that_takes_too_long_is_ended(database: Engine) -> None:
    with pytest.raises(Unavailable, match="too long") as refusal, read_transaction() as session:
        session.execute(text("SET LOCAL statement_timeout = '50ms'"))
        session.execute(text("SELECT pg_sleep(30)"))
    assert refusal.value.code == "database.too_slow"


def test_a_backend_that_is_ended_is_unavailable_and_the_next_one_works(database: Engine) -> None:
    def end_my_backend(session: Session) -> None:
        pid = session.scalar(text("SELECT pg_backend_pid()"))
        with database.begin() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        session.execute(text("SELECT 1"))

    with pytest.raises(Unavailable) as refusal, unit_of_work() as session:
        make_staff(session)
        end_my_backend(session)
    assert refusal.value.code == "database.unavailable"
    with unit_of_work() as session:
        assert _people(session) == 0
        make_staff(session)
    with read_session() as session:
        assert _people(session) == 1


def test_a_reading_connection_that_was_cut_while_it_rested_is_replaced_unseen(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut() -> None:
        with read_session() as session:
            pid = session.scalar(text("SELECT pg_backend_pid()"))
        with database.begin() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})

    cut()
    with pytest.raises(Unavailable, match="try again"), read_session() as session:
        _people(session)
    with read_session() as session:
        assert _people(session) == 0
    monkeypatch.setattr(kernel_database, "ASKED_AFTER_SECONDS", 0.0)
    cut()
    with read_session() as session:
        assert _people(session) == 0


def test_a_database_that_is_not_there_is_unavailable(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    absent = database.url.set(drivername="postgresql", database="no_such_database")
    monkeypatch.setenv("DATABASE_READ_URL", absent.render_as_string(hide_password=False))
    get_settings.cache_clear()
    read_engine().dispose()
    read_engine.cache_clear()
    try:
        with pytest.raises(Unavailable, match="does not answer") as refusal, read_session() as session:
            session.execute(text("SELECT 1"))
        assert refusal.value.code == "database.unavailable"
    finally:
        monkeypatch.undo()
        get_settings.cache_clear()
        read_engine.cache_clear()


def test_an_error_in_the_block_undoes_all_of_it(database: Engine) -> None:
    with pytest.raises(RuntimeError, match="on the way"), unit_of_work() as session:
        make_staff(session)
        msg = "on the way"
        raise RuntimeError(msg)
    with read_session() as session:
        assert _people(session) == 0


@pytest.mark.parametrize("reading", [read_session, read_transaction])
def test_a_reading_session_cannot_write(
    database: Engine, reading: Callable[[], AbstractContextManager[Session]]
) -> None:
    with pytest.raises(Exception, match="read-only transaction"), reading() as session:
        make_staff(session)


@pytest.mark.parametrize("name", ["nul\0byte", "half \ud800 pair"])
def test_text_that_cannot_be_stored_is_refused_by_name(database: Engine, name: str) -> None:
    with pytest.raises(Invalid) as refusal, unit_of_work() as session:
        make_staff(session, name=name)
    assert refusal.value.code == "database.unreadable"


def test_a_row_is_locked_or_not_found(session: Session) -> None:
    user = make_staff(session)
    assert lock_row(session, StaffUser, user.id) is user
    with pytest.raises(NotFound) as refusal:
        lock_row(session, StaffUser, new_id())
    assert refusal.value.code == "staff_user.not_found"
    with pytest.raises(NotFound):
        lock_row(session, StaffUser, user.id, StaffUser.name == "somebody else")


def test_locking_reads_what_others_have_written_meanwhile(database: Engine) -> None:
    with unit_of_work() as session:
        user_id = make_staff(session, name="Before").id
    with unit_of_work() as session:
        stale = session.get(StaffUser, user_id)
        assert stale is not None
        with unit_of_work() as other:
            lock_row(other, StaffUser, user_id).name = "After"
        assert stale.name == "Before"
        assert lock_row(session, StaffUser, user_id).name == "After"


def test_a_named_lock_is_held_by_one(database: Engine) -> None:
    order: list[str] = []
    taken, waiting = threading.Event(), threading.Event()

    def second() -> None:
        taken.wait()
        with unit_of_work() as session:
            assert not try_lock_name(session, "numbering:TEST")
            assert try_lock_name(session, "numbering:OTHER")
            waiting.set()
            lock_name(session, "numbering:TEST")
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with unit_of_work() as session:
        lock_name(session, "numbering:TEST")
        taken.set()
        waiting.wait()
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_a_save_against_a_newer_version_is_refused() -> None:
    ensure_version(3, 3, "customer")
    ensure_version(None, 3, "customer")
    with pytest.raises(Conflict, match="Reload") as refusal:
        ensure_version(2, 3, "customer")
    assert refusal.value.code == "customer.changed"
    assert refusal.value.data == {"expected": 2, "actual": 3}


def test_the_template_is_at_the_newest_revision(session: Session) -> None:
    assert current_revision(session) == newest_revision() != ""
