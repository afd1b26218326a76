"""A forecast is what runs would bill; a planned change shows what it leads to."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlmodel import Session, col, select

from models.billing import (
    AddAddOn,
    Cancel,
    ChangePlan,
    ChangeQuantity,
    Invoice,
    Pause,
    Settlement,
    get_forecast,
    get_subscription_detail,
    list_price_choices,
    preview_change,
    preview_schedule,
    schedule_change,
)
from models.billing.rules.periods import local_date
from models.billing.tables import BalanceEntry
from models.kernel import clock
from models.kernel.errors import Conflict, Invalid
from tests.factories.engine import ACTOR, change, make_listed_price, plan_of, run, start, timing

MID_NOVEMBER = datetime(2026, 11, 16, tzinfo=UTC)


def _totals(session: Session, subscription_id: object) -> list[tuple[date, int]]:
    found = session.exec(
        select(Invoice).where(Invoice.subscription_id == subscription_id).order_by(col(Invoice.id))
    )
    return [(each.issued_on, each.total_minor) for each in found]


def _plan(session: Session, subscription_id: Any, what: Any, due_on: date | None = None) -> None:
    schedule_change(
        session, ACTOR, subscription_id=subscription_id, change=what, due_on=due_on, reason="agreed"
    )


@pytest.mark.parametrize("ending", [Cancel(gives_credit=True), Pause(resumes_on=date(2027, 2, 15))])
@pytest.mark.parametrize("when", ["advance", "arrears"])
def test_what_is_forecast_is_what_runs_bill(session: Session, when: str, ending: Any) -> None:
    small, large = make_listed_price(session, 1_000), make_listed_price(session, 2_500)
    add_on = make_listed_price(session, 300, is_add_on=True)
    one = start(session, small, on=date(2026, 10, 31), timing=timing(when))
    with clock.pinned(datetime(2026, 11, 2, tzinfo=UTC)):
        _plan(session, one.id, ChangeQuantity(one.id, 3, Settlement.next_invoice), date(2026, 11, 10))
        _plan(session, one.id, ChangePlan(large.id), date(2026, 11, 30))
        _plan(session, one.id, AddAddOn(add_on.id, 2), date(2026, 12, 8))
        _plan(session, one.id, ending, date(2027, 1, 15))
        known = _totals(session, one.id)
        ahead = get_forecast(session, ACTOR, one.id, 12)
    plans = [each.outcome.invoice for each in ahead.steps if each.outcome.invoice]
    assert ahead.refusal == ""
    assert ending.kind in {each.event for each in ahead.steps}
    run(session, local_date(ahead.steps[-1].at, "UTC"))
    billed = _totals(session, one.id)[len(known) :]
    assert [total for _, total in billed] == [each.total_minor for each in plans]
    assert len(billed) > 2


def test_a_forecast_uses_the_balance_up_and_writes_nothing(session: Session) -> None:
    one = start(session, make_listed_price(session), on=date(2026, 11, 1))
    credit = {"amount_minor": 1_300, "balance_after_minor": 1_300, "kind": "adjustment"}
    session.add(BalanceEntry(tenant_id=one.tenant_id, currency="USD", **credit))
    session.flush()
    version = one.version
    with clock.pinned(MID_NOVEMBER):
        ahead = get_forecast(session, ACTOR, one.id, 3)
    assert [(each.event, each.balance_used_minor) for each in ahead.steps] == [
        ("renew", 1_000),
        ("renew", 300),
        ("renew", 0),
    ]
    assert (ahead.total_minor, one.version, len(_totals(session, one.id))) == (3_000, version, 1)
    with pytest.raises(Invalid, match=r"forecast\.too_long"):
        get_forecast(session, ACTOR, one.id, 13)


def test_the_next_invoice_of_a_preview_counts_what_is_planned_before_it(session: Session) -> None:
    one = start(session, make_listed_price(session), on=date(2026, 11, 1))
    add_on = make_listed_price(session, 500, is_add_on=True)
    with clock.pinned(MID_NOVEMBER):
        _plan(session, one.id, ChangeQuantity(one.id, 5, Settlement.next_invoice), date(2026, 11, 21))
        shown = preview_change(session, ACTOR, subscription_id=one.id, change=AddAddOn(add_on.id))
        assert shown.following is not None
    change(session, one, AddAddOn(add_on.id), MID_NOVEMBER)
    run(session, date(2026, 12, 1))
    assert _totals(session, one.id)[-1] == (date(2026, 12, 1), shown.following.total_minor)


def test_a_trial_is_forecast_to_its_first_invoice(session: Session) -> None:
    one = start(session, make_listed_price(session, trial_days=14), on=date(2026, 11, 1))
    with clock.pinned(MID_NOVEMBER):
        ahead = get_forecast(session, ACTOR, one.id, 2)
    assert [each.event for each in ahead.steps] == ["trial_end", "renew"]
    assert [each.outcome.invoice.issued_on for each in ahead.steps if each.outcome.invoice] == [
        date(2026, 11, 15),
        date(2026, 12, 15),
    ]


def test_a_planned_change_shows_the_invoice_of_its_day(session: Session) -> None:
    small, large = make_listed_price(session, 1_000), make_listed_price(session, 2_000)
    one = start(session, small, on=date(2026, 11, 1))
    with clock.pinned(MID_NOVEMBER):
        at_end = preview_schedule(
            session, ACTOR, subscription_id=one.id, change=ChangePlan(large.id), due_on=None
        )
        within = preview_schedule(
            session, ACTOR, subscription_id=one.id, change=ChangePlan(large.id), due_on=date(2026, 12, 17)
        )
        assert at_end.step.outcome.invoice is not None
        assert (at_end.due_on, at_end.step.outcome.invoice.total_minor) == (date(2026, 12, 1), 2_000)
        assert (at_end.mrr_before_minor, at_end.mrr_after_minor) == (1_000, 2_000)
        assert within.step.outcome.invoice is not None
        assert [line.amount_minor for line in within.step.outcome.invoice.lines] == [-484, 968]
        _plan(session, one.id, Cancel())
        with pytest.raises(Conflict, match=r"change\.collides"):
            preview_schedule(
                session, ACTOR, subscription_id=one.id, change=ChangePlan(large.id), due_on=date(2026, 12, 17)
            )


def test_actions_that_are_not_possible_carry_their_reason(session: Session) -> None:
    one = start(session, make_listed_price(session), on=date(2026, 11, 1))
    with clock.pinned(MID_NOVEMBER):
        facts = {each.key: each for each in get_subscription_detail(session, ACTOR, one.id).actions}
        assert (facts["change_plan"].is_main, facts["change_plan"].refusal) == (True, None)
        assert "keep" not in facts
        assert facts["extend_trial"].refusal is not None
        assert facts["give_coupon"].refusal is None
        assert facts["remove_add_on"].refusal is not None
        _plan(session, one.id, Cancel())
        facts = {each.key: each for each in get_subscription_detail(session, ACTOR, one.id).actions}
        assert "keep" in facts
        assert "cancel" not in facts
    change(session, one, Pause(), MID_NOVEMBER)
    facts = {each.key: each for each in get_subscription_detail(session, ACTOR, one.id).actions}
    assert facts["resume"].is_main
    assert facts["change_plan"].refusal is not None
    assert facts["change_plan"].refusal.sentence.endswith("It is paused: resume it first.")


def test_prices_that_do_not_fit_are_shown_with_the_reason(session: Session) -> None:
    fits = make_listed_price(session, name="Growth")
    euros = make_listed_price(session, currency="EUR", name="Abroad")
    gone = make_listed_price(session, name="Old")
    plan_of(session, gone).status = "archived"
    add_on = make_listed_price(session, is_add_on=True, name="Support", interval="year")
    session.flush()
    found = {
        each.offer.price_id: each.refusal.sentence if each.refusal else ""
        for each in list_price_choices(session, ACTOR, currency="USD")
    }
    assert found[fits.id] == ""
    assert "pays in USD" in found[euros.id]
    assert "Not on sale" in found[gone.id]
    assert add_on.id not in found
    (support,) = [
        each
        for each in list_price_choices(session, ACTOR, currency="USD", is_add_on=True, interval=("month", 1))
        if each.offer.price_id == add_on.id
    ]
    assert support.refusal is not None
