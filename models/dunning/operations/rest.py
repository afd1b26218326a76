"""Letting a case rest and waking it: the time it rested does not count for its steps."""

from sqlmodel import Session

from models.dunning import events
from models.dunning.operations.cases import call_person, note, plan_ahead, shift_anchor
from models.dunning.operations.facts import InvoiceFacts
from models.dunning.rules.campaign import DeclineClass
from models.dunning.rules.case_status import ensure_transition
from models.dunning.tables import CaseStatus, DunningCase
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.money import Money


def wake_up(session: Session, actor: Actor, case: DunningCase, facts: InvoiceFacts, *, reason: str) -> None:
    """A loaded and locked case that rested goes on where it was."""
    ensure_transition(case.status, CaseStatus.running)
    shift_anchor(case, case.rest_since_at or clock.now())
    is_unconfirmed = case.failure_class == DeclineClass.needs_action
    case.status = CaseStatus.waiting_action if is_unconfirmed else CaseStatus.running
    case.rest_since_at, case.rest_reason = None, ""
    case.promise_on, case.promise_minor = None, 0
    case.version += 1
    plan_ahead(session, case, facts)
    session.flush()
    note(session, actor, events.CASE_RESUMED, case, facts.number, reason=reason)


def break_promise(session: Session, actor: Actor, case: DunningCase, facts: InvoiceFacts) -> None:
    """The promised day has passed and the money is not here: the case goes on, and a person is called."""
    day, promised = case.promise_on, case.promise_minor or facts.due_minor
    words = Money(promised, case.currency).format()
    wake_up(session, actor, case, facts, reason="The promise was not kept.")
    call_person(
        session, actor, case, f"{words} promised for {day} did not come. Talk to the customer.", facts.number
    )
