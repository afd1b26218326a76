"""The Chromium that browser tests drive: the one on PATH, else Playwright's own, else Debian's package."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
# In a container as root there is no sandbox, no screen and nobody to greet.
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
INSTALL_SECONDS = 300


class NoChromium(RuntimeError):
    """No browser was found and none could be installed."""


def find_chromium() -> str:
    """Path of a Chromium, installed where none is there; raises NoChromium with what was tried."""
    return _on_path() or _playwrights() or _installed() or _none()


def _on_path() -> str:
    return next((found for name in NAMES if (found := shutil.which(name))), "")


def _playwrights() -> str:
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else ""


def _installed() -> str:
    if _has_run(sys.executable, "-m", "playwright", "install", "chromium") and (found := _playwrights()):
        return found
    if shutil.which("apt-get") and os.geteuid() == 0 and _has_run("apt-get", "update", "-q"):
        _has_run("apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium")
    return _on_path()


def _has_run(*words: str) -> bool:
    try:
        done = subprocess.run(words, check=False, capture_output=True, timeout=INSTALL_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _none() -> str:
    msg = (
        "There is no Chromium for the browser tests: none on PATH, none of Playwright's, and neither "
        "`playwright install chromium` nor `apt-get install chromium` worked. Install one, then run again."
    )
    raise NoChromium(msg)
