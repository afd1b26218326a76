"""All tests, as CI runs them: first side by side, then those that start programs of their own."""

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
# They start web servers, workers, Redis or a browser, which would starve each other.
ALONE = ("tests/jobs", "tests/gate", "tests/browser", "tests/journeys")
NOTHING_COLLECTED = 5


def main() -> int:
    """Run both halves, say how each went in the last lines, and fail where one did."""
    started = time.monotonic()
    alone = [folder for folder in ALONE if any((ROOT / folder).glob("**/test_*.py"))]
    halves = [["-n", "2", *(f"--ignore={folder}" for folder in alone), "tests"]]
    if alone:
        halves.append(alone)
    codes = [_pytest(*half) for half in halves]
    verdict = "passed" if not any(codes) else "FAILED"
    print(f"All tests {verdict} in {time.monotonic() - started:.0f} s.", flush=True)
    return max(codes)


def _pytest(*words: str) -> int:
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", *words], cwd=ROOT, check=False)
    return 0 if done.returncode == NOTHING_COLLECTED else done.returncode


if __name__ == "__main__":
    sys.exit(main())
