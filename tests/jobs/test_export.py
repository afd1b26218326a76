"""An export from the request to the file, through a real worker."""

import csv
from pathlib import Path
from uuid import UUID

from sqlmodel import Session

from models.accounts import StaffUser, Tenant, actor_for, sync_built_in_roles
from models.accounts.tables import StaffRole
from models.import_export import request_export
from tests.jobs.conftest import World

CUSTOMERS = 2_500


def test_export_is_built_and_a_killed_one_is_built_anew(world: World) -> None:
    """The file holds exactly the filtered rows; one whose builder died is taken up after its silence.

    Who may no longer sign in gets no file, and the export says so.
    """
    _customers(world)
    first, second, stripped = _request(world, "ada"), _request(world, "ada"), _request(world, "bob")
    world.tell("UPDATE staff_user SET is_active = false WHERE name = 'bob'")
    # As a builder leaves it that was killed two minutes ago: running, with half a file.
    world.tell(
        "UPDATE export SET status = 'running', rows_done = 1000, heartbeat_at = now() - interval '2 min'"
        " WHERE id = :id",
        id=second,
    )
    folder = Path(world.environment["DATA_DIR"]) / "exports"
    folder.mkdir(parents=True)
    left = folder / f"{second}.csv.dead.part"
    left.write_text("half a")

    world.start()
    world.until(
        "both are ready", lambda: world.ask("SELECT count(*) FROM export WHERE status = 'ready'") == 2
    )
    for export_id in (first, second):
        path = folder / f"{export_id}.csv"
        with path.open(encoding="utf-8-sig", newline="") as file:
            heads, *rows = csv.reader(file)
        assert heads[0] == "Customer"
        assert len(rows) == CUSTOMERS // 2
        assert rows[0][0] == "'=cmd|0000", "text that a spreadsheet would run is guarded"
        assert world.ask("SELECT rows_done FROM export WHERE id = :id", id=export_id) == CUSTOMERS // 2
        assert world.ask("SELECT file_bytes FROM export WHERE id = :id", id=export_id) == path.stat().st_size
    assert not left.exists()
    world.until(
        "the third has failed",
        lambda: world.ask("SELECT status FROM export WHERE id = :id", id=stripped) == "failed",
    )
    assert "is deactivated" in world.ask("SELECT error FROM export WHERE id = :id", id=stripped)
    assert world.ask("SELECT count(*) FROM event WHERE name = 'export.failed'") == 1


def _customers(world: World) -> None:
    with Session(world.engine) as session:
        sync_built_in_roles(session)
        admin = session.connection().exec_driver_sql("SELECT id FROM role WHERE key = 'admin'").scalar_one()
        for name in ("ada", "bob"):
            user = StaffUser(email=f"{name}@example.test", name=name, password_hash="-")
            session.add(user)
            session.flush()
            session.add(StaffRole(user_id=user.id, role_id=admin))
        session.add_all(
            Tenant(
                name=f"=cmd|{number:04}",
                external_ref=f"T{number}",
                country="DE" if number % 2 == 0 else "FR",
                currency="EUR",
                status="active",
            )
            for number in range(CUSTOMERS)
        )
        session.commit()


def _request(world: World, name: str) -> UUID:
    user_id = world.ask("SELECT id FROM staff_user WHERE name = :name", name=name)
    with Session(world.engine) as session:
        person = actor_for(session, user_id)
        export_id = request_export(session, person, listing="customers", params="f=country:DE&sort=name")
        session.commit()
    return export_id
