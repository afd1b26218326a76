"""A case from its first failure to its end, with real charges, mails and invoices."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from models.billing import Invoice
from models.channels import Message
from models.dunning import (
    CampaignEnd,
    CaseStatus,
    DeclineClass,
    DunningCase,
    InvoiceEnd,
    StepOutcome,
    open_case,
    record_failed_charge,
    record_good_charge,
    record_waiting_charge,
    skip_step,
    stop_case,
    try_now,
    wake_for_method,
)
from models.integrations.stripe import PaymentStatus
from models.payments import ChargeCause, apply_payment_state
from tests.factories.accounts import make_tenant
from tests.factories.dunning import (
    ACTOR,
    SHORT,
    charge_of,
    decline,
    make_case,
    payer,
    steps_of,
    sweep,
    word,
)
from tests.factories.payments import give_methods, vendor_payment
from tests.fixtures.clock import FrozenClock


def test_failed_charged_again_and_recovered(session: Session, frozen: FrozenClock) -> None:
    case = make_case(session, tenant=payer(session))
    assert (case.status, case.next_action, case.next_at) == ("running", "mail", frozen.now)
    assert sweep(session) == 1
    assert sweep(session) == 0, "nothing is due twice"
    message = session.exec(select(Message)).one()
    assert message.template == "payment_reminder"
    assert str(session.get_one(Invoice, case.invoice_id).number) in message.body_text
    frozen.advance(days=2)
    sweep(session)
    assert charge_of(session, case).cause == ChargeCause.dunning
    assert case.tries_used == 1
    frozen.advance(minutes=1)
    decline(session, case)
    assert (case.failure_class, case.next_at) == ("try_later", case.anchor_at + timedelta(days=4))
    frozen.move_to(case.next_at)
    sweep(session)
    charge = charge_of(session, case)
    succeeded = vendor_payment(charge, PaymentStatus.succeeded)
    apply_payment_state(session, ACTOR, charge_id=charge.id, found=succeeded)
    record_good_charge(session, ACTOR, word=word(case, charge_id=charge.id))
    assert (case.status, case.recovered_minor, case.recovered_by) == ("recovered", 10_000, "charge")
    assert [(step.action, step.outcome) for step in steps_of(session, case)] == [
        ("mail", "done"),
        ("charge", "failed"),
        ("charge", "succeeded"),
    ]
    frozen.advance(days=30)
    assert sweep(session) == 0, "nothing happens after the end"


def test_without_a_method_charges_are_skipped_with_their_reason_and_it_ends(
    session: Session, frozen: FrozenClock
) -> None:
    case = make_case(session, tenant=make_tenant(session, email="a@b.test"))
    sweep(session)
    frozen.advance(days=6)
    sweep(session)
    skipped = [step for step in steps_of(session, case) if step.outcome == StepOutcome.skipped]
    assert [step.position for step in skipped] == [1, 2]
    assert {step.sentence for step in skipped} == {"There is no payment method to charge."}
    assert case.needs_person
    assert case.person_why.startswith("Talk to")
    frozen.move_to(case.next_at)
    sweep(session)
    assert (case.status, session.get_one(Invoice, case.invoice_id).status) == ("ended", "open")
    assert open_case(session, ACTOR, invoice_id=case.invoice_id) is None, "it is not chased twice"


def test_a_second_voice_of_one_failure_changes_nothing(session: Session, frozen: FrozenClock) -> None:
    case = make_case(session, tenant=payer(session))
    said = word(case)
    record_failed_charge(session, ACTOR, word=said)
    before = (case.version, case.next_at, len(steps_of(session, case)))
    record_failed_charge(session, ACTOR, word=said)
    assert (case.version, case.next_at, len(steps_of(session, case))) == before
    assert steps_of(session, case)[0].kind == "other"


@pytest.mark.parametrize(
    ("decline_class", "status", "is_person"),
    [
        (DeclineClass.new_method, CaseStatus.running, False),
        (DeclineClass.stop, CaseStatus.running, True),
        (DeclineClass.needs_action, CaseStatus.waiting_action, False),
    ],
)
def test_each_class_takes_its_path(
    session: Session, frozen: FrozenClock, decline_class: str, status: CaseStatus, *, is_person: bool
) -> None:
    case = make_case(session, tenant=payer(session))
    sweep(session)
    said = word(case, decline_class=decline_class)
    (record_waiting_charge if status == CaseStatus.waiting_action else record_failed_charge)(
        session, ACTOR, word=said
    )
    assert (case.status, case.needs_person, case.next_action) == (status, is_person, "task")


def test_a_new_method_is_charged_at_once_without_using_a_try(session: Session, frozen: FrozenClock) -> None:
    tenant = payer(session)
    case = make_case(session, tenant=tenant)
    sweep(session)
    record_failed_charge(session, ACTOR, word=word(case, decline_class=DeclineClass.stop))
    assert case.needs_person
    woken = wake_for_method(session, ACTOR, tenant_id=tenant.id)
    assert woken == [case.id]
    try_now(session, ACTOR, case_id=case.id, request_key="new:1", cause=ChargeCause.dunning)
    assert (case.tries_used, case.needs_person, case.next_action) == (0, False, "answer")
    assert charge_of(session, case).amount_minor == 10_000


def test_a_new_method_wakes_what_has_ended_in_a_case_of_its_own(
    session: Session, frozen: FrozenClock
) -> None:
    tenant = make_tenant(session, email="a@b.test")
    case = make_case(session, tenant=tenant)
    for _ in range(4):
        sweep(session)
        frozen.move_to(min(case.next_at, frozen.now + timedelta(days=30)))
    assert case.status == CaseStatus.ended
    give_methods(session, tenant)
    woken = wake_for_method(session, ACTOR, tenant_id=tenant.id)
    again = session.get_one(DunningCase, woken[0])
    assert (again.id != case.id, again.status, case.status) == (True, "running", "ended")


def test_an_end_above_the_limit_waits_for_a_person(session: Session, frozen: FrozenClock) -> None:
    plan = replace(SHORT, end=CampaignEnd(10, invoice=InvoiceEnd.write_off))
    small, large = (make_case(session, plan, tenant=payer(session), total=total) for total in (1_000, 10**9))
    for case in (small, large):
        for step in range(len(plan.steps)):
            skip_step(session, ACTOR, case_id=case.id, reason=f"known {step}")
    frozen.advance(days=10)
    sweep(session)
    assert (small.status, session.get_one(Invoice, small.invoice_id).status) == ("ended", "uncollectible")
    assert (large.status, large.next_action, large.needs_person) == ("running", "end", True)
    assert large.next_at == frozen.now + timedelta(days=1)
    stop_case(session, ACTOR, case_id=large.id, reason="Decided otherwise")
    assert (large.status, session.get_one(Invoice, large.invoice_id).status) == ("stopped", "open")
