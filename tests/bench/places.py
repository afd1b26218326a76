"""Where the measurements keep their databases, pages and results, and how they start our own programs."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "bench" / "results.json"
# Beside the working copy's own `.data`, which a measurement never touches.
DATA = Path(os.environ.get("BENCH_DATA_DIR", ROOT / "bench" / ".data")).resolve()
TREE = DATA / "tree"
# What the measured server and the measuring sender sign with.
WEBHOOK_SECRET = "whsec_of_the_measurement"


def environment(**settings: str) -> dict[str, str]:
    """The environment of a program of ours: our own data folder and none of the caller's databases."""
    kept = {key: value for key, value in os.environ.items() if key not in _OURS}
    return {**kept, "DATA_DIR": str(DATA), "PYTHONWARNINGS": "ignore", **settings}


def run_module(module: str, *arguments: str, settings: Mapping[str, str]) -> str:
    """Run a module of ours to its end; what it printed. Raises CalledProcessError where it fails."""
    command = [sys.executable, "-m", module, *arguments]
    found = subprocess.run(
        command, cwd=ROOT, env=environment(**settings), stdout=subprocess.PIPE, check=True, text=True
    )
    return found.stdout


_OURS = frozenset(
    {"DATABASE_URL", "DATABASE_READ_URL", "REDIS_URL", "PUBLIC_URL", "ALLOWED_ORIGINS", "PORT", "HOST"}
)
