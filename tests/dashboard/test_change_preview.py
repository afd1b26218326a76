"""A preview says in words and figures exactly what the operation will do."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlmodel import Session

from dashboard.components.preview import PreviewView
from dashboard.pages.billing import change_form as forms
from dashboard.pages.billing.change_preview import show_change, show_schedule, show_start, was_now
from dashboard.pages.billing.change_reading import Proposal, read_proposal
from dashboard.pages.billing.engine_words import exact_money
from models.billing import (
    Cancel,
    ChangePlan,
    ChangeQuantity,
    NewSubscription,
    Pause,
    Settlement,
    Subscription,
    get_subscription_detail,
    list_price_choices,
    preview_change,
    preview_schedule,
    preview_start,
    schedule_change,
)
from models.billing.queries.explain import duration
from models.kernel import clock
from models.kernel.errors import Invalid
from tests.factories.accounts import make_tenant
from tests.factories.engine import ACTOR, make_listed_price, start, timing

HALF = datetime(2026, 11, 16, tzinfo=UTC)


def _now(session: Session, one: Subscription, change: Any, action: str = "change_plan") -> PreviewView:
    with clock.pinned(HALF):
        return show_change(
            preview_change(session, ACTOR, subscription_id=one.id, change=change), action, ACTOR
        )


def test_an_upgrade_now_charges_and_explains_each_line(session: Session) -> None:
    small, large = make_listed_price(session, 1_000), make_listed_price(session, 2_000, name="Large")
    one = start(session, small, on=date(2026, 11, 1))
    shown = _now(session, one, ChangePlan(large.id))
    assert shown.sentence == "Charges 5.00 USD now, then 20.00 USD on 1 Dec 2026."
    assert shown.verb == "Change plan and charge 5.00 USD"
    assert [each.amount for each in shown.now.lines] == ["\u22125.00 USD", "10.00 USD"]
    assert shown.now.lines[1].why == [
        "Large, version 1.",
        "Units 1\u20131: 1 × 20.00 USD = 20.00 USD.",
        "Worth of the full period after discounts: 20.00 USD.",
        (
            "For the rest of the period: 1,296,000 of 2,592,000 seconds, "
            "Nov 16, 2026, 00:00:00 to Dec 1, 2026, 00:00:00."
        ),
        "That is 15 d of 30 d.",
        "20.00 USD × 1,296,000 ÷ 2,592,000 = 10.00 USD, rounded half up.",
        "No tax: no rule is to be applied.",
    ]
    assert ("MRR", "20.00 USD (+120.00 USD a year)") in [(each.field, each.after) for each in shown.changes]
    assert [(each.label, each.amount) for each in shown.now.totals][-1] == ("Due", "5.00 USD")


@pytest.mark.parametrize(
    ("settlement", "sentence"),
    [
        (
            Settlement.next_invoice,
            "Nothing is due now; 5.00 USD goes on the next invoice, then 25.00 USD on 1 Dec 2026.",
        ),
        (Settlement.none, "Nothing is due now, then 20.00 USD on 1 Dec 2026."),
    ],
)
def test_what_is_not_charged_now_is_said(session: Session, settlement: Settlement, sentence: str) -> None:
    one = start(session, make_listed_price(session), on=date(2026, 11, 1))
    assert _now(session, one, ChangeQuantity(one.id, 2, settlement)).sentence == sentence


def test_money_that_comes_back_goes_to_the_balance(session: Session) -> None:
    one = start(session, make_listed_price(session), on=date(2026, 11, 1), quantity=3)
    shown = _now(session, one, ChangeQuantity(one.id, 1))
    assert shown.sentence == "Gives 10.00 USD to the customer's balance now, then 0.00 USD on 1 Dec 2026."
    assert ("To the balance", "10.00 USD") in [(each.label, each.amount) for each in shown.now.totals]
    ended = _now(session, one, Cancel(gives_credit=True), "cancel")
    assert ended.sentence.endswith("Nothing is planned to be billed after that.")


def test_a_planned_change_is_due_later_and_says_what_it_drops(session: Session) -> None:
    small, large = make_listed_price(session), make_listed_price(session, 2_000)
    one = start(session, small, on=date(2026, 11, 1))
    with clock.pinned(HALF):
        found = preview_schedule(
            session, ACTOR, subscription_id=one.id, change=ChangePlan(large.id), due_on=None
        )
        shown = show_schedule(found, ACTOR)
        assert shown.sentence == (
            "Nothing is due now. On 1 Dec 2026: 20.00 USD is billed, then 20.00 USD on 1 Jan 2027."
        )
        assert shown.verb == "Plan for 1 Dec 2026"
        schedule_change(
            session, ACTOR, subscription_id=one.id, change=ChangePlan(large.id), due_on=None, reason="agreed"
        )
    paused = _now(session, one, Pause(resumes_on=date(2026, 12, 24)), "pause")
    assert paused.sentence.endswith("It resumes by itself on 24 Dec 2026, then 5.00 USD on 24 Dec 2026.")
    assert paused.notes == ["1 planned change loses its meaning and will not happen."]


def test_a_change_of_nothing_has_no_button(session: Session) -> None:
    one = start(session, make_listed_price(session), on=date(2026, 11, 1))
    shown = _now(session, one, ChangeQuantity(one.id, 1), "change_quantity")
    assert (shown.verb, shown.sentence) == ("", "Nothing would change.")


def test_a_stale_preview_shows_what_each_figure_was(session: Session) -> None:
    one = start(session, make_listed_price(session), on=date(2026, 11, 1))
    before, after = (_now(session, one, ChangeQuantity(one.id, number)) for number in (2, 3))
    found = {each.field: (each.before, each.after) for each in was_now(before, after)}
    assert found["Invoice now: Due"] == ("5.00 USD", "10.00 USD")
    assert was_now(after, after) == []


def test_a_new_subscription_shows_its_first_two_invoices(session: Session) -> None:
    tenant = make_tenant(session, currency="USD")
    order = NewSubscription(tenant_id=tenant.id, price_id=make_listed_price(session).id, quantity=4)
    with clock.pinned(HALF):
        shown = show_start(preview_start(session, ACTOR, order=order), ACTOR)
        assert shown.sentence == "Charges 40.00 USD now, then 40.00 USD on 16 Dec 2026."
        assert shown.verb == "Start and charge 40.00 USD"
        trial = show_start(preview_start(session, ACTOR, order=replace(order, trial_days=14)), ACTOR)
        assert (trial.verb, trial.now.title) == ("Start on 16 Nov 2026", "")
        assert trial.following.title == "Next invoice, 30 Nov 2026"


def test_the_form_shows_what_applies_and_reads_what_was_chosen(session: Session) -> None:
    small = make_listed_price(session)
    agreed = make_listed_price(session, name="By agreement", unit_amount_minor=None)
    euros = make_listed_price(session, currency="EUR")
    one = start(session, small, on=date(2026, 11, 1), timing=timing("arrears"))
    with clock.pinned(HALF):
        s = get_subscription_detail(session, ACTOR, one.id).snapshot
        choices = tuple(list_price_choices(session, ACTOR, currency="USD"))
    subject = forms.Subject("change_plan", s, choices)
    values = {**forms.first_values(subject), "price": str(agreed.id)}
    assert values["settlement"] == "next_invoice", "in arrears nothing is charged by default"
    names = [each.name for each in forms.fields_of(subject, values, ACTOR)]
    assert names == ["price", "amount", "quantity", "when", "settlement"]
    with pytest.raises(Invalid, match=r"amount\.missing"):
        read_proposal(subject, {**values, "amount": ""})
    values |= {"amount": "12.50", "quantity": "7", "when": "date", "due_on": "2026-11-20"}
    assert read_proposal(subject, values) == Proposal(
        ChangePlan(agreed.id, 7, 1_250, Settlement.next_invoice), is_planned=True, due_on=date(2026, 11, 20)
    )
    for name, value in (
        ("quantity", "1.5"),
        ("quantity", "abc"),
        ("due_on", "soon"),
        ("price", str(euros.id)),
    ):
        with pytest.raises(Invalid):
            read_proposal(subject, {**values, name: value})
    fields = forms.fields_of(subject, values, ACTOR)
    for name, value in (("price", str(euros.id)), ("when", "never"), ("nothing", "x")):
        with pytest.raises(Invalid, match=r"field\.not_there"):
            forms.ensure_known(fields, name, value)


def test_figures_are_written_out() -> None:
    assert [duration(each) for each in (0, 3_605, 86_400 * 15 + 7_200)] == ["0 s", "1 h 5 s", "15 d 2 h"]
    assert [exact_money(each, "USD") for each in ("500", "61/2", "30.5")] == [
        "5.00 USD",
        "0.305 USD",
        "0.305 USD",
    ]
    assert (exact_money("7", "JPY"), exact_money("1500", "KWD")) == ("7 JPY", "1.500 KWD")
