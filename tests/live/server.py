"""Starting and stopping the program for tests that meet it from outside."""

import csv
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "tests" / "data" / "telco_customers.csv"
PASSWORD = "correct-horse-of-the-tests"
ROWS = 400
READY_WITHIN_SECONDS = 240
STOP_WITHIN_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Live:
    """A running program."""

    address: str
    database_url: str
    folder: Path
    process: psutil.Process
    environment: dict[str, str]


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def some_customers(folder: Path) -> Path:
    """The first customers of the real file."""
    path = folder / "customers.csv"
    with SOURCE.open(newline="") as source, path.open("w", newline="") as target:
        rows = csv.reader(source)
        writer = csv.writer(target)
        for _, row in zip(range(ROWS + 1), rows, strict=False):
            writer.writerow(row)
    return path


def environment_for(database_url: str, folder: Path, port: int, *, pages: Path) -> dict[str, str]:
    """Settings of a program under test; `pages` is the folder it builds its pages in or finds them built."""
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith(("CLIENTFORGE_", "PYTEST_"))
    }
    return {
        **kept,
        "DATABASE_URL": database_url,
        "DATA_DIR": str(folder),
        "PORT": str(port),
        "DEMO_PASSWORD": PASSWORD,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "REFLEX_TELEMETRY_ENABLED": "false",
        "REFLEX_USE_NPM": "1",
        "REFLEX_WEB_WORKDIR": str(pages),
        "PYTHONWARNINGS": "ignore",
    }


@contextmanager
def running(command: list[str], environment: dict[str, str], log: Path) -> Iterator[psutil.Process]:
    """A process of ours that is ended, with all its children, after the block."""
    with log.open("w") as output:
        started = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=output, start_new_session=True
        )
        process = psutil.Process(started.pid)
        children: list[psutil.Process] = []
        try:
            yield process
        finally:
            if process.is_running():
                children = process.children(recursive=True)
                process.send_signal(signal.SIGTERM)
            try:
                started.wait(STOP_WITHIN_SECONDS)
            except subprocess.TimeoutExpired:
                started.kill()
            for left in psutil.wait_procs(children, 5)[1]:
                left.kill()


def program(environment: dict[str, str], log: Path) -> AbstractContextManager[psutil.Process]:
    """`clientforge run`, ended after the block."""
    return running([sys.executable, "-m", "jobs.cli", "run"], environment, log)


def wait_until_ready(address: str, process: psutil.Process, log: Path) -> None:
    """Until the server answers that it can work; raises with the end of its log where it does not."""
    until = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < until and process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=5):  # noqa: S310 -- our own loopback
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    msg = f"The server did not start. Its log ends:\n{log.read_text()[-4_000:]}"
    raise RuntimeError(msg)


def clientforge(environment: dict[str, str], *words: str) -> str:
    """Run a command of the operator's command line and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "jobs.cli", *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout
