"""Versions, assignments, moves, bulk actions, the nightly look, simulation and figures."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select, update

from models.billing import Invoice
from models.dunning import (
    STANDARD,
    TEMPLATES,
    Assignment,
    CaseAct,
    DunningCase,
    ResultKey,
    Source,
    TargetKind,
    act_on_cases,
    archive_campaign,
    assign_campaign,
    count_movable,
    ensure_standard_campaign,
    evaluate_cases,
    get_campaign,
    get_case,
    get_tiles,
    list_campaigns,
    list_chased_subscriptions,
    list_results,
    move_cases,
    open_overdue,
    preview_mail,
    save_campaign,
    simulate_campaign,
    sync_case,
)
from models.dunning.rules.simulation import Rate
from models.dunning.tables import CampaignVersion
from models.kernel import clock
from models.kernel.actor import MissingPermission
from models.kernel.errors import Conflict, Invalid, NotFound
from models.kernel.permissions import Permission
from tests.factories.accounts import actor_with, make_tenant
from tests.factories.billing import make_invoice, make_subscription
from tests.factories.dunning import ACTOR, DAY, SHORT, make_campaign, make_case, pay, payer, sweep
from tests.fixtures.clock import FrozenClock

LATER = replace(
    SHORT, steps=tuple(replace(step, offset_hours=step.offset_hours + DAY) for step in SHORT.steps)
)


def save(session: Session, case: DunningCase) -> CampaignVersion:
    """The next version of the case's campaign: everything a day later."""
    return save_campaign(
        session, ACTOR, plan=LATER, reason="Too early", templates=TEMPLATES, campaign_id=case.campaign_id
    )


def test_a_running_case_keeps_its_version_until_it_is_moved(session: Session, frozen: FrozenClock) -> None:
    case = make_case(session, tenant=payer(session))
    assert save(session, case).number == 2
    sweep(session)
    assert case.next_at == frozen.now + timedelta(days=2)
    assert count_movable(session, ACTOR, campaign_id=case.campaign_id) == 1
    with session.begin_nested() as kept:
        shown = move_cases(session, ACTOR, campaign_id=case.campaign_id, reason="shown")
        kept.rollback()
    session.refresh(case)
    done = move_cases(session, ACTOR, campaign_id=case.campaign_id, reason="All of them", token=shown.token)
    assert done == shown
    assert (case.round, case.next_action) == (2, "mail")
    assert case.next_at == frozen.now + timedelta(days=1)
    with pytest.raises(Conflict, match="Nothing is to be moved"):
        move_cases(session, ACTOR, campaign_id=case.campaign_id, reason="again")
    assert [each.running for each in get_campaign(session, ACTOR, case.campaign_id).versions] == [1, 0]


def test_a_preview_of_a_move_that_has_aged_is_refused(session: Session, frozen: FrozenClock) -> None:
    case = make_case(session, tenant=payer(session))
    save(session, case)
    with pytest.raises(Conflict, match="Look at the new preview"):
        move_cases(session, ACTOR, campaign_id=case.campaign_id, reason="x", token="stale")


def test_a_version_is_never_changed_not_even_by_hand(session: Session) -> None:
    make_campaign(session)
    with pytest.raises(DBAPIError, match="a version of a campaign is final"), session.begin_nested():
        session.execute(update(CampaignVersion).values(reason="forged"))


def test_what_is_wrong_unchanged_or_older_is_not_saved(session: Session) -> None:
    made = make_campaign(session, SHORT, name="Short")
    broken = replace(SHORT, steps=(replace(SHORT.steps[0], template=""), *SHORT.steps[1:]))
    for facts, refusal in (
        ({"plan": broken}, "Step 1: A mail needs a template"),
        ({"plan": SHORT}, "Nothing differs"),
        ({"plan": LATER, "reason": " "}, "Give a reason"),
        ({"plan": LATER, "expected_version": 7}, "Someone changed this campaign"),
        ({"plan": LATER, "campaign_id": None, "name": "SHORT"}, "called “SHORT” already"),
    ):
        with pytest.raises((Invalid, Conflict), match=refusal):
            save_campaign(
                session,
                ACTOR,
                **{"reason": "x", "templates": TEMPLATES, "campaign_id": made, **facts},  # type: ignore[arg-type]
            )
    reader = actor_with(Permission.dunning_read, Permission.dunning_act)
    with pytest.raises(MissingPermission):
        save_campaign(session, reader, plan=LATER, reason="x", templates=TEMPLATES, campaign_id=made)


def test_there_is_always_one_default(session: Session) -> None:
    assert ensure_standard_campaign(session, ACTOR, templates=TEMPLATES)
    assert not ensure_standard_campaign(session, ACTOR, templates=TEMPLATES)
    first = list_campaigns(session, ACTOR)[0]
    with pytest.raises(Conflict, match="no campaign would be the default"), session.begin_nested():
        archive_campaign(session, ACTOR, campaign_id=first.id, reason="old")
    second = make_campaign(session, SHORT, name="Another")
    archive_campaign(session, ACTOR, campaign_id=first.id, reason="old")
    found = {each.name: (each.is_default, each.status) for each in list_campaigns(session, ACTOR)}
    assert found == {"Another": (True, "active"), "Standard": (False, "archived")}
    plan = Assignment(second, TargetKind.plan, "growth")
    third = make_campaign(session, LATER, name="Third", kind="plan", target="growth")
    with pytest.raises(Conflict, match="Plan growth is given to “Third” already"):
        assign_campaign(session, ACTOR, campaign_id=second, assignments=[plan], reason="x")
    assert third != second


def test_many_at_once_say_who_was_left_alone_and_why(session: Session, frozen: FrozenClock) -> None:
    cases = [make_case(session, tenant=payer(session)) for _ in range(3)]
    pay(session, cases[0].invoice_id)
    sync_case(session, ACTOR, invoice_id=cases[0].invoice_id)
    ids = [case.id for case in cases]
    done = act_on_cases(session, ACTOR, act=CaseAct.retry, case_ids=ids, request_key="hand:1")
    assert done.done == 2
    assert done.left == (("This case is recovered already. Nothing is chased any more.", 1),)
    again = act_on_cases(session, ACTOR, act=CaseAct.retry, case_ids=ids[1:], request_key="hand:2")
    assert again.done == 0
    with pytest.raises(Invalid, match="1 to 200"):
        act_on_cases(session, ACTOR, act=CaseAct.stop, case_ids=[], reason="x")
    with pytest.raises(Invalid, match="Give a reason"):
        act_on_cases(session, ACTOR, act=CaseAct.stop, case_ids=ids, reason="")


def test_the_night_looks_at_everything_once(session: Session, frozen: FrozenClock) -> None:
    changed, settled, same = (make_case(session, tenant=payer(session)) for _ in range(3))
    for case in (changed, settled, same):
        sweep(session)
        assert case.next_action == "charge"
    pay(session, changed.invoice_id, "60.00")
    pay(session, settled.invoice_id)
    session.flush()
    seen, cursor = [], None
    while True:
        batch = evaluate_cases(session, ACTOR, after=cursor, limit=2)
        if batch.cursor is None:
            break
        seen.append((batch.taken, batch.changed, batch.closed))
        cursor = batch.cursor
    assert [sum(each) for each in zip(*seen, strict=True)] == [3, 1, 1]
    for case in (changed, settled, same):
        session.refresh(case)
    assert (changed.amount_minor, settled.status, same.status) == (4_000, "recovered", "running")


def test_overdue_invoices_are_chased_once_and_keep_the_grace_period_away(
    session: Session, frozen: FrozenClock
) -> None:
    make_campaign(session, SHORT)
    subscription = make_subscription(session)
    make_invoice(session, subscription_id=subscription.id, due_on=clock.today() - timedelta(days=1))
    make_invoice(session, due_on=clock.today())
    assert open_overdue(session, ACTOR, today=clock.today(), limit=10) == 1
    assert open_overdue(session, ACTOR, today=clock.today(), limit=10) == 0
    assert list_chased_subscriptions(session, ACTOR) == {subscription.id}


def test_a_simulation_says_what_would_happen_and_changes_nothing(
    session: Session, frozen: FrozenClock
) -> None:
    case = make_case(session, tenant=payer(session))
    before = case.model_dump()
    found = simulate_campaign(session, ACTOR, plans=[SHORT, LATER], source=Source.queue)
    first, second = (result[0] for result in found.results)
    assert [step.action for step in first.steps] == ["mail", "charge", "charge", "task", "end"]
    assert (first.charges, first.messages, second.charges) == (2, 1, 2)
    assert second.steps[0].at - first.steps[0].at == timedelta(days=1)
    assert found.expected[0][0].basis.startswith("Too few cases")
    session.refresh(case)
    assert case.model_dump() == before
    invoice = session.get_one(Invoice, case.invoice_id)
    one = simulate_campaign(
        session, ACTOR, plans=[STANDARD], source=Source.invoice, number=invoice.number.lower()
    )
    assert one.results[0][0].debtor.number == invoice.number
    with pytest.raises(NotFound):
        simulate_campaign(session, ACTOR, plans=[SHORT], source=Source.invoice, number="INV-1")
    month = simulate_campaign(session, ACTOR, plans=[SHORT], source=Source.last_month)
    assert month.results[0][0].debtor.begins_at == case.opened_at


def test_a_rate_has_a_range_and_needs_enough_cases() -> None:
    assert Rate(29, 20).bounds() is None
    bounds = Rate(812, 487).bounds()
    assert bounds is not None
    # Wilson's score at 90 %: 0.5998 give or take 2.8 points.
    assert [round(each, 3) for each in map(float, bounds)] == [0.571, 0.628]
    nothing, everything = Rate(30, 0).bounds(), Rate(30, 30).bounds()
    assert nothing is not None
    assert everything is not None
    assert [round(each, 3) for each in map(float, (*nothing, *everything))] == [0.0, 0.083, 0.917, 1.0]


def test_figures_and_results_add_up(session: Session, frozen: FrozenClock) -> None:
    got, lost, open_one = (make_case(session, tenant=payer(session)) for _ in range(3))
    sweep(session)
    pay(session, got.invoice_id)
    sync_case(session, ACTOR, invoice_id=got.invoice_id)
    act_on_cases(session, ACTOR, act=CaseAct.write_off, case_ids=[lost.id], reason="not_received")
    tiles = get_tiles(session, ACTOR)
    assert (tiles.open_count, tiles.at_risk[0].minor, tiles.recovered_permille) == (1, 10_000, 500)
    since = clock.now() - timedelta(days=1)
    by_step = {row.group: row for row in list_results(session, ACTOR, by=ResultKey.step, since=since)}
    assert by_step["Step 1: mail"].recovered_minor == 10_000
    assert by_step["Ended unpaid"].chased_minor == 10_000
    for by in ResultKey:
        rows = list_results(session, ACTOR, by=by, since=since)
        assert sum(row.closed for row in rows) == 2
        assert sum(row.recovered_minor for row in rows) == 10_000
    assert get_case(session, ACTOR, open_one.id).ahead[-1].action == "end"
    stranger = actor_with(Permission.customers_read)
    with pytest.raises(MissingPermission):
        get_tiles(session, stranger)


def test_a_message_is_shown_with_a_real_invoice_in_the_customers_language(session: Session) -> None:
    tenant = make_tenant(session, locale="de", email="rechnung@kunde.test", name="Kunde GmbH")
    invoice = make_invoice(session, tenant=tenant)
    found = preview_mail(session, ACTOR, template="payment_reminder", number=invoice.number)
    assert (found.number, found.customer) == (invoice.number, "Kunde GmbH")
    assert "100,00" in found.body
    assert session.exec(select(DunningCase)).first() is None
    with pytest.raises(NotFound):
        preview_mail(session, ACTOR, template="payment_reminder", number="INV-2020-1")
    for template in TEMPLATES:
        assert preview_mail(session, ACTOR, template=template, number=invoice.number).subject
