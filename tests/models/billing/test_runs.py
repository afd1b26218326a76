"""Runs: what is due is billed once, whatever happens; what cannot be billed waits for a person."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, col, select

from jobs import billing
from jobs.billing import bill_batch, bill_run, restart_stale_runs, start_due_run
from models.billing import (
    Invoice,
    Subscription,
    bill_everything_due,
    claim_run,
    finish_run,
    get_run,
    start_run,
    stop_run,
)
from models.billing.operations import run_batch as batches
from models.billing.operations.runs import release_failures, release_subscription
from models.billing.rules.changes import ChangeQuantity
from models.billing.tables import BillingFailure, BillingRun, RunStatus
from models.kernel import clock
from models.kernel.database import read_session, rehearsal, unit_of_work
from models.kernel.errors import Conflict, Invalid
from tests.factories.accounts import make_tenant
from tests.factories.engine import ACTOR, at, change, issue_all, lines_of, make_listed_price, run, start

FIRST, SECOND = date(2026, 11, 1), date(2026, 12, 1)
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


def _started(number: int, **facts: Any) -> list[UUID]:
    """Subscriptions since November, committed."""
    with unit_of_work() as session:
        price = make_listed_price(session)
        return [start(session, price, on=FIRST, **facts).id for _ in range(number)]


def _run(as_of: datetime = NOON) -> UUID:
    """A run from its start to its end, as the task does it."""
    with clock.pinned(as_of), unit_of_work() as session:
        run_id = start_run(session, ACTOR, as_of=as_of).id
    bill_run.call_local(str(run_id))  # type: ignore[attr-defined]
    return run_id


def _stored(run_id: UUID) -> BillingRun:
    with read_session() as session:
        found = get_run(session, ACTOR, run_id=run_id)
        session.expunge(found)
        return found


def _count(engine: Engine, statement: str) -> Any:
    with engine.connect() as connection:
        return connection.execute(text(statement)).scalar()


def _numbers(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        found = connection.execute(text("SELECT number FROM invoice WHERE number LIKE 'INV-%'")).scalars()
        return sorted(int(number.rpartition("-")[2]) for number in found)


def test_a_run_done_twice_changes_nothing(database: Engine) -> None:
    _started(5)
    first = _stored(_run())
    assert (first.status, first.due_count, first.invoice_count) == (RunStatus.done, 5, 5)
    seen = _count(database, "SELECT string_agg(s::text, '' ORDER BY s.id) FROM subscription s")
    again = _stored(_run())
    assert (again.status, again.due_count, again.invoice_count) == (RunStatus.done, 0, 0)
    assert _count(database, "SELECT string_agg(s::text, '' ORDER BY s.id) FROM subscription s") == seen
    assert _numbers(database) == list(range(1, 11))


def test_several_workers_bill_each_period_once_and_leave_no_gap(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each takes rows the others do not hold; even the same run in two hands bills nothing twice."""
    monkeypatch.setattr("jobs.billing.BATCH", 4)
    subscriptions = _started(40)
    with clock.pinned(NOON), unit_of_work() as session:
        run_id = start_run(session, ACTOR, as_of=NOON).id
    with unit_of_work() as session:
        order = claim_run(session, ACTOR, run_id=run_id)
    assert order is not None

    def work(_: int) -> int:
        # Whoever is told that the run is in other hands goes on all the same: the worst case.
        made = 0
        while (batch := bill_batch(order)[1]).taken:
            made += batch.invoices
        return made

    with ThreadPoolExecutor(3) as pool:
        made = list(pool.map(work, range(3)))
    assert sum(made) == len(subscriptions)
    assert _numbers(database) == list(range(1, 81))
    twice = "SELECT count(*) FROM (SELECT 1 FROM invoice GROUP BY subscription_id, period_start_on HAVING count(*) > 1) x"
    assert _count(database, twice) == 0


def test_a_run_catches_up_over_missed_periods_one_invoice_each(session: Session) -> None:
    one = start(session, make_listed_price(session), on=date(2026, 1, 31))
    run(session, date(2026, 5, 1))
    starts = session.scalars(
        select(Invoice.period_start_on)
        .where(Invoice.subscription_id == one.id)
        .order_by(col(Invoice.period_start_on))
    ).all()
    assert starts == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]
    session.refresh(one)
    assert (one.period_until_on, one.anchor_day) == (date(2026, 5, 31), 31)


@pytest.mark.parametrize(
    ("zone", "midnight"),
    [
        ("Asia/Tokyo", datetime(2026, 11, 30, 15, tzinfo=UTC)),
        ("UTC", datetime(2026, 12, 1, tzinfo=UTC)),
        ("America/Los_Angeles", datetime(2026, 12, 1, 8, tzinfo=UTC)),
    ],
)
def test_a_subscription_is_due_at_its_own_midnight(session: Session, zone: str, midnight: datetime) -> None:
    tenant = make_tenant(session, time_zone=zone)
    one = start(session, make_listed_price(session), on=FIRST, tenant=tenant)
    assert one.renews_at == midnight
    for instant, invoices in ((midnight - timedelta(seconds=1), 1), (midnight, 2)):
        with clock.pinned(instant):
            bill_everything_due(session, ACTOR, as_of=instant)
        assert len(lines_of(session, one.id)) == invoices
    newest = session.scalars(select(Invoice).where(Invoice.period_start_on == SECOND)).one()
    assert newest.issued_on == SECOND


def test_a_rehearsal_says_what_the_run_then_makes_and_leaves_nothing(database: Engine) -> None:
    subscriptions = _started(6)
    with unit_of_work() as session:
        # One that goes through the single way: a line waits for its next invoice.
        row = session.get_one(Subscription, subscriptions[0])
        change(session, row, ChangeQuantity(row.id, 3), datetime(2026, 11, 16, tzinfo=UTC))
        issue_all(session, row, datetime(2026, 11, 16, tzinfo=UTC))
    counted = "SELECT (SELECT count(*) FROM invoice) + (SELECT count(*) FROM event) + (SELECT count(*) FROM billing_failure)"
    before = _count(database, counted)
    with rehearsal() as session, clock.pinned(NOON):
        shown = bill_everything_due(session, ACTOR, as_of=NOON)
    assert _count(database, counted) == before
    made = _stored(_run())
    # Three times the last one: that draft waits for a person.
    assert (made.invoice_count, made.draft_count) == (shown.invoices, shown.drafts) == (5, 1)
    assert made.failed_count == shown.failures == 0
    total = _count(database, "SELECT sum(total_minor) FROM invoice WHERE run_id IS NOT NULL")
    assert dict(shown.totals) == {"USD": total}
    assert _numbers(database) == list(range(1, 13)), "the rehearsal took no number"


def _broken(session: Session, subscription_id: UUID) -> None:
    """A price no one can read; it could only come from outside the program."""
    statement = "UPDATE price SET model = 'graduated', tiers = '[{}]' WHERE id = (SELECT price_id FROM subscription WHERE id = :id)"
    session.execute(text(statement), {"id": subscription_id})


def _billed_already(session: Session, subscription_id: UUID) -> None:
    """The period that comes next has an invoice, so that the tables refuse another."""
    session.execute(
        text(
            "UPDATE invoice SET period_start_on = '2026-12-01', period_until_on = '2027-01-01' WHERE subscription_id = :id"
        ),
        {"id": subscription_id},
    )


def _reviewed_and_billed_already(session: Session, subscription_id: UUID) -> None:
    """The same, of one that a person is to look at first and is therefore written on its own."""
    session.execute(text("UPDATE subscription SET quantity = 2 WHERE id = :id"), {"id": subscription_id})
    _billed_already(session, subscription_id)


def _absurd(session: Session, subscription_id: UUID) -> None:
    session.execute(text("UPDATE subscription SET quantity = 500000 WHERE id = :id"), {"id": subscription_id})


@pytest.mark.parametrize(
    ("harm", "step", "code"),
    [
        (_broken, "compute", "price_terms.unreadable"),
        (_billed_already, "compute", "run.fault"),
        (_reviewed_and_billed_already, "compute", "run.fault"),
        (_absurd, "safety", "run.grew_too_fast"),
    ],
)
def test_what_cannot_be_billed_is_parked_with_its_reason_and_the_others_go_on(
    database: Engine, harm: Callable[[Session, UUID], None], step: str, code: str
) -> None:
    bad, *good = [_started(1)[0] for _ in range(4)]
    with unit_of_work() as session:
        harm(session, bad)
    run_id = _run()
    found = _stored(run_id)
    assert (found.status, found.invoice_count, found.failed_count) == (RunStatus.done, len(good), 1)
    with read_session() as session:
        failure = session.scalars(select(BillingFailure)).one()
        assert (failure.subscription_id, failure.step, failure.code) == (bad, step, code)
        assert session.get_one(Subscription, bad).held_reason == failure.sentence
    assert _numbers(database) == list(range(1, 8))
    assert _stored(_run()).failed_count == 0, "a parked one is left out until it is released"


def test_a_fault_of_ours_parks_one_and_after_its_mending_it_is_billed(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, _good = _started(2)
    real = batches.plan_renewal

    def fails(s: Any, offers: Any) -> Any:
        if s.subscription_id == bad:
            raise ZeroDivisionError
        return real(s, offers)

    monkeypatch.setattr(batches, "plan_renewal", fails)
    run_id = _run()
    assert (_stored(run_id).invoice_count, _stored(run_id).failed_count) == (1, 1)
    monkeypatch.undo()
    with unit_of_work() as session:
        assert release_failures(session, ACTOR, run_id=run_id, reason="mended") == 1
    with unit_of_work() as session, pytest.raises(Conflict, match="not parked"):
        release_subscription(session, ACTOR, subscription_id=bad, reason="again")
    assert _stored(_run()).invoice_count == 1
    assert _numbers(database) == [1, 2, 3, 4]
    assert _count(database, "SELECT count(*) FROM billing_failure WHERE resolved_at IS NULL") == 0


def test_a_stopped_run_ends_after_its_batch(database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobs.billing.BATCH", 2)
    _started(5)
    with clock.pinned(NOON), unit_of_work() as session:
        run_id = start_run(session, ACTOR, as_of=NOON).id
    with unit_of_work() as session:
        order = claim_run(session, ACTOR, run_id=run_id)
    assert order is not None
    order, first = bill_batch(order)
    assert order is not None
    with unit_of_work() as session:
        stop_run(session, ACTOR, run_id=run_id, reason="wrong day")
    order, second = bill_batch(order)
    assert (order, first.invoices, second.invoices) == (None, 2, 2)
    with unit_of_work() as session, pytest.raises(Conflict, match="Nothing is left to stop"):
        stop_run(session, ACTOR, run_id=run_id, reason="wrong day")
    assert _stored(_run()).invoice_count == 1, "the next run bills the rest"
    assert _numbers(database) == list(range(1, 11))


def test_a_run_whose_worker_fell_silent_is_queued_again(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued: list[str] = []
    monkeypatch.setattr(billing, "bill_run", queued.append)
    with clock.pinned(NOON), unit_of_work() as session:
        run_id = start_run(session, ACTOR, as_of=NOON).id
    for instant, is_taken in (
        (NOON, True),
        (NOON + timedelta(seconds=59), False),
        (NOON + timedelta(seconds=61), True),
    ):
        with clock.pinned(instant):
            restart_stale_runs()
            with unit_of_work() as session:
                assert (claim_run(session, ACTOR, run_id=run_id) is not None) == is_taken
    assert queued == [str(run_id)]


def test_one_run_at_a_time_and_none_far_ahead(database: Engine) -> None:
    _started(1)
    with clock.pinned(NOON):
        start_due_run()
        start_due_run()
    assert _count(database, "SELECT count(*) FROM billing_run") == 1
    with clock.pinned(NOON), unit_of_work() as session:
        with pytest.raises(Conflict, match="under way"):
            start_run(session, ACTOR, as_of=NOON)
        with pytest.raises(Invalid, match="two months ahead"):
            start_run(session, ACTOR, as_of=at(date(2027, 3, 1)))
    with unit_of_work() as session:
        run_id = session.scalars(select(BillingRun.id)).one()
        finish_run(session, ACTOR, run_id=run_id)
    assert _stored(run_id).status == RunStatus.waiting, "only what runs can finish"
