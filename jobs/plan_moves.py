"""Tasks of moves to another version of a plan: batches, each one transaction, until everybody was looked at."""

from collections import Counter
from uuid import UUID

from sqlmodel import Session

from jobs.queue import task
from jobs.subscribers import subscriber
from models.accounts import actor_for
from models.billing import MoveOrder, find_move_order, finish_moves, list_stale_moves, schedule_moves
from models.kernel.actor import Actor, Cause, system_actor
from models.kernel.database import read_session, unit_of_work
from models.kernel.errors import DomainError, Kind
from models.kernel.events import Event

BATCH = 200


@subscriber("plan-moves", "plan.moves_requested")
def queue_moves(_session: Session, event: Event) -> None:
    """Queue the moves; a second task for them finds nobody left to move and nothing to record."""
    plan_moves(str(event.id))


@task()
def plan_moves(request_id: str) -> None:
    """Plan the moves of one request and record how that went; does nothing where they are finished."""
    program = system_actor("plan moves", Cause.event, request_id)
    with read_session() as session:
        order = find_move_order(session, program, request_id=UUID(request_id))
    if order is None:
        return
    sentences: Counter[str] = Counter()
    error = ""
    try:
        _plan_all(order, program, sentences)
    except DomainError as refusal:
        # The database is away: the sweep takes the moves up again once it is back.
        if refusal.kind is Kind.unavailable:
            raise
        error = refusal.sentence
    with unit_of_work() as session:
        finish_moves(session, program, order=order, sentences=sentences, error=error)


def _plan_all(order: MoveOrder, program: Actor, sentences: Counter[str]) -> None:
    """Batch after batch as whoever asked, within what they may still do."""
    cursor, left = None, 1
    while left:
        with unit_of_work() as session:
            person = actor_for(session, order.actor_id, Cause.event) if order.actor_id else program
            batch = schedule_moves(
                session,
                person.caused_by(Cause.event, str(order.id)),
                plan_id=order.plan_id,
                target_id=order.target_id,
                reason=order.reason,
                limit=BATCH,
                after=cursor,
            )
        sentences.update(sentence for _, sentence in batch.skipped)
        cursor, left = batch.cursor, batch.left


def restart_stale_moves() -> None:
    """Queue moves whose task was lost or whose worker fell silent."""
    with read_session() as session:
        stale = list_stale_moves(session, system_actor("schedule"))
    for request_id in stale:
        plan_moves(str(request_id))
