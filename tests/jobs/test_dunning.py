"""Events move cases through the relay's subscribers; the tasks work in batches of their own transactions."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from jobs import dunning
from jobs.billing import suspend_overdue
from jobs.subscribers import subscribers
from models.billing import Invoice, Subscription, void_invoice
from models.dunning import DunningCase, stop_case
from models.integrations.stripe import PaymentStatus
from models.kernel import clock
from models.kernel.events import Event
from models.payments import Charge, apply_payment_state
from tests.factories.accounts import make_tenant
from tests.factories.billing import make_invoice, make_subscription
from tests.factories.dunning import ACTOR, SHORT, make_campaign, make_case, pay, payer, sweep
from tests.factories.payments import declined, give_methods, vendor_payment
from tests.fixtures.clock import FrozenClock


def deliver(session: Session, *names: str) -> None:
    """Every event of these names to whoever of dunning wants it, twice, as the relay may."""
    for event in session.exec(select(Event).order_by(Event.id)).all():  # type: ignore[arg-type]
        if event.name not in names:
            continue
        for found in subscribers().values():
            if found.name.startswith("dunning-") and event.name in found.events:
                found.run(session, event)
                found.run(session, event)


def test_what_payments_and_billing_say_is_heard(session: Session, frozen: FrozenClock) -> None:
    case = make_case(session, tenant=payer(session))
    sweep(session)
    frozen.advance(days=2)
    sweep(session)
    charge = session.exec(select(Charge)).one()
    apply_payment_state(session, ACTOR, charge_id=charge.id, found=declined(charge))
    failed = session.exec(select(Event).where(Event.name == "charge.failed")).first()
    assert failed is not None
    deliver(session, "charge.failed")
    assert (case.waiting_charge_id, case.tries_used) == (None, 1)
    assert case.failure
    pay(session, case.invoice_id)
    deliver(session, "invoice.paid", "payment.recorded")
    assert case.status == "recovered"


def test_a_charge_that_must_be_confirmed_waits_for_the_customer(
    session: Session, frozen: FrozenClock
) -> None:
    case = make_case(session, tenant=payer(session))
    sweep(session)
    frozen.advance(days=2)
    sweep(session)
    charge = session.exec(select(Charge)).one()
    apply_payment_state(
        session, ACTOR, charge_id=charge.id, found=vendor_payment(charge, PaymentStatus.needs_action)
    )
    deliver(session, "charge.needs_action")
    assert (case.status, case.failure_class, case.next_action) == ("waiting_action", "needs_action", "task")
    assert case.failure == "The bank wants the customer to confirm the payment."


def test_a_voided_invoice_ends_its_case(session: Session, frozen: FrozenClock) -> None:
    case = make_case(session, tenant=payer(session))
    void_invoice(session, ACTOR, invoice_id=case.invoice_id, reason="wrong")
    deliver(session, "invoice.voided")
    assert (case.status, case.closed_why) == ("stopped", "The invoice was voided.")


def test_a_new_method_is_charged_once_however_often_it_is_told(session: Session, frozen: FrozenClock) -> None:
    tenant = make_tenant(session, email="a@b.test")
    case = make_case(session, tenant=tenant)
    sweep(session)
    give_methods(session, tenant)
    deliver(session, "payment_method.added")
    charge = session.exec(select(Charge)).one()
    assert (case.waiting_charge_id, case.tries_used, charge.amount_minor) == (charge.id, 0, 10_000)


@pytest.mark.usefixtures("frozen")
def test_the_tasks_open_advance_and_review_in_batches(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dunning, "BATCH", 2)
    monkeypatch.setattr(dunning, "REVIEW_BATCH", 2)
    with Session(database) as session:
        make_campaign(session, SHORT)
        tenant = make_tenant(session, email="a@b.test")
        for _ in range(5):
            make_invoice(session, tenant=tenant, due_on=clock.today() - timedelta(days=3))
        session.commit()
    dunning.chase_overdue()
    dunning.advance_dunning()
    with Session(database) as session:
        cases = session.exec(select(DunningCase)).all()
        assert [case.position for case in cases] == [1] * 5
        pay(session, cases[0].invoice_id)
        session.commit()
    dunning.review_dunning()
    with Session(database) as session:
        statuses = sorted(session.exec(select(DunningCase.status)).all())
    assert statuses == ["recovered", *["running"] * 4]


def test_a_campaign_decides_before_the_grace_period(database: Engine, frozen: FrozenClock) -> None:
    with Session(database) as session:
        make_campaign(session, SHORT)
        chased, left = (make_subscription(session, started_on=date(2026, 3, 1)) for _ in range(2))
        long_ago = clock.today() - timedelta(days=60)
        for subscription in (chased, left):
            make_invoice(
                session,
                subscription_id=subscription.id,
                issued_on=long_ago - timedelta(days=14),
                due_on=long_ago,
            )
        session.commit()
        ids = chased.id, left.id
    dunning.chase_overdue()
    with Session(database) as session:
        for case in session.exec(select(DunningCase)):
            invoice = session.get_one(Invoice, case.invoice_id)
            if invoice.subscription_id == ids[1]:
                session.delete(case)
            else:
                stop_case(session, ACTOR, case_id=case.id, reason="Agreed otherwise")
        session.commit()
    suspend_overdue()
    with Session(database) as session:
        assert [session.get_one(Subscription, each).status for each in ids] == ["active", "unpaid"]
