"""`clientforge run`: database, web, worker and, without a key, the Stripe sandbox under one supervisor."""

import os
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import typer
from honcho.manager import Manager
from honcho.printer import Printer

from jobs.cli.database import bring_in_built_ins
from jobs.cli.demo import load_demo_data, sign_ins
from jobs.cli.pages import are_built, fingerprint_pages, record_built
from jobs.cli.stripe_sandbox import sandbox_environment
from models.demo import has_customers
from models.kernel import schema
from models.kernel.database import database_url, read_session, unit_of_work
from models.kernel.settings import Settings, get_settings

READY_WITHIN_SECONDS = 300


def run() -> None:
    """Start everything and stay until Ctrl-C or SIGTERM, then stop all of it."""
    settings = get_settings()
    _ensure_port_free(settings)
    address = database_url()
    schema.migrate()
    with unit_of_work() as session:
        bring_in_built_ins(session)
    # Somebody's own database is never filled with demo data; the embedded one is, once.
    is_demo = not settings.database_url
    if is_demo and not _has_data():
        typer.echo("First run: loading the demo data, about half a minute.")
        load_demo_data()
    mark = fingerprint_pages(settings)
    is_built = are_built(mark)
    typer.echo("Starting." if is_built else "Building the pages and starting.")
    manager = Manager(Printer(sys.stdout))
    sandbox = sandbox_environment(settings)
    environment = _environment(address, sandbox)
    python = sys.executable
    web = "dashboard.serve" if is_built else "reflex run --env prod --single-port --loglevel warning"
    manager.add_process("web", f"exec {python} -m {web}", env=environment)
    manager.add_process("worker", f"exec {python} -m jobs.worker", env=environment)
    if sandbox:
        port = sandbox["STRIPE_API_BASE"].rpartition(":")[2]
        manager.add_process(
            "stripe", f"exec {python} -m jobs.cli stripe-sandbox --port {port}", env=environment
        )
    threading.Thread(target=_announce, args=(settings, mark), daemon=True).start()
    manager.loop()
    sys.exit(manager.returncode or 0)


def _environment(address: str, sandbox: dict[str, str]) -> dict[str, str]:
    """What the processes are started with: ours, the database's address and the sandbox's."""
    return {
        **os.environ,
        **sandbox,
        "DATABASE_URL": address,
        # Node comes from a wheel and stands beside this Python.
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "REFLEX_TELEMETRY_ENABLED": "false",
        "REFLEX_USE_NPM": "1",
        # With Redis: a process keeps the tabs it serves and writes them back when another one asks for them,
        # instead of fetching and storing all of a tab for each of a click's events.
        "REFLEX_OPLOCK_ENABLED": "true",
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore",
    }


def _ensure_port_free(settings: Settings) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError:
            typer.echo(
                f"Port {settings.port} is in use. Stop what runs there, or choose another: "
                f"PORT={settings.port + 1} make run",
                err=True,
            )
            sys.exit(1)


def _has_data() -> bool:
    with read_session() as session:
        return has_customers(session)


def _announce(settings: Settings, mark: str) -> None:
    probe = f"http://{settings.host}:{settings.port}/readyz"
    until = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(probe, timeout=2):
                break
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    record_built(mark)
    typer.echo(f"\nClientForge Ops is ready: {settings.base_url}")
    typer.echo(
        sign_ins()
        if not settings.database_url
        else "Sign in, or make the first admin: clientforge create-admin"
    )
    typer.echo("Ctrl-C stops everything.\n")
