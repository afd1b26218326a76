"""Planned changes beside others: with a trial that is extended, and two at one agreed price."""

from datetime import date

import pytest
from sqlmodel import Session, select

from dashboard.pages.billing.change_preview import show_change
from dashboard.pages.billing.engine_words import change_words
from models.billing import (
    Cancel,
    ChangePlan,
    ChangeQuantity,
    ExtendTrial,
    Settlement,
    Subscription,
    SubscriptionStatus,
    get_forecast,
    get_subscription_detail,
    preview_change,
    schedule_change,
)
from models.billing.tables import ScheduledChange
from models.kernel import clock
from models.kernel.events import Event
from tests.factories.billing import make_plan, make_price
from tests.factories.engine import ACTOR, at, change, make_listed_price, run, start

FIRST, TRIAL_ENDS, LATER = date(2026, 11, 1), date(2026, 11, 15), date(2026, 11, 30)


def _on_trial(session: Session) -> Subscription:
    price = make_listed_price(session, trial_days=14)
    return start(session, price, on=FIRST, is_issued=False)


def _plan(session: Session, one: Subscription, what: object, due_on: date | None) -> None:
    with clock.pinned(at(FIRST, 13)):
        schedule_change(
            session,
            ACTOR,
            subscription_id=one.id,
            change=what,
            due_on=due_on,
            reason="asked",  # type: ignore[arg-type]
        )


def test_what_is_planned_for_the_trials_end_moves_with_it(session: Session) -> None:
    """Said for its end, it happens at its end; the cancellation, the list and the next look agree."""
    one = _on_trial(session)
    _plan(session, one, Cancel(), None)
    assert (one.cancels_on, one.trial_until_on) == (TRIAL_ENDS, TRIAL_ENDS)
    what = ExtendTrial(LATER)
    with clock.pinned(at(date(2026, 11, 10))):
        shown = show_change(
            preview_change(session, ACTOR, subscription_id=one.id, change=what), "extend_trial", ACTOR
        )
    assert shown.notes == ["What is planned for 15 Nov 2026 (cancel) moves with the trial to 30 Nov 2026."]
    change(session, one, what, at(date(2026, 11, 10)))
    session.refresh(one)
    assert (one.cancels_on, one.trial_until_on, one.renews_at) == (LATER, LATER, at(LATER, 0))
    (planned,) = session.exec(select(ScheduledChange)).all()
    session.refresh(planned)
    assert (planned.status, planned.due_on, planned.due_at) == ("planned", LATER, at(LATER, 0))
    event = session.exec(select(Event).where(Event.name == "subscription.trial_extended")).one()
    assert event.after is not None
    assert event.after["moved"] == ["cancel to 2026-11-30"]
    run(session, TRIAL_ENDS)
    assert one.status == SubscriptionStatus.trial
    run(session, LATER)
    session.refresh(one)
    assert (one.status, one.cancelled_on) == (SubscriptionStatus.cancelled, LATER)


def test_what_is_planned_for_a_day_of_its_own_stays_there(session: Session) -> None:
    one = _on_trial(session)
    _plan(session, one, ChangeQuantity(one.id, 3, settlement=Settlement.none), date(2026, 11, 12))
    change(session, one, ExtendTrial(LATER), at(date(2026, 11, 10)))
    run(session, date(2026, 11, 12))
    session.refresh(one)
    assert (one.quantity, one.status, one.period_until_on) == (3, SubscriptionStatus.trial, LATER)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_planned_changes_to_one_agreed_price_keep_their_own_amounts(
    session: Session, order: tuple[int, int]
) -> None:
    one = start(session, make_listed_price(session, 1_000), on=FIRST)
    agreed = make_price(session, make_plan(session, name="Agreed"))
    wanted = ((date(2026, 12, 1), 700), (date(2027, 1, 1), 900))
    for place in order:
        day, minor = wanted[place]
        what = ChangePlan(agreed.id, unit_amount_minor=minor, settlement=Settlement.none)
        _plan(session, one, what, day)
    with clock.pinned(at(FIRST, 14)):
        ahead = get_forecast(session, ACTOR, one.id, periods=2)
    shown = [step.outcome.invoice.total_minor for step in ahead.steps if step.outcome.invoice]
    assert shown == [700, 900]
    found = get_subscription_detail(session, ACTOR, one.id)
    words = [change_words(each.change, {}, found.offers, ACTOR) for each in found.planned]
    assert words == ["Change the plan to Agreed, version 1"] * 2
    for day, minor in wanted:
        run(session, day)
        session.refresh(one)
        assert one.unit_amount_minor == minor
