"""One batch of a run: what is due is taken, billed and moved on, or parked with the reason."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from traceback import format_exc
from typing import Any, cast
from uuid import UUID

import psycopg
import structlog
from sqlalchemy import update
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlmodel import Session, col, select

from models.billing import events
from models.billing.errors import NumberingFailed
from models.billing.operations.bulk_write import write_renewals
from models.billing.operations.changes import facts, period_facts, stored_subject, subscription_subject
from models.billing.operations.finish import finish_draft, needs_review
from models.billing.operations.outcomes import apply_outcome
from models.billing.operations.schedule import carry_out_planned
from models.billing.queries.offers import offers_for
from models.billing.queries.snapshots import load_snapshots
from models.billing.rules.outcome import Outcome, boundary_at
from models.billing.rules.periods import local_date
from models.billing.rules.renewal import plan_renewal
from models.billing.rules.review import ReviewCode, ReviewReason
from models.billing.rules.safety import why_parked
from models.billing.rules.snapshot import Snapshot
from models.billing.tables import BillingFailure, Invoice, ParkedStep, Subscription
from models.integrations.error_reports import report_error
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import DomainError, Kind
from models.kernel.events import Subject, record_event

log = structlog.get_logger()

FAULT = "The program has a fault that shows with this subscription; it has been reported. Release it once that is mended."
# What the tables refuse of single rows, through SQLAlchemy and from COPY.
MISFITS = (IntegrityError, DataError, psycopg.IntegrityError, psycopg.DataError)


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What one batch did; `taken` 0 means that nothing is due any more."""

    taken: int = 0
    invoices: int = 0
    drafts: int = 0
    changes: int = 0
    failures: int = 0
    totals: tuple[tuple[str, int], ...] = ()

    def plus(self, other: "BatchResult") -> "BatchResult":
        """Both together."""
        totals = dict(self.totals)
        for currency, minor in other.totals:
            totals[currency] = totals.get(currency, 0) + minor
        return BatchResult(
            self.taken + other.taken,
            self.invoices + other.invoices,
            self.drafts + other.drafts,
            self.changes + other.changes,
            self.failures + other.failures,
            tuple(sorted(totals.items())),
        )


def run_batch(
    session: Session, actor: Actor, *, as_of: datetime, run_id: UUID | None, limit: int
) -> BatchResult:
    """Bill at most `limit` subscriptions that are due at an instant, each for one step of its life.

    Rows another worker holds are left to it. What cannot be billed is parked and left out of runs until a person
    releases it; the rest of the batch is not harmed.
    """
    ids = session.scalars(
        select(Subscription.id)
        .where(col(Subscription.renews_at) <= as_of, col(Subscription.held_reason) == "")
        .order_by(col(Subscription.renews_at), col(Subscription.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    return _Batch(session, actor, as_of, run_id).bill(ids) if ids else BatchResult()


def bill_everything_due(
    session: Session, actor: Actor, *, as_of: datetime, limit: int = 1_000
) -> BatchResult:
    """All batches of a run in the caller's one transaction: for a rehearsal that is rolled back, and for tests."""
    whole = BatchResult()
    while (batch := run_batch(session, actor, as_of=as_of, run_id=None, limit=limit)).taken:
        whole = whole.plus(batch)
    return whole


def bill_one(
    session: Session,
    actor: Actor,
    *,
    subscription_id: UUID,
    as_of: datetime,
    run_id: UUID,
    is_above_bounds_allowed: bool,
) -> BatchResult:
    """Take one subscription that is loaded, locked and released one step on; nothing where it is not due by then.

    What the bounds of a run would stop is, where allowed, left as a draft that a person looks at.
    """
    row = session.get_one(Subscription, subscription_id, populate_existing=True)
    if row.renews_at is None or row.renews_at > as_of:
        return BatchResult()
    batch = _Batch(session, actor, as_of, run_id, is_above_bounds_allowed=is_above_bounds_allowed)
    return batch.bill([subscription_id])


class _Batch:
    """Sorts a batch into what COPY can write, what goes one at a time, and what is parked."""

    def __init__(
        self,
        session: Session,
        actor: Actor,
        as_of: datetime,
        run_id: UUID | None,
        *,
        is_above_bounds_allowed: bool = False,
    ) -> None:
        self._session, self._actor, self._as_of, self._run_id = session, actor, as_of, run_id
        self._is_above_bounds_allowed = is_above_bounds_allowed
        self._bulk: list[Outcome] = []
        self._invoices = self._drafts = self._changes = self._failures = 0
        self._totals: dict[str, int] = defaultdict(int)

    def bill(self, ids: Sequence[UUID]) -> BatchResult:
        """Take every subscription one step on."""
        for s in self._load(ids):
            with self._parking(subscription_subject(s)):
                self._step(s)
        self._write_bulk()
        return BatchResult(
            taken=len(ids),
            invoices=self._invoices,
            drafts=self._drafts,
            changes=self._changes,
            failures=self._failures,
            totals=tuple(sorted(self._totals.items())),
        )

    def _load(self, ids: Sequence[UUID]) -> Iterable[Snapshot]:
        """All at once; where one cannot be read, one at a time finds out which."""
        try:
            return load_snapshots(self._session, ids).values()
        except Exception as fault:
            if not _is_of_one(fault):
                raise
        rows = self._session.scalars(select(Subscription).where(col(Subscription.id).in_(ids))).all()
        found: list[Snapshot] = []
        for row in rows:
            with self._parking(stored_subject(self._session, row)), self._undoing():
                found += load_snapshots(self._session, [row.id]).values()
        return found

    @contextmanager
    def _parking(self, subject: Subject) -> Iterator[None]:
        """What goes wrong with one subscription parks it; whatever writes within stands in `_undoing`."""
        try:
            yield
        except Exception as fault:
            # The one place where any fault is caught: it must not stop a run.
            if not _is_of_one(fault):
                raise
            if isinstance(fault, DomainError):
                self._park(subject, ParkedStep.compute, fault.code, fault.sentence)
                return
            log.warning("billing.fault", subscription=str(subject.id), trace=format_exc())
            report_error(fault)
            self._park(subject, ParkedStep.compute, "run.fault", FAULT)

    def _undoing(self) -> AbstractContextManager[Any]:
        """A savepoint: a fault takes back what was written since, and the transaction goes on."""
        return self._session.begin_nested()

    def _step(self, s: Snapshot) -> None:
        boundary = boundary_at(s)
        first = min(s.planned, key=lambda each: each.due_at, default=None)
        if first is not None and (boundary is None or first.due_at < boundary):
            with self._undoing():
                carry_out_planned(self._session, self._actor, planned_id=first.id)
            self._changes += 1
            return
        outcome = plan_renewal(s, offers_for(self._session, [each.change for each in s.planned]))
        refusal = why_parked(outcome)
        if refusal and self._is_above_bounds_allowed:
            self._write_one(outcome, above_bounds=refusal.sentence)
        elif refusal:
            self._park(subscription_subject(s), ParkedStep.safety, refusal.code, refusal.sentence)
        elif _is_plain(outcome):
            self._bulk.append(outcome)
        else:
            self._write_one(outcome)

    def _write_bulk(self) -> None:
        by_day: dict[date, list[Outcome]] = defaultdict(list)
        for each in self._bulk:
            by_day[local_date(self._as_of, each.before.period.zone)].append(each)
        for day, outcomes in sorted(by_day.items()):
            try:
                with self._undoing():
                    made = write_renewals(
                        self._session, self._actor, outcomes, run_id=self._run_id, issued_on=day
                    )
            except (*MISFITS, NumberingFailed):
                # The tables or a series refuse one of them, e.g. a period that is billed already: one at a time
                # finds out which.
                for each in outcomes:
                    with self._parking(subscription_subject(each.before)):
                        self._write_one(each)
                continue
            self._invoices += made
            for each in outcomes:
                self._count(each)

    def _write_one(self, outcome: Outcome, *, above_bounds: str = "") -> None:
        with self._undoing():
            invoice, is_issued = self._apply(outcome, above_bounds)
        if invoice is None:
            return
        self._invoices += is_issued
        self._drafts += not is_issued
        self._count(outcome)

    def _apply(self, outcome: Outcome, above_bounds: str) -> tuple[Invoice | None, bool]:
        s = outcome.before
        row = self._session.get_one(Subscription, s.subscription_id, populate_existing=True)
        invoice = apply_outcome(self._session, self._actor, row, outcome, at=self._as_of)
        record_event(
            self._session,
            self._actor,
            events.SUBSCRIPTION_RENEWED,
            subscription_subject(outcome.after),
            before=period_facts(s),
            after={**facts(outcome.after), "invoice": invoice.number if invoice else None},
        )
        if invoice is None:
            return None, False
        invoice.run_id = self._run_id
        if above_bounds:
            invoice.review = [ReviewReason(ReviewCode.above_bounds, above_bounds).record()]
        return invoice, finish_draft(self._session, self._actor, invoice)

    def _count(self, outcome: Outcome) -> None:
        if outcome.invoice is not None:
            self._totals[outcome.invoice.currency] += outcome.invoice.total_minor

    def _park(self, subject: Subject, step: ParkedStep, code: str, sentence: str) -> None:
        """Left out of runs until released, with the reason where a person finds it."""
        self._failures += 1
        self._session.execute(
            update(Subscription)
            .where(col(Subscription.id) == subject.id)
            .values(held_reason=sentence, updated_at=clock.now())
        )
        if self._run_id is not None:
            self._session.add(
                BillingFailure(
                    tenant_id=cast("UUID", subject.tenant_id),
                    run_id=self._run_id,
                    subscription_id=subject.id,
                    step=step,
                    code=code,
                    sentence=sentence,
                )
            )
        after = {"step": step, "code": code}
        record_event(
            self._session, self._actor, events.SUBSCRIPTION_HELD, subject, reason=sentence, after=after
        )


def _is_of_one(fault: Exception) -> bool:
    """Whether it comes from one subscription; otherwise the database is away or busy, and the batch is tried again."""
    if isinstance(fault, DomainError):
        return fault.kind is not Kind.unavailable
    return isinstance(fault, MISFITS) or not isinstance(fault, DBAPIError | psycopg.Error)


def _is_plain(outcome: Outcome) -> bool:
    """Whether the outcome can be written with many others: nothing planned, waiting, to settle or to look at."""
    s, plan = outcome.before, outcome.invoice
    if s.planned or s.pending or outcome.planned or outcome.stopped_on:
        return False
    if plan is None:
        return True
    return s.balance_minor == 0 and not needs_review(s, plan)
