"""All tests, as CI runs them: side by side, in processes that each start what their tests need."""

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
# More than CI has cores: those that drive a browser or a server wait most of their time.
PROCESSES = 4


def main() -> int:
    """Run them, say how it went in the last line, and fail where one failed."""
    started = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-q", "-n", str(PROCESSES), "tests"]
    code = subprocess.run(command, cwd=ROOT, check=False).returncode
    print(f"All tests {'FAILED' if code else 'passed'} in {time.monotonic() - started:.0f} s.", flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
