"""What stays unpaid is suspended after the grace period, and goes on once it is paid."""

from datetime import UTC, date, datetime, timedelta

from sqlmodel import Session, select

from models.billing import (
    Invoice,
    SubscriptionStatus,
    list_overdue,
    record_payment,
    restore_subscription,
    suspend_subscription,
)
from models.kernel import clock
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
