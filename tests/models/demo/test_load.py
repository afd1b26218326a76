"""The load: everything or nothing, into an empty database only."""

from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlmodel import Session, SQLModel, col

from models.accounts import StaffUser, Tenant, sync_built_in_roles
from models.billing import Invoice, NumberSeries, Payment, Plan
from models.demo import DEMO_LOADED, SIGN_INS, DatabaseNotEmpty, demo_password, load_demo
from models.demo.errors import BuiltInRoleMissing, DemoFileDamaged
from models.kernel.actor import Actor, ActorKind, Cause, MissingPermission, system_actor
from models.kernel.errors import Unavailable
from models.kernel.events import Event
from models.kernel.settings import get_settings
from tests.models.demo.test_telco import GOOD, HEADER

ACTOR = system_actor("test", Cause.command)
PASSWORD = "correct horse battery"
LOST = "7590-VHVEG,1,2,Fiber optic,Month-to-month,Yes,Electronic check,29.85,60.01,Yes"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Two customers with 36 invoices, of which one is open."""
    file = tmp_path / "customers.csv"
    file.write_text(f"{HEADER}\n{GOOD}\n{LOST}\n")
    return file


def _count(session: Session, table: type[SQLModel]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_file_is_loaded_with_staff_and_event_and_a_second_load_is_refused(
    session: Session, path: Path
) -> None:
    sync_built_in_roles(session)
    counts = load_demo(session, ACTOR, password=PASSWORD, path=path)
    assert (counts.customers, counts.subscriptions, counts.invoices, counts.payments) == (2, 2, 36, 35)
    assert (_count(session, Tenant), _count(session, Invoice), _count(session, Payment)) == (2, 36, 35)
    plans = dict(session.execute(select(col(Plan.key), col(Plan.is_add_on))).all())
    assert len(plans) == 9 + 4
    assert {key for key, is_add_on in plans.items() if is_add_on} == {"priority-support"}
    assert session.scalar(select(func.sum(Invoice.total_minor))) == 188_950 + 6001
    emails = set(session.scalars(select(col(StaffUser.email))))
    assert emails >= set(SIGN_INS)
    series: dict[str, int] = dict(
        session.execute(select(col(NumberSeries.series), col(NumberSeries.next_number))).all()
    )
    assert sum(series.values()) - len(series) == 36
    event = session.scalars(select(Event).where(col(Event.name) == DEMO_LOADED.name)).one()
    assert event.after == {
        "file": "customers.csv",
        "customers": 2,
        "subscriptions": 2,
        "invoices": 36,
        "payments": 35,
    }

    with pytest.raises(DatabaseNotEmpty, match="already holds customers"):
        load_demo(session, ACTOR, password=PASSWORD, path=path)
    assert _count(session, Tenant) == 2


def test_a_damaged_file_or_a_missing_role_writes_nothing(session: Session, path: Path) -> None:
    with pytest.raises(BuiltInRoleMissing):
        load_demo(session, ACTOR, password=PASSWORD, path=path)
    path.write_text("\n".join([HEADER, GOOD, LOST.replace("60.01", "sixty"), ""]))
    with pytest.raises(DemoFileDamaged, match="Line 3, TotalCharges “sixty”"):
        load_demo(session, ACTOR, password=PASSWORD, path=path)
    assert _count(session, Tenant) == _count(session, StaffUser) == 0


def test_somebody_without_the_permission_is_refused(session: Session, path: Path) -> None:
    nobody = Actor(ActorKind.user, None, "Nobody", Cause.click)
    with pytest.raises(MissingPermission, match="staff:write"):
        load_demo(session, nobody, password=PASSWORD, path=path)


def test_a_full_disk_in_the_middle_is_named_and_leaves_nothing(session: Session, path: Path) -> None:
    sync_built_in_roles(session)
    session.execute(
        text(
            "CREATE FUNCTION pg_temp.no_space() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = '53100'; END $$"
        )
    )
    session.execute(
        text(
            "CREATE TRIGGER no_space BEFORE INSERT ON payment FOR EACH ROW "
            "EXECUTE FUNCTION pg_temp.no_space()"
        )
    )
    savepoint = session.begin_nested()
    with pytest.raises(Unavailable, match=r"no disk space left\. Nothing was loaded"):
        load_demo(session, ACTOR, password=PASSWORD, path=path)
    savepoint.rollback()
    assert _count(session, Tenant) == _count(session, Invoice) == _count(session, StaffUser) == 0


def test_the_password_is_generated_once_and_kept_private(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.delenv("DEMO_PASSWORD", raising=False)
    get_settings.cache_clear()
    try:
        generated = demo_password()
        assert len(generated) >= 16
        assert demo_password() == generated
        assert (tmp_path / "demo_password").stat().st_mode & 0o777 == 0o600
        monkeypatch.setenv("DEMO_PASSWORD", "of-my-own-choice")
        get_settings.cache_clear()
        assert demo_password() == "of-my-own-choice"
    finally:
        get_settings.cache_clear()
