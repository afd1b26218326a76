"""The worker as it runs in earnest, with the subscribers of the tests added."""

import sys

from jobs.worker import main
from tests.jobs import subscribers

__all__ = ["main", "subscribers"]

if __name__ == "__main__":
    sys.exit(main())
