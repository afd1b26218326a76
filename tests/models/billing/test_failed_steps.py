"""Steps that fail while an invoice is made: each is named with its reason, and tried again alone."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from models.billing import (
    FailedStep,
    Invoice,
    InvoiceStatus,
    ParkedStep,
    Plan,
    Subscription,
    list_failures,
    retry_failure,
    retry_step,
    run_batch,
)
from models.billing.errors import NumberingFailed
from models.billing.operations.issue import issue_invoice
from models.billing.operations.retry import STEPS
from models.billing.tables import (
    BillingProfile,
    BillingRun,
    InvoiceLine,
    LegalEntity,
    NumberSeries,
    TaxBehavior,
    TaxRule,
)
from models.kernel.errors import Conflict
from models.kernel.events import Event
from models.kernel.permissions import Permission
from tests.factories.accounts import actor_with, make_staff, make_tenant
from tests.factories.billing import make_draft, make_invoice
from tests.factories.engine import ACTOR, make_listed_price, start
from tests.fixtures.clock import FrozenClock
from tests.fixtures.configured import Configure

FIRST = date(2026, 11, 1)
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _noon(frozen: FrozenClock) -> None:
    frozen.move_to(NOON)


def _run(session: Session) -> BillingRun:
    """What is due is billed by a run, in one batch."""
    run = BillingRun(as_of_at=NOON, due_count=1)
    session.add(run)
    session.flush()
    batch = run_batch(session, ACTOR, as_of=NOON, run_id=run.id, limit=100)
    run.invoice_count, run.draft_count = batch.invoices, batch.drafts
    run.failed_count, run.status = batch.failures, "done"
    session.flush()
    return run


def _made(session: Session, run: BillingRun) -> Invoice:
    invoice = session.exec(select(Invoice).where(Invoice.run_id == run.id)).one()
    session.refresh(invoice)
    return invoice


def test_every_step_an_invoice_can_fail_at_can_be_tried_again() -> None:
    assert set(STEPS) == set(FailedStep) - {FailedStep.none}


def test_a_series_behind_its_numbers_leaves_drafts_without_a_number_and_the_others_go_on(
    session: Session,
) -> None:
    price = make_listed_price(session)
    good, bad = (start(session, price, on=FIRST) for _ in range(2))
    session.add(LegalEntity(key="other", name="Other", invoice_prefix="OTHER", credit_note_prefix="OTHER-CN"))
    session.flush()
    session.add(BillingProfile(tenant_id=bad.tenant_id, legal_entity="other"))
    session.flush()
    make_invoice(session, number="OTHER-2026-000001")
    run = _run(session)
    assert (run.invoice_count, run.draft_count, run.failed_count) == (1, 1, 0)
    stuck = session.exec(
        select(Invoice).where(Invoice.subscription_id == bad.id, Invoice.run_id == run.id)
    ).one()
    assert (stuck.status, stuck.failed_step) == (InvoiceStatus.generating, FailedStep.number)
    assert "OTHER-2026-000001 is used already" in stuck.failure
    session.refresh(bad)
    session.refresh(good)
    assert bad.period_start_on == good.period_start_on == date(2026, 12, 1), "it is billed, only not issued"

    retry_step(session, ACTOR, invoice_id=stuck.id)
    assert (stuck.status, stuck.failed_step) == (InvoiceStatus.generating, FailedStep.number)
    session.add(NumberSeries(series="OTHER-2026", next_number=2))
    session.flush()
    retry_step(session, ACTOR, invoice_id=stuck.id)
    assert (stuck.status, stuck.number, stuck.failure) == (InvoiceStatus.open, "OTHER-2026-000002", "")


def test_a_person_is_told_why_there_is_no_number_and_the_draft_stays(session: Session) -> None:
    draft = make_draft(session, issued_on=date(2026, 12, 1), legal_entity="gone")
    with pytest.raises(NumberingFailed, match="no legal entity “gone”"), session.begin_nested():
        issue_invoice(session, ACTOR, draft)
    session.refresh(draft)
    assert draft.status == InvoiceStatus.draft


@pytest.mark.parametrize(("behavior", "net", "tax"), [("inclusive", 840, 160), ("exclusive", 1_000, 190)])
def test_tax_is_added_as_of_the_day_it_was_for_once_there_is_a_rule(
    session: Session, configure: Configure, behavior: str, net: int, tax: int
) -> None:
    configure(ISSUER_COUNTRY="DE")
    tenant = make_tenant(session, country="DE", currency="EUR")
    make_invoice(session, tenant=tenant)
    price = make_listed_price(session, currency="EUR", tax_behavior=TaxBehavior(behavior))
    one = start(session, price, on=date(2026, 11, 30), tenant=tenant, is_issued=False)
    stuck = session.exec(select(Invoice).where(Invoice.subscription_id == one.id)).one()
    assert (stuck.status, stuck.failed_step, stuck.total_minor) == ("generating", "tax", 1_000)

    retry_step(session, ACTOR, invoice_id=stuck.id)
    assert stuck.status == "generating"
    assert "No tax rule for DE" in stuck.failure, "without a rule it stays where it is"
    for first, until, ppm in (
        (date(2020, 1, 1), date(2026, 12, 1), 190_000),
        (date(2026, 12, 1), None, 250_000),
    ):
        session.add(
            TaxRule(country="DE", name="VAT", rate_ppm=ppm, valid_from_on=first, valid_until_on=until)
        )
    session.flush()
    retry_step(session, ACTOR, invoice_id=stuck.id)
    assert (stuck.status, stuck.failed_step) == ("draft", "")
    (line,) = session.exec(select(InvoiceLine).where(InvoiceLine.invoice_id == stuck.id))
    assert (line.amount_minor, line.tax_minor) == (net, tax), "the rate of its own day, not of today"
    assert (stuck.subtotal_minor, stuck.tax_minor) == (net, tax)
    assert "tax_missing" not in {each["code"] for each in stuck.review}


def _parked(session: Session) -> tuple[BillingRun, Subscription]:
    one = start(session, make_listed_price(session), on=FIRST)
    session.execute(text("UPDATE subscription SET quantity = 500000 WHERE id = :id"), {"id": one.id})
    run = _run(session)
    assert run.failed_count == 1
    return run, one


def test_one_above_the_bounds_stays_parked_until_a_person_allows_it_and_then_is_reviewed(
    session: Session,
) -> None:
    run, one = _parked(session)
    (failure,) = list_failures(session, ACTOR, run_id=run.id)
    assert failure.step == ParkedStep.safety
    again = retry_failure(session, ACTOR, run_id=run.id, subscription_id=one.id, reason="look again")
    assert (again.failures, run.failed_count) == (1, 1), "a retry alone does not lift the bounds"
    released = session.exec(select(Event).where(Event.name == "subscription.released")).all()
    assert released[-1].subject_label.endswith(_plan_name(session, one))

    done = retry_failure(
        session,
        ACTOR,
        run_id=run.id,
        subscription_id=one.id,
        reason="they bought it",
        is_above_bounds_allowed=True,
    )
    assert (done.drafts, run.failed_count, run.draft_count) == (1, 0, 1)
    draft = _made(session, run)
    assert (draft.status, draft.approvals_needed >= 1) == (InvoiceStatus.draft, True)
    assert draft.review[0]["code"] == "above_bounds"
    with pytest.raises(Conflict, match="Nothing is left to do"):
        retry_failure(session, ACTOR, run_id=run.id, subscription_id=one.id, reason="twice")


def _plan_name(session: Session, one: Subscription) -> str:
    """With it its label ends."""
    return session.get_one(Plan, one.plan_id).name


def test_what_was_mended_is_billed_at_once_and_counted_with_its_run(session: Session) -> None:
    run, one = _parked(session)
    session.execute(text("UPDATE subscription SET quantity = 1 WHERE id = :id"), {"id": one.id})
    reader = actor_with(Permission.billing_runs_read, user=make_staff(session))
    with pytest.raises(Exception, match="billing_runs:start"):
        retry_failure(session, reader, run_id=run.id, subscription_id=one.id, reason="please")
    done = retry_failure(session, ACTOR, run_id=run.id, subscription_id=one.id, reason="a typing mistake")
    assert (done.invoices, run.invoice_count, run.failed_count) == (1, 1, 0)
    assert _made(session, run).status == InvoiceStatus.open
