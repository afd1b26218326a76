"""Whatever happens in whatever order: no step twice, no charge after the end, never more tries than allowed."""

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine
from sqlmodel import Session, select

from models.billing import Invoice, void_invoice
from models.dunning import (
    CaseStatus,
    DeclineClass,
    DunningCase,
    DunningStep,
    StepOutcome,
    advance_due,
    evaluate_cases,
    grant_grace,
    pause_case,
    promise_payment,
    record_failed_charge,
    record_good_charge,
    record_waiting_charge,
    resume_case,
    skip_step,
    stop_case,
    stop_for_dispute,
    sync_case,
    try_now,
    wake_for_method,
    write_off_case,
)
from models.dunning.rules.case_status import is_closed
from models.kernel import clock
from models.kernel.errors import Conflict, Invalid
from models.payments import Charge, ChargeCause, ChargeStatus
from tests.factories.accounts import make_tenant
from tests.factories.dunning import ACTOR, SHORT, make_case, pay, word
from tests.factories.payments import give_methods
from tests.fixtures.clock import NOON

CLASSES = st.sampled_from([*DeclineClass])


class CaseMachine(RuleBasedStateMachine):
    """One invoice, everybody at once."""

    engine: Engine

    def __init__(self) -> None:
        super().__init__()
        self.connection = self.engine.connect()
        self.outer = self.connection.begin()
        self.session = Session(
            self.connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        )
        self.now = NOON
        self.keys = 0
        self.charges_at_end: dict[Any, int] = {}
        self.said: list[Any] = []
        with clock.pinned(self.now):
            self.tenant = make_tenant(self.session, email="a@b.test")
            give_methods(self.session, self.tenant)
            self.invoice_id = make_case(self.session, SHORT, tenant=self.tenant).invoice_id

    def teardown(self) -> None:
        self.session.close()
        self.outer.rollback()
        self.connection.close()

    def cases(self) -> list[DunningCase]:
        return list(
            self.session.exec(select(DunningCase).where(DunningCase.invoice_id == self.invoice_id)).all()
        )

    def act(self, operation: Any, **facts: Any) -> None:
        """By hand, on the newest case; refusals are part of life."""
        newest = max(self.cases(), key=lambda case: case.id)
        with clock.pinned(self.now), suppress(Conflict, Invalid), self.session.begin_nested():
            operation(self.session, ACTOR, case_id=newest.id, **facts)

    def hear(self, record: Any, said: Any) -> None:
        self.said.append((record, said))
        with clock.pinned(self.now):
            record(self.session, ACTOR, word=said)

    @rule(hours=st.integers(1, 60))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        with clock.pinned(self.now):
            advance_due(self.session, ACTOR, limit=10)

    @rule()
    def sweep_again(self) -> None:
        with clock.pinned(self.now):
            advance_due(self.session, ACTOR, limit=10)

    @rule(decline_class=CLASSES, outcome=st.sampled_from(["failed", "succeeded", "needs_action"]))
    def answer_comes(self, decline_class: str, outcome: str) -> None:
        charge = self.session.exec(
            select(Charge).where(
                Charge.invoice_id == self.invoice_id, Charge.status == ChargeStatus.requested
            )
        ).first()
        if charge is None:
            return
        charge.status = ChargeStatus.failed if outcome != "succeeded" else ChargeStatus.succeeded
        self.session.flush()
        record = {
            "failed": record_failed_charge,
            "succeeded": record_good_charge,
            "needs_action": record_waiting_charge,
        }[outcome]
        if outcome == "succeeded":
            self.money_comes()
        case = self.cases()[0]
        self.hear(record, word(case, at=self.now, charge_id=charge.id, decline_class=decline_class))

    @rule(decline_class=CLASSES)
    def outside_charge_fails(self, decline_class: str) -> None:
        self.hear(record_failed_charge, word(self.cases()[0], at=self.now, decline_class=decline_class))

    @rule(data=st.data())
    def old_word_again(self, data: st.DataObject) -> None:
        if self.said:
            record, said = data.draw(st.sampled_from(self.said))
            with clock.pinned(self.now):
                record(self.session, ACTOR, word=said)

    @rule()
    def money_comes(self) -> None:
        invoice = self.session.get_one(Invoice, self.invoice_id)
        if invoice.due_minor > 0:
            with clock.pinned(self.now):
                pay(self.session, self.invoice_id)
                sync_case(self.session, ACTOR, invoice_id=self.invoice_id)

    @rule()
    def invoice_is_voided(self) -> None:
        with clock.pinned(self.now), suppress(Conflict):
            void_invoice(self.session, ACTOR, invoice_id=self.invoice_id, reason="wrong")
            sync_case(self.session, ACTOR, invoice_id=self.invoice_id)

    @rule()
    def payment_is_disputed(self) -> None:
        with clock.pinned(self.now):
            stop_for_dispute(self.session, ACTOR, invoice_id=self.invoice_id)

    @rule()
    def method_is_added(self) -> None:
        with clock.pinned(self.now):
            for case_id in wake_for_method(self.session, ACTOR, tenant_id=self.tenant.id):
                self.keys += 1
                with suppress(Conflict), self.session.begin_nested():
                    try_now(
                        self.session,
                        ACTOR,
                        case_id=case_id,
                        request_key=f"new:{self.keys}",
                        cause=ChargeCause.dunning,
                    )

    @rule()
    def everything_is_looked_at(self) -> None:
        with clock.pinned(self.now):
            evaluate_cases(self.session, ACTOR, after=None, limit=10)

    @rule()
    def person_tries(self) -> None:
        self.keys += 1
        self.act(try_now, request_key=f"hand:{self.keys}")

    @rule(days=st.integers(1, 9))
    def person_pauses(self, days: int) -> None:
        self.act(pause_case, until=(self.now + timedelta(days=days)).date(), reason="rest")

    @rule(days=st.integers(1, 9))
    def promise_is_made(self, days: int) -> None:
        self.act(promise_payment, on=(self.now + timedelta(days=days)).date())

    @rule()
    def person_resumes(self) -> None:
        self.act(resume_case)

    @rule()
    def person_skips(self) -> None:
        self.act(skip_step, reason="known")

    @rule()
    def person_grants_grace(self) -> None:
        self.act(grant_grace, days=2, reason="asked")

    @rule(is_writing_off=st.booleans())
    def person_ends_it(self, *, is_writing_off: bool) -> None:
        if is_writing_off:
            self.act(write_off_case, reason="forgiven")
        else:
            self.act(stop_case, reason="enough")

    @invariant()
    def no_step_twice(self) -> None:
        taken = Counter(
            (step.case_id, step.position, step.round)
            for step in self.session.exec(select(DunningStep).where(DunningStep.kind == "step"))
        )
        assert all(number == 1 for number in taken.values())

    @invariant()
    def never_more_tries_than_allowed(self) -> None:
        for case in self.cases():
            by_campaign = self.session.exec(
                select(DunningStep).where(
                    DunningStep.case_id == case.id,
                    DunningStep.kind == "step",
                    DunningStep.action == "charge",
                    DunningStep.charge_id.is_not(None),  # type: ignore[union-attr]
                )
            ).all()
            assert len(by_campaign) == case.tries_used <= case.budget

    @invariant()
    def no_charge_after_the_end(self) -> None:
        for case in self.cases():
            charges = len(
                self.session.exec(
                    select(DunningStep).where(
                        DunningStep.case_id == case.id,
                        DunningStep.action == "charge",
                        DunningStep.outcome != StepOutcome.skipped,
                    )
                ).all()
            )
            if is_closed(case.status):
                assert self.charges_at_end.setdefault(case.id, charges) == charges

    @invariant()
    def at_most_one_open_case_and_it_knows_what_comes(self) -> None:
        found = [case for case in self.cases() if not is_closed(case.status)]
        assert len(found) <= 1
        for case in found:
            assert case.next_action
            assert case.next_why
            if case.status in {CaseStatus.running, CaseStatus.waiting_action}:
                assert case.rest_since_at is None


@pytest.mark.usefixtures("engine")
def test_any_order(engine: Engine) -> None:
    machine = type("Machine", (CaseMachine,), {"engine": engine})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=40,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
