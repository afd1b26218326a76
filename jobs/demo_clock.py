"""What a moved clock makes due is done at once instead of at the schedule's next look."""

from sqlmodel import Session

from jobs.billing import start_due_run, suspend_overdue
from jobs.dunning import advance_dunning, chase_overdue
from jobs.payments import look_after_charges
from jobs.queue import task
from jobs.refunds import look_after_refunds
from jobs.subscribers import subscriber
from models.kernel.events import Event


@subscriber("catch-up", "demo_clock.moved")
def queue_catching_up(_session: Session, _event: Event) -> None:
    """Queue what the schedule would have done meanwhile."""
    catch_up()


@task()
def catch_up() -> None:
    """Every look of the schedule at what is due, in the order in which one leads to the next."""
    start_due_run()
    look_after_charges()
    look_after_refunds()
    chase_overdue()
    advance_dunning()
    suspend_overdue()
