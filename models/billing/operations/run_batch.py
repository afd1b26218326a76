"""One batch of a run: what is due is taken, billed and moved on, or parked with the reason."""

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from models.billing import events
from models.billing.operations.bulk_write import write_renewals
from models.billing.operations.changes import facts, period_facts, subscription_subject
from models.billing.operations.finish import finish_draft, needs_review
from models.billing.operations.outcomes import apply_outcome
from models.billing.operations.schedule import carry_out_planned
from models.billing.queries.offers import offers_for
from models.billing.queries.snapshots import load_snapshots
from models.billing.rules.outcome import Outcome, boundary_at
from models.billing.rules.periods import local_date
from models.billing.rules.renewal import plan_renewal
from models.billing.rules.safety import why_parked
from models.billing.rules.snapshot import Snapshot
from models.billing.tables import BillingFailure, Subscription
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import DomainError, Kind
from models.kernel.events import record_event


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
    if not ids:
        return BatchResult()
    return _Batch(session, actor, as_of, run_id).bill(load_snapshots(session, ids))


def bill_everything_due(
    session: Session, actor: Actor, *, as_of: datetime, limit: int = 1_000
) -> BatchResult:
    """All batches of a run in the caller's one transaction: for a rehearsal that is rolled back, and for tests."""
    whole = BatchResult()
    while (batch := run_batch(session, actor, as_of=as_of, run_id=None, limit=limit)).taken:
        whole = whole.plus(batch)
    return whole


class _Batch:
    """Sorts a batch into what COPY can write, what goes one at a time, and what is parked."""

    def __init__(self, session: Session, actor: Actor, as_of: datetime, run_id: UUID | None) -> None:
        self._session, self._actor, self._as_of, self._run_id = session, actor, as_of, run_id
        self._bulk: list[Outcome] = []
        self._drafts = self._changes = self._failures = self._singles = 0

    def bill(self, snapshots: dict[UUID, Snapshot]) -> BatchResult:
        """Take every subscription one step on."""
        for s in snapshots.values():
            self._attempt(s)
        issued = self._write_bulk()
        totals: dict[str, int] = {}
        for each in self._bulk:
            if each.invoice:
                totals[each.invoice.currency] = (
                    totals.get(each.invoice.currency, 0) + each.invoice.total_minor
                )
        return BatchResult(
            taken=len(snapshots),
            invoices=issued + self._singles,
            drafts=self._drafts,
            changes=self._changes,
            failures=self._failures,
            totals=tuple(sorted(totals.items())),
        )

    def _attempt(self, s: Snapshot) -> None:
        try:
            with self._session.begin_nested() if _may_write(s) else nullcontext():
                self._step(s)
        except DomainError as error:
            if error.kind is Kind.unavailable:
                raise
            self._park(s, "compute", error.code, error.sentence)

    def _step(self, s: Snapshot) -> None:
        boundary = boundary_at(s)
        first = min(s.planned, key=lambda each: each.due_at, default=None)
        if first is not None and (boundary is None or first.due_at < boundary):
            carry_out_planned(self._session, self._actor, planned_id=first.id)
            self._changes += 1
            return
        offers = offers_for(self._session, [each.change for each in s.planned])
        outcome = plan_renewal(s, offers)
        refusal = why_parked(outcome)
        if refusal:
            self._park(s, "safety", refusal.code, refusal.sentence)
        elif _is_plain(outcome):
            self._bulk.append(outcome)
        else:
            self._one(s, outcome)

    def _one(self, s: Snapshot, outcome: Outcome) -> None:
        row = self._session.get_one(Subscription, s.subscription_id)
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
            return
        invoice.run_id = self._run_id
        is_issued = finish_draft(self._session, self._actor, invoice)
        self._singles += is_issued
        self._drafts += not is_issued

    def _write_bulk(self) -> int:
        by_day: dict[date, list[Outcome]] = {}
        for each in self._bulk:
            by_day.setdefault(local_date(self._as_of, each.before.period.zone), []).append(each)
        return sum(
            write_renewals(self._session, self._actor, outcomes, run_id=self._run_id, issued_on=day)
            for day, outcomes in sorted(by_day.items())
        )

    def _park(self, s: Snapshot, step: str, code: str, sentence: str) -> None:
        """Left out of runs until released, with the reason where a person finds it."""
        self._failures += 1
        self._session.execute(
            update(Subscription)
            .where(col(Subscription.id) == s.subscription_id)
            .values(held_reason=sentence, updated_at=clock.now())
        )
        if self._run_id is not None:
            self._session.add(
                BillingFailure(
                    tenant_id=s.tenant_id,
                    run_id=self._run_id,
                    subscription_id=s.subscription_id,
                    step=step,
                    code=code,
                    sentence=sentence,
                )
            )
        record_event(
            self._session,
            self._actor,
            events.SUBSCRIPTION_HELD,
            subscription_subject(s),
            reason=sentence,
            after={"step": step, "code": code},
        )


def _may_write(s: Snapshot) -> bool:
    """Whether billing it may write before it fails, so that a savepoint is worth its price."""
    return bool(s.planned or s.pending or s.balance_minor)


def _is_plain(outcome: Outcome) -> bool:
    """Whether the outcome can be written with many others: nothing planned, waiting, to settle or to look at."""
    s, plan = outcome.before, outcome.invoice
    if s.planned or s.pending or outcome.planned or outcome.stopped_on:
        return False
    if plan is None:
        return True
    return s.balance_minor == 0 and not needs_review(s, plan)
