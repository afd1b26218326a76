"""What every running program of a test run needs and takes long: pages that are built, demo data that is loaded."""

import gzip
import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

import fasteners

from jobs.cli.pages import fingerprint_pages
from models.kernel.settings import Settings
from tests.fixtures.postgres import Server
from tests.live.server import (
    ROOT,
    clientforge,
    environment_for,
    free_port,
    program,
    some_customers,
    wait_until_ready,
)

# A build of our own, so that `make run` in the same folder goes on undisturbed.
BUILT_IN = ROOT / ".web-test"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A database to clone, and pages to copy with the port they were built for."""

    database: str
    pages: Path
    port: int

    @classmethod
    def known(cls, folder: Path) -> "Prepared | None":
        """What another process of this run has prepared."""
        note = folder / "prepared.json"
        if not note.exists():
            return None
        found = json.loads(note.read_text())
        return cls(found["database"], Path(found["pages"]), found["port"])

    def tell(self, folder: Path) -> None:
        """Let the other processes of this run know."""
        (folder / "prepared.json").write_text(json.dumps(asdict(self) | {"pages": str(self.pages)}))

    def copy_pages(self, folder: Path, port: int) -> Path:
        """The pages as they would have been built for this port, with the stamp by which `clientforge run` knows."""
        web = folder / "web"
        client = shutil.copytree(self.pages, web / "build" / "client")
        for path in client.glob("assets/reflex-env-*.js"):
            content = path.read_bytes().replace(
                f"localhost:{self.port}".encode(), f"localhost:{port}".encode()
            )
            path.write_bytes(content)
            path.with_suffix(".js.gz").write_bytes(gzip.compress(content))
        (web / "clientforge-pages").write_text(fingerprint_pages(Settings(port=port)))
        return web


def prepare(server: Server) -> Prepared:
    """Load the customers; start the program where no page is built, until it is ready; then stop it."""
    folder, port = server.folder / "prepared", free_port()
    folder.mkdir()
    prepared = Prepared(f"{server.template}_demo", folder / "pages", port)
    url = server.clone(prepared.database)
    environment = environment_for(url, folder, port, pages=BUILT_IN)
    clientforge(environment, "demo", "load", "--file", str(some_customers(folder)))
    # Two runs in one folder would build their pages over each other.
    with (
        fasteners.InterProcessLock(ROOT / ".web-test.lock"),
        program(environment, folder / "run.log") as process,
    ):
        wait_until_ready(f"http://localhost:{port}", process, folder / "run.log")
        shutil.copytree(BUILT_IN / "build" / "client", prepared.pages)
    prepared.tell(server.folder)
    return prepared
