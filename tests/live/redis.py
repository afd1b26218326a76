"""A real Redis of a test's own, which forgets everything."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

INSTALL_SECONDS = 300
START_SECONDS = 10


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """Address of a Redis that ends with the block: the one on PATH, else Debian's package."""
    binary = _binary()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = folder / "redis.log"
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    server = subprocess.Popen([binary, *options, "--logfile", str(log)])
    deadline = time.monotonic() + START_SECONDS
    while not (log.exists() and "eady to accept connections" in log.read_text()):
        assert server.poll() is None, log.read_text()
        assert time.monotonic() < deadline, "redis-server does not start"
        time.sleep(0.02)
    yield f"redis://127.0.0.1:{port}/0"
    server.terminate()
    server.wait()


def _binary() -> str:
    if not shutil.which("redis-server") and shutil.which("apt-get") and os.geteuid() == 0:
        for words in (["update", "-q"], ["install", "-y", "-q", "--no-install-recommends", "redis-server"]):
            subprocess.run(["apt-get", *words], check=False, capture_output=True, timeout=INSTALL_SECONDS)
    found = shutil.which("redis-server")
    assert found, "There is no redis-server, and Debian's package could not be installed. Install one."
    return found
