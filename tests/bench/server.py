"""The web server under measurement: a copy of the sources, built and run on a port of its own."""

import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.bench.databases import SMALL, databases
from tests.bench.places import DATA, ROOT, TREE, WEBHOOK_SECRET, environment

SOURCES = (
    "dashboard",
    "models",
    "jobs",
    "migrations",
    "assets",
    "reflex.lock",
    "rxconfig.py",
    "pyproject.toml",
)
READY_WITHIN_SECONDS = 600
STOP_WITHIN_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Server:
    """A running web server with the demo data."""

    address: str
    password: str
    process: psutil.Process

    def resident_bytes(self) -> int:
        """Memory in use by all web processes together."""
        everybody = [self.process, *self.process.children(recursive=True)]
        return sum(each.memory_info().rss for each in everybody if each.is_running())


@contextmanager
def served() -> Iterator[Server]:
    """Build the pages, serve them, and stop every process at the end."""
    with databases(with_large=False) as addresses:
        _copy_sources()
        port = _free_port()
        settings = environment(
            DATABASE_URL=addresses[SMALL],
            PORT=str(port),
            STRIPE_WEBHOOK_SECRET=WEBHOOK_SECRET,
            REFLEX_TELEMETRY_ENABLED="false",
            REFLEX_USE_NPM="1",
            PATH=f"{Path(sys.executable).parent}:{_path()}",
        )
        command = [
            sys.executable,
            "-m",
            "reflex",
            "run",
            "--env",
            "prod",
            "--single-port",
            "--loglevel",
            "warning",
        ]
        with (DATA / "server.log").open("w") as log:
            started = subprocess.Popen(
                command, cwd=TREE, env=settings, stdout=log, stderr=log, start_new_session=True
            )
            process = psutil.Process(started.pid)
            try:
                address = f"http://localhost:{port}"
                _wait_until_ready(address, started)
                yield Server(address, (DATA / "demo_password").read_text().strip(), process)
            finally:
                _stop(process)
                started.wait(STOP_WITHIN_SECONDS)


def _copy_sources() -> None:
    """The sources as they stand, so that a build here never disturbs one that runs in the working copy."""
    TREE.mkdir(parents=True, exist_ok=True)
    for name in SOURCES:
        source, target = ROOT / name, TREE / name
        if source.is_file():
            shutil.copy2(source, target)
            continue
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
    # What was fetched for the working copy's pages need not be fetched again.
    modules = ROOT / ".web" / "node_modules"
    if modules.is_dir() and not (TREE / ".web").exists():
        shutil.copytree(ROOT / ".web", TREE / ".web", symlinks=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _path() -> str:
    return environment().get("PATH", "")


def _wait_until_ready(address: str, started: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < until:
        if started.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=5):  # noqa: S310 -- our own loopback
                return
        except urllib.error.HTTPError:
            # Up, but without a worker its queue may count as behind; pages answer all the same.
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise RuntimeError(f"The web server did not start; {DATA / 'server.log'} says why.")


def _stop(process: psutil.Process) -> None:
    """End the server with all its children, by id."""
    try:
        everybody = [*process.children(recursive=True), process]
    except psutil.NoSuchProcess:
        return
    for each in everybody:
        if each.is_running():
            each.terminate()
    _gone, left = psutil.wait_procs(everybody, STOP_WITHIN_SECONDS)
    for each in left:
        each.kill()
