"""What people do with a case, and what they may not."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlmodel import Session, select

from models.billing import void_invoice
from models.dunning import (
    Action,
    grant_grace,
    open_case,
    own_case,
    pause_case,
    preview_try,
    promise_payment,
    resume_case,
    skip_step,
    stop_case,
    stop_for_dispute,
    sync_case,
    try_now,
    write_off_case,
)
from models.kernel.errors import Conflict, Invalid, NotFound
from models.kernel.events import Event
from models.kernel.permissions import Permission, Scope
from models.payments import Charge
from tests.factories.accounts import actor_with, make_staff
from tests.factories.billing import make_invoice
from tests.factories.dunning import (
    ACTOR,
    SHORT,
    make_campaign,
    make_case,
    pay,
    payer,
    steps_of,
    sweep,
)
from tests.fixtures.clock import FrozenClock


def test_two_at_once_are_one_charge(session: Session, frozen: FrozenClock) -> None:
    case = make_case(session, tenant=payer(session))
    first = try_now(session, ACTOR, case_id=case.id, request_key="hand:1")
    with pytest.raises(Conflict, match="under way"):
        try_now(session, ACTOR, case_id=case.id, request_key="hand:2")
    with pytest.raises(Conflict, match="under way"):
        preview_try(session, ACTOR, case_id=case.id)
    assert [charge.id for charge in session.exec(select(Charge))] == [first]
    frozen.advance(hours=2)
    assert sweep(session) == 0, "the sweep waits for the answer"
    frozen.advance(days=1)
    sweep(session)
    assert case.person_why == "A charge has had no answer for a day."


def test_a_pause_moves_everything_by_its_length(session: Session, frozen: FrozenClock) -> None:
    case = make_case(session, tenant=payer(session))
    sweep(session)
    due = case.next_at
    frozen.advance(days=1)
    pause_case(session, ACTOR, case_id=case.id, until=date(2026, 3, 25), reason="Holidays")
    assert (case.status, case.next_action) == ("paused", "wake")
    frozen.move_to(due)
    assert sweep(session) == 0
    frozen.move_to(case.next_at)
    sweep(session)
    assert case.status == "running"
    # Paused from noon of the 18th until 8:00 of the 25th.
    assert case.next_at == due + timedelta(days=6, hours=20)
    resumed = session.exec(select(Event).where(Event.name == "dunning_case.resumed")).one()
    assert resumed.reason == "The pause is over."


def test_a_broken_promise_calls_a_person(session: Session, frozen: FrozenClock) -> None:
    case = make_case(session, tenant=payer(session))
    promise_payment(session, ACTOR, case_id=case.id, on=date(2026, 3, 20), amount="60.00", reason="By phone")
    assert (case.status, case.promise_minor) == ("promised", 6_000)
    with pytest.raises(Invalid, match="at most what is due"):
        promise_payment(session, ACTOR, case_id=case.id, on=date(2026, 3, 20), amount="100.01")
    frozen.move_to(case.next_at)
    sweep(session)
    assert (case.status, case.promise_on) == ("running", None)
    assert case.person_why.startswith("60.00 USD promised for 2026-03-20 did not come")


def test_a_kept_promise_ends_the_case(session: Session, frozen: FrozenClock) -> None:
    case = make_case(session, tenant=payer(session))
    promise_payment(session, ACTOR, case_id=case.id, on=date(2026, 3, 20))
    pay(session, case.invoice_id)
    sync_case(session, ACTOR, invoice_id=case.invoice_id)
    assert (case.status, case.promise_on) == ("recovered", None)


def test_part_of_the_money_goes_on_with_the_rest(session: Session, frozen: FrozenClock) -> None:
    case = make_case(session, tenant=payer(session))
    pay(session, case.invoice_id, "40.00")
    sync_case(session, ACTOR, invoice_id=case.invoice_id)
    assert (case.status, case.amount_minor) == ("running", 6_000)
    pay(session, case.invoice_id)
    sync_case(session, ACTOR, invoice_id=case.invoice_id)
    assert (case.status, case.recovered_minor) == ("recovered", 10_000)


def test_void_dispute_write_off_and_stop_end_it(session: Session, frozen: FrozenClock) -> None:
    tenant = payer(session)
    cases = [make_case(session, tenant=tenant) for _ in range(4)]
    void_invoice(session, ACTOR, invoice_id=cases[0].invoice_id, reason="wrong")
    sync_case(session, ACTOR, invoice_id=cases[0].invoice_id)
    stop_for_dispute(session, ACTOR, invoice_id=cases[1].invoice_id)
    write_off_case(session, ACTOR, case_id=cases[2].id, reason="forgiven")
    stop_case(session, ACTOR, case_id=cases[3].id, reason="Agreed otherwise")
    assert [case.status for case in cases] == ["stopped", "stopped", "ended", "stopped"]
    for case in cases:
        with pytest.raises(Conflict, match="Nothing is chased any more"):
            resume_case(session, ACTOR, case_id=case.id)
    frozen.advance(days=60)
    assert sweep(session) == 0


def test_skip_and_grace_move_what_is_ahead(session: Session, frozen: FrozenClock) -> None:
    case = make_case(session, tenant=payer(session))
    skip_step(session, ACTOR, case_id=case.id, reason="They were called")
    assert (case.next_action, case.next_at) == (Action.charge, frozen.now + timedelta(days=2))
    assert steps_of(session, case)[0].sentence == "Skipped by test: They were called"
    grant_grace(session, ACTOR, case_id=case.id, days=5, reason="New in the office")
    assert case.next_at == frozen.now + timedelta(days=7)
    with pytest.raises(Invalid, match="1 to 180 days"):
        grant_grace(session, ACTOR, case_id=case.id, days=0, reason="x")


def test_late_by_our_own_fault_keeps_the_rhythm(session: Session, frozen: FrozenClock) -> None:
    case = make_case(session, tenant=payer(session))
    frozen.advance(days=9)
    sweep(session)
    assert case.position == 1, "one step, not all that were missed"
    assert case.next_at == frozen.now + timedelta(days=2)


def test_only_in_reach_and_only_with_the_permission(session: Session, frozen: FrozenClock) -> None:
    manager = make_staff(session)
    mine = make_case(session, tenant=payer(session, owner_id=manager.id))
    others = make_case(session, tenant=payer(session))
    actor = actor_with(Permission.dunning_act, scope=Scope.own, user=manager)
    own_case(session, actor, case_id=mine.id, owner_id=manager.id)
    assert mine.owner_id == manager.id
    with pytest.raises(NotFound):
        own_case(session, actor, case_id=others.id, owner_id=manager.id)
    with pytest.raises(NotFound):
        own_case(session, actor, case_id=mine.id, owner_id=UUID(int=1))


def test_a_threshold_and_an_owner_at_the_beginning(session: Session, frozen: FrozenClock) -> None:
    manager = make_staff(session)
    tenant = payer(session, owner_id=manager.id)
    make_campaign(session, SHORT)
    large = make_campaign(session, SHORT, kind="segment", target="vip", currency="USD", min_minor=5_000)
    tenant.tags = ["vip"]
    invoices = [make_invoice(session, tenant=tenant, total=total) for total in (4_999, 5_000)]
    cases = [open_case(session, ACTOR, invoice_id=invoice.id) for invoice in invoices]
    assert [case.campaign_id == large for case in cases if case] == [False, True]
    assert {case.owner_id for case in cases if case} == {manager.id}
    assert cases[1] is not None
    assert cases[1].chosen_why == "It is assigned to customers tagged vip, for amounts in USD."
