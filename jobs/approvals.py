"""Tasks of approvals: requests that nobody decided in time expire."""

from models.approvals import expire_requests
from models.kernel.actor import system_actor
from models.kernel.database import unit_of_work


def expire_approvals() -> None:
    """Close what has run out of time, in batches until nothing is left."""
    actor = system_actor("schedule")
    while True:
        with unit_of_work() as session:
            if not expire_requests(session, actor):
                return
