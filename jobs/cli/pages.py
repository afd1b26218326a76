"""Whether the pages must be built: not where those of the last run are of the same sources and address."""

import hashlib
import os
from pathlib import Path

from models.kernel.schema import ROOT
from models.kernel.settings import Settings

SOURCES = ("assets", "dashboard", "models", "reflex.lock", "requirements", "rxconfig.py")


def web_dir() -> Path:
    """Where Reflex builds the pages."""
    return ROOT / os.environ.get("REFLEX_WEB_WORKDIR", ".web")


def fingerprint_pages(settings: Settings) -> str:
    """Changes with every file the pages are made of, and with the address they call."""
    digest = hashlib.sha256("|".join(settings.origins).encode())
    for name in SOURCES:
        top = ROOT / name
        files = [top] if top.is_file() else sorted(path for path in top.rglob("*") if path.is_file())
        for path in files:
            if "__pycache__" not in path.parts and "node_modules" not in path.parts:
                digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()


def are_built(mark: str) -> bool:
    """Whether the pages that lie there were built from these sources."""
    stamp = web_dir() / "clientforge-pages"
    has_pages = (web_dir() / "build" / "client" / "index.html").is_file()
    return has_pages and stamp.is_file() and stamp.read_text() == mark


def record_built(mark: str) -> None:
    """The pages that lie there are of these sources."""
    (web_dir() / "clientforge-pages").write_text(mark)
