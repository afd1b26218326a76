"""The worker as it runs in earnest, with the subscribers of the tests added; shorter batches and pauses where asked."""

import os
import sys
import threading
from datetime import timedelta

from jobs import billing, plan_moves
from jobs.payments import look_after_charges
from jobs.threads import Loop
from jobs.worker import main
from models.payments.operations import charges
from tests.jobs import subscribers

__all__ = ["main", "subscribers"]

billing.BATCH = int(os.environ.get("TEST_BILLING_BATCH", billing.BATCH))
plan_moves.BATCH = int(os.environ.get("TEST_MOVES_BATCH", plan_moves.BATCH))

if pause := float(os.environ.get("TEST_CHARGE_PAUSE", "0")):
    # What takes minutes in earnest takes moments: the lease, the pauses, and the schedule's every minute.
    charges.LEASE = charges.LONGEST_PAUSE = timedelta(seconds=pause)
    _forever = threading.Event()

    def _look_after() -> None:
        look_after_charges()
        _forever.wait(pause)

    Loop("look-after", _look_after, lambda: None, _forever).start()

if __name__ == "__main__":
    sys.exit(main())
