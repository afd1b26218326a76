"""A run started by a person: shown first, then exactly that; what it parked is retried; who may look."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session

from models.billing import (
    BILLING_RUNS,
    INVOICES,
    as_of_day,
    claim_run,
    finish_run,
    get_run_row,
    list_failures,
    preview_run,
    report_batch,
    retry_failures,
    run_batch,
    start_previewed_run,
)
from models.billing.tables import BillingRun, RunStatus
from models.kernel import clock
from models.kernel.actor import MissingPermission
from models.kernel.errors import Conflict, Invalid
from models.kernel.listing import Condition, ListQuery, list_page
from models.kernel.permissions import Permission, Scope
from tests.factories.accounts import actor_with
from tests.factories.engine import ACTOR, make_listed_price, start
from tests.fixtures.clock import FrozenClock

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


def _bill(session: Session, run: BillingRun) -> None:
    """The run to its end, as the task does it."""
    order = claim_run(session, ACTOR, run_id=run.id)
    while order is not None:
        with clock.pinned(order.as_of):
            batch = run_batch(session, ACTOR, as_of=order.as_of, run_id=run.id, limit=100)
        order = report_batch(session, ACTOR, order=order, batch=batch) if batch.taken else None
    finish_run(session, ACTOR, run_id=run.id)


def test_a_run_is_shown_then_started_unless_more_has_become_due(
    session: Session, frozen: FrozenClock
) -> None:
    frozen.move_to(NOON)
    price = make_listed_price(session)
    for _ in range(2):
        start(session, price, on=date(2026, 11, 1))
    place = session.begin_nested()
    preview = preview_run(session, ACTOR, as_of=NOON)
    place.rollback()
    assert (preview.due_count, preview.rehearsed.invoices, preview.is_whole) == (2, 2, True)
    assert preview.rehearsed.totals == (("USD", 2_000),)
    with pytest.raises(Invalid, match=r"reason\.missing"):
        start_previewed_run(session, ACTOR, token=preview.token, reason=" ")
    start(session, price, on=date(2026, 11, 1))
    with pytest.raises(Conflict, match="2 subscriptions were due and now it is 3"):
        start_previewed_run(session, ACTOR, token=preview.token, reason="month end")
    session.execute(
        text(
            "UPDATE subscription SET renews_at = NULL WHERE id = (SELECT max(id::text)::uuid FROM subscription)"
        )
    )
    run = start_previewed_run(session, ACTOR, token=preview.token, reason="month end")
    assert (run.as_of_at, run.due_count) == (NOON, 2)
    with pytest.raises(Conflict, match="under way"):
        preview_run(session, ACTOR, as_of=NOON)
    frozen.advance(minutes=11)
    with pytest.raises(Conflict, match="ten minutes"):
        start_previewed_run(session, ACTOR, token=preview.token, reason="month end")


def test_a_day_is_looked_at_until_its_end_and_today_until_now(frozen: FrozenClock) -> None:
    frozen.move_to(NOON)
    assert as_of_day(date(2026, 12, 1)) == NOON
    assert as_of_day(date(2026, 11, 30)) == datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC)


def test_what_a_run_parked_is_retried_and_its_invoices_are_listed(
    session: Session, frozen: FrozenClock
) -> None:
    frozen.move_to(NOON)
    price = make_listed_price(session)
    bad, _good = (start(session, price, on=date(2026, 11, 1)) for _ in range(2))
    session.execute(text("UPDATE subscription SET quantity = 500000 WHERE id = :id"), {"id": bad.id})
    run = BillingRun(as_of_at=NOON, due_count=2)
    session.add(run)
    session.flush()
    _bill(session, run)
    row = get_run_row(session, ACTOR, run.id)
    assert (row.status, row.steps, row.percent_done, row.seconds_left) == (RunStatus.done, 2, 100, None)
    (failure,) = list_failures(session, ACTOR, run_id=run.id)
    assert (failure.subscription_id, failure.code, failure.resolved_at) == (bad.id, "run.grew_too_fast", None)

    session.execute(text("UPDATE subscription SET quantity = 1 WHERE id = :id"), {"id": bad.id})
    frozen.advance(days=1)
    again = retry_failures(session, ACTOR, run_id=run.id, reason="a typing mistake")
    assert again is not None
    assert again.as_of_at == NOON + timedelta(days=1)
    _bill(session, again)
    assert get_run_row(session, ACTOR, again.id).invoice_count == 1
    (failure,) = list_failures(session, ACTOR, run_id=run.id)
    assert failure.resolved_by == "test"
    with pytest.raises(Conflict, match="Nothing is left to do"):
        retry_failures(session, ACTOR, run_id=run.id, reason="again")

    query = ListQuery(conditions=(Condition("run", str(run.id)),))
    assert len(list_page(session, ACTOR, INVOICES, query).rows) == 1
    with pytest.raises(Invalid, match="cannot be compared"):
        list_page(session, ACTOR, INVOICES, ListQuery(conditions=(Condition("run", "yesterday"),)))
    assert [each.id for each in list_page(session, ACTOR, BILLING_RUNS, ListQuery()).rows] == [
        again.id,
        run.id,
    ]


def test_runs_are_seen_and_started_with_their_permissions_and_failures_within_reach(session: Session) -> None:
    run = BillingRun(as_of_at=NOON)
    session.add(run)
    session.flush()
    reader = actor_with(Permission.billing_runs_read, scope=Scope.own)
    assert get_run_row(session, reader, run.id).percent_done == 0
    assert list_failures(session, reader, run_id=run.id) == []
    for refused in (
        lambda: preview_run(session, reader, as_of=NOON),
        lambda: retry_failures(session, reader, run_id=run.id, reason="please"),
        lambda: list_page(session, actor_with(), BILLING_RUNS, ListQuery()),
    ):
        with pytest.raises(MissingPermission):
            refused()
