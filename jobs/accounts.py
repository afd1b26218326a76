"""Tasks of the accounts context."""

from models.accounts import purge_sessions
from models.kernel.actor import system_actor
from models.kernel.database import unit_of_work


def purge_ended_sessions() -> None:
    """Delete sessions that ended more than 30 days ago."""
    with unit_of_work() as session:
        purge_sessions(session, system_actor("schedule"))
