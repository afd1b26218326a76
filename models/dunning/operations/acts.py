"""What a step does: each act says how it ended, in words; a refusal is an outcome, not a failure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from models.billing import (
    Cancel,
    Change,
    Pause,
    WriteOffReason,
    change_subscription,
    preview_change,
    suspend_subscription,
    write_off_invoice,
)
from models.dunning.operations.facts import InvoiceFacts
from models.dunning.operations.mails import write_mail
from models.dunning.rules.campaign import Action, CampaignPlan, CampaignStep, InvoiceEnd, SubscriptionEnd
from models.dunning.tables import DunningCase, StepOutcome
from models.kernel.actor import Actor
from models.kernel.errors import DomainError, Kind
from models.payments import ChargeCause, request_charge


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a step ended; `person_why` is set where a person must look."""

    outcome: StepOutcome
    sentence: str
    charge_id: UUID | None = None
    message_id: UUID | None = None
    person_why: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """The case, its invoice and the step that is taken."""

    case: DunningCase
    facts: InvoiceFacts
    step: CampaignStep

    @property
    def key(self) -> str:
        """One key a step: what is asked for twice happens once."""
        return f"dunning:{self.case.id}:{self.case.round}:{self.case.position}"


def act(session: Session, actor: Actor, moment: Moment) -> Outcome:
    """Carry the step out; a refusal is undone, told, and put before a person."""
    try:
        with session.begin_nested():
            return _ACTS[moment.step.action](session, actor, moment)
    except DomainError as error:
        # The database is away or busy: the sweep comes again.
        if error.kind is Kind.unavailable:
            raise
        why = "" if moment.step.action is Action.charge else error.sentence
        return Outcome(StepOutcome.refused, error.sentence, person_why=why)


@dataclass(frozen=True, slots=True)
class EndOutcome:
    """What the campaign's end did, in sentences; `person_why` where the invoice is left to a person."""

    said: tuple[str, ...]
    person_why: str = ""


def end_acts(session: Session, actor: Actor, plan: CampaignPlan, facts: InvoiceFacts) -> EndOutcome:
    """What the campaign's end does; above what the program may do alone, the invoice is left to a person."""
    found, person_why = [], ""
    acts: list[tuple[bool, str, Callable[[], None]]] = [
        (
            plan.end.subscription is not SubscriptionEnd.keep and facts.subscription_id is not None,
            "subscription",
            lambda: _end_subscription(session, actor, plan.end.subscription, facts),
        ),
        (
            plan.end.invoice is InvoiceEnd.write_off,
            "invoice",
            lambda: _write_off(session, actor, facts.id),
        ),
    ]
    for is_wanted, what, carry_out in acts:
        if not is_wanted:
            continue
        word = plan.end.subscription if what == "subscription" else plan.end.invoice
        try:
            with session.begin_nested():
                carry_out()
            found.append(f"{_DONE[word]}.")
        except DomainError as error:
            if error.kind is Kind.unavailable:
                raise
            found.append(f"Not done: {error.sentence}")
            person_why = error.sentence if what == "invoice" else person_why
    return EndOutcome(tuple(found), person_why)


_DONE: Mapping[str, str] = {
    SubscriptionEnd.pause: "The subscription is paused",
    SubscriptionEnd.suspend: "The subscription is suspended",
    SubscriptionEnd.cancel: "The subscription is cancelled",
    InvoiceEnd.write_off: "The invoice is written off",
}


def _charge(session: Session, actor: Actor, moment: Moment) -> Outcome:
    charge = request_charge(
        session, actor, invoice_id=moment.facts.id, cause=ChargeCause.dunning, request_key=moment.key
    )
    return Outcome(StepOutcome.waiting, "The charge is under way.", charge_id=charge.id)


def _mail(session: Session, actor: Actor, moment: Moment) -> Outcome:
    message_id = write_mail(
        session, actor, moment.case, moment.facts, template=moment.step.template, dedupe_key=moment.key
    )
    return Outcome(StepOutcome.done, "The mail is in the outbox.", message_id=message_id)


def _task(_session: Session, _actor: Actor, moment: Moment) -> Outcome:
    owed = f"{moment.facts.number} is still unpaid"
    return Outcome(
        StepOutcome.done,
        "The account manager was asked to talk to the customer.",
        person_why=f"Talk to {moment.facts.customer}: {owed}.",
    )


def _pause(session: Session, actor: Actor, moment: Moment) -> Outcome:
    _end_subscription(session, actor, SubscriptionEnd.pause, moment.facts)
    return Outcome(StepOutcome.done, "The subscription is paused.")


def _suspend(session: Session, actor: Actor, moment: Moment) -> Outcome:
    if moment.facts.subscription_id is None:
        return Outcome(StepOutcome.skipped, "The invoice bills no subscription.")
    _end_subscription(session, actor, SubscriptionEnd.suspend, moment.facts)
    return Outcome(StepOutcome.done, "The subscription is suspended until the invoice is paid.")


def _write_off_step(session: Session, actor: Actor, moment: Moment) -> Outcome:
    _write_off(session, actor, moment.facts.id)
    return Outcome(StepOutcome.done, "The invoice is written off: the attempts are exhausted.")


def _write_off(session: Session, actor: Actor, invoice_id: UUID) -> None:
    write_off_invoice(session, actor, invoice_id=invoice_id, reason=WriteOffReason.attempts_exhausted)


def _end_subscription(session: Session, actor: Actor, how: SubscriptionEnd, facts: InvoiceFacts) -> None:
    if facts.subscription_id is None:
        return
    reason = f"Invoice {facts.number} stayed unpaid through its campaign."
    if how is SubscriptionEnd.suspend:
        suspend_subscription(session, actor, subscription_id=facts.subscription_id)
        return
    change: Change = Pause() if how is SubscriptionEnd.pause else Cancel()
    preview = preview_change(session, actor, subscription_id=facts.subscription_id, change=change)
    change_subscription(
        session,
        actor,
        subscription_id=facts.subscription_id,
        change=change,
        token=preview.token,
        reason=reason,
    )


_ACTS: Mapping[Action, Callable[[Session, Actor, Moment], Outcome]] = {
    Action.charge: _charge,
    Action.mail: _mail,
    Action.task: _task,
    Action.pause: _pause,
    Action.suspend: _suspend,
    Action.write_off: _write_off_step,
}
