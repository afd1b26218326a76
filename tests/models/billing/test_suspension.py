"""What stays unpaid is suspended after the grace period, and goes on once nothing is overdue."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import Session, select

from jobs.billing import restore_settled
from jobs.subscribers import subscribers
from models.accounts import Tenant
from models.billing import (
    CreditWish,
    Invoice,
    SettlementText,
    Subscription,
    SubscriptionStatus,
    issue_credit_note,
    list_overdue,
    record_payment,
    reissue_invoice,
    restore_subscription,
    suspend_subscription,
    void_invoice,
    write_off_invoice,
)
from models.kernel import clock
from models.kernel.events import Event
from models.kernel.permissions import Permission
from tests.factories.accounts import actor_with, make_staff
from tests.factories.billing import make_invoice
from tests.factories.engine import ACTOR, issue_all, lines_of, make_listed_price, start, timing


def test_an_unpaid_invoice_suspends_after_the_grace_period_and_a_payment_restores(session: Session) -> None:
    one = start(session, make_listed_price(session), on=date(2026, 11, 1), net_terms_days=0)
    invoice = session.exec(select(Invoice).where(Invoice.subscription_id == one.id)).one()
    issue_all(session, one, datetime(2026, 11, 1, 12, tzinfo=UTC))
    last_day = date(2026, 11, 1) + timedelta(days=45)
    assert list_overdue(session, ACTOR, today=last_day) == []
    assert list_overdue(session, ACTOR, today=last_day + timedelta(days=1)) == [one.id]
    with clock.pinned(datetime(2026, 11, 20, 12, tzinfo=UTC)):
        suspend_subscription(session, ACTOR, subscription_id=one.id)
        assert (one.status, one.renews_at) == (SubscriptionStatus.unpaid, None)
        assert not restore_subscription(session, ACTOR, subscription_id=one.id), "still overdue"
        record_payment(
            session,
            ACTOR,
            invoice_id=invoice.id,
            amount="10.00",
            received_on=date(2026, 11, 20),
            channel="bank_transfer",
            reference="",
            request_key="one",
        )
        assert restore_subscription(session, ACTOR, subscription_id=one.id)
    assert one.status == SubscriptionStatus.active
    assert one.renews_at == datetime(2026, 12, 1, tzinfo=UTC)
    assert len(lines_of(session, one.id)) == 1, "the month is paid: it goes on"


def test_in_arrears_what_ran_until_the_suspension_is_billed(session: Session) -> None:
    one = start(session, make_listed_price(session, 3_000), on=date(2026, 11, 1), timing=timing("arrears"))
    with clock.pinned(datetime(2026, 11, 11, tzinfo=UTC)):
        suspend_subscription(session, ACTOR, subscription_id=one.id)
    assert [(line.kind, line.amount_minor) for line in lines_of(session, one.id)] == [("elapsed", 1_000)]


def _suspended(session: Session) -> tuple[Subscription, Invoice]:
    """One whose only invoice is overdue."""
    one = start(session, make_listed_price(session), on=date(2026, 11, 1), net_terms_days=0)
    invoice = session.exec(select(Invoice).where(Invoice.subscription_id == one.id)).one()
    suspend_subscription(session, ACTOR, subscription_id=one.id)
    assert one.status == SubscriptionStatus.unpaid
    return one, invoice


@pytest.mark.parametrize("way", ["void", "write_off", "credit", "reissue"])
def test_whatever_leaves_nothing_overdue_restores(session: Session, way: str) -> None:
    """Each of them tells the subscriber, which looks for itself whether anything is overdue."""
    with clock.pinned(datetime(2026, 11, 20, 12, tzinfo=UTC)):
        one, invoice = _suspended(session)
        finance = actor_with(*Permission, user=make_staff(session))
        facts = {"invoice_id": invoice.id}
        if way == "void":
            void_invoice(session, finance, **facts, reason="x")
        elif way == "reissue":
            reissue_invoice(session, finance, **facts, reason="x")
        elif way == "write_off":
            write_off_invoice(session, finance, **facts, reason="forgiven")
        else:
            wish, settlement = CreditWish(percent="100"), SettlementText(reduce="10.00")
            issue_credit_note(
                session,
                finance,
                **facts,
                wish=wish,
                settlement=settlement,
                reason="goodwill",
                request_key="one",
            )
        session.flush()
        told = [each for each in session.exec(select(Event)) if each.name in _heard()]
        assert told, "the relay would hear of it"
        for event in told:
            restore_settled(session, event)
        session.refresh(one)
        assert one.status == SubscriptionStatus.active
        for event in told:
            restore_settled(session, event)
        resumed = session.exec(select(Event).where(Event.name == "subscription.resumed")).all()
        assert [each.reason for each in resumed] == ["Nothing is overdue any more."]


def test_one_more_that_is_overdue_keeps_it_suspended(session: Session) -> None:
    with clock.pinned(datetime(2026, 11, 20, 12, tzinfo=UTC)):
        one, invoice = _suspended(session)
        make_invoice(
            session,
            tenant=session.get_one(Tenant, one.tenant_id),
            subscription_id=one.id,
            kind="one_off",
            due_on=date(2026, 11, 10),
        )
        void_invoice(session, ACTOR, invoice_id=invoice.id, reason="x")
        assert not restore_subscription(session, ACTOR, subscription_id=one.id)
        assert one.status == SubscriptionStatus.unpaid


def _heard() -> frozenset[str]:
    return subscribers()["restore-paid"].events
