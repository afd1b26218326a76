"""The worker as it runs in earnest, with the subscribers of the tests added, and smaller batches where asked."""

import os
import sys

from jobs import billing
from jobs.worker import main
from tests.jobs import subscribers

__all__ = ["main", "subscribers"]

billing.BATCH = int(os.environ.get("TEST_BILLING_BATCH", billing.BATCH))

if __name__ == "__main__":
    sys.exit(main())
