"""Whatever people do with an issued invoice: we never give back more than it was, and the statement agrees."""

from datetime import date
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from models.billing import (
    CreditWish,
    InvoiceStatus,
    SettlementText,
    adjust_balance,
    approve_invoice,
    balance_of,
    issue_credit_note,
    preview_credit_note,
    record_payment,
    reopen_invoice,
    void_credit_note,
    void_invoice,
    write_off_invoice,
)
from models.billing.queries.statement import get_statement
from models.billing.tables import BalanceEntry, CreditNote, CreditNoteLine, CreditNoteStatus, Refund
from models.kernel import clock
from models.kernel.columns import new_id
from models.kernel.database import write_engine
from models.kernel.errors import DomainError
from models.kernel.money import Money
from models.kernel.permissions import Permission
from tests.factories.accounts import actor_with, anybody, make_staff, make_tenant
from tests.factories.billing import make_draft
from tests.fixtures.clock import NOON


class CreditLife(RuleBasedStateMachine):
    """One customer and one invoice in a transaction that is undone at the end."""

    def __init__(self) -> None:
        super().__init__()
        self.connection = write_engine().connect()
        self.outer = self.connection.begin()
        self.session = Session(
            self.connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        )

    @initialize(
        amounts=st.lists(st.integers(-(10**5), 10**6), min_size=1, max_size=4).filter(
            lambda each: sum(each) > 0
        ),
        ppm=st.sampled_from([0, 190_000, 88_750]),
        balance=st.sampled_from([0, 5_000]),
    )
    def issue(self, amounts: list[int], ppm: int, balance: int) -> None:
        """An invoice that was approved, with some of the balance taken off."""
        with clock.pinned(NOON):
            self.tenant = make_tenant(self.session)
            if balance:
                adjust_balance(
                    self.session,
                    anybody(),
                    tenant_id=self.tenant.id,
                    amount=str(Money(balance, "USD").decimal),
                    currency="USD",
                    reason="x",
                )
            draft = make_draft(self.session, tenant=self.tenant, amounts=amounts, tax_ppm=ppm, needed=1)
            ann = actor_with(*Permission, user=make_staff(self.session))
            self.invoice = approve_invoice(self.session, ann, invoice_id=draft.id)

    def _try(self, operation: Any, **facts: Any) -> None:
        """Whatever is refused leaves all as it was."""
        try:
            with clock.pinned(NOON), self.session.begin_nested():
                operation(self.session, anybody(), **facts)
        except DomainError:
            self.session.refresh(self.invoice)

    @rule(minor=st.integers(1, 10**6))
    def pay(self, minor: int) -> None:
        """Some or all of what is due."""
        amount = min(minor, self.invoice.due_minor) or minor
        self._try(
            record_payment,
            invoice_id=self.invoice.id,
            amount=str(Money(amount, "USD").decimal),
            received_on=date(2026, 3, 17),
            channel="other",
            reference="",
            request_key="",
        )

    @rule(
        percent=st.integers(1, 100),
        ways=st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3)),
    )
    def credit(self, percent: int, ways: tuple[int, int, int]) -> None:
        """A part, settled as proposed or with the rest spread over the other ways."""
        wish = CreditWish(percent=str(percent))
        try:
            preview = preview_credit_note(self.session, anybody(), invoice_id=self.invoice.id, wish=wish)
        except DomainError:
            return
        rest, proposal = preview.proposal.to_balance_minor, preview.proposal
        refund = min(rest, preview.ceilings.refundable_minor) if ways[0] > 1 else 0
        outside = rest - refund if ways[1] > 1 else 0

        def text(minor: int) -> str:
            return str(Money(minor, "USD").decimal)

        self._try(
            issue_credit_note,
            invoice_id=self.invoice.id,
            wish=wish,
            settlement=SettlementText(
                text(proposal.reduced_minor),
                text(rest - refund - outside),
                text(refund),
                text(outside),
                "cash",
            ),
            reason="x",
            request_key=new_id().hex,
            token=preview.token,
        )

    @rule()
    def void(self) -> None:
        """Refused where anything was paid or credited."""
        self._try(void_invoice, invoice_id=self.invoice.id, reason="x")

    @rule()
    def void_last_note(self) -> None:
        """Refused where money has gone."""
        note = self.session.exec(select(CreditNote).order_by(col(CreditNote.id).desc())).first()
        if note is not None:
            self._try(void_credit_note, credit_note_id=note.id, reason="x")

    @rule()
    def write_off(self) -> None:
        """Refused where it is not open."""
        self._try(write_off_invoice, invoice_id=self.invoice.id, reason="forgiven")

    @rule()
    def reopen(self) -> None:
        """Refused where it was not written off."""
        self._try(reopen_invoice, invoice_id=self.invoice.id, reason="x")

    @invariant()
    def never_more_back_than_it_was(self) -> None:
        """Total less credit notes is at least zero, refunds are at most what was paid, and all tables agree."""
        invoice, session = self.invoice, self.session
        notes = session.exec(select(CreditNote).where(CreditNote.status == CreditNoteStatus.issued)).all()
        refunds = session.exec(select(func.coalesce(func.sum(Refund.amount_minor), 0))).one()
        credited = sum(each.total_minor for each in notes)
        lines = session.exec(
            select(func.coalesce(func.sum(CreditNoteLine.amount_minor + CreditNoteLine.tax_minor), 0))
            .join(CreditNote)
            .where(CreditNote.status == CreditNoteStatus.issued)
        ).one()
        assert invoice.credited_minor == credited == lines
        assert invoice.total_minor - credited >= 0
        assert invoice.paid_minor - refunds >= 0
        held = max(invoice.balance_minor, 0)
        assert sum(each.total_minor - each.reduced_minor for each in notes) <= invoice.paid_minor + held
        entries = session.exec(select(BalanceEntry).order_by(col(BalanceEntry.id))).all()
        assert sum(each.amount_minor for each in entries) == balance_of(session, self.tenant.id, "USD") >= 0

    @invariant()
    def the_statement_closes_with_what_is_due_less_what_is_held(self) -> None:
        """Rows from the documents add up to what the invoice and the ledger say."""
        statement = get_statement(
            self.session,
            anybody(),
            tenant_id=self.tenant.id,
            currency="USD",
            from_on=date(2025, 1, 1),
            last_on=date(2026, 12, 31),
        )
        due = self.invoice.due_minor if self.invoice.status == InvoiceStatus.open else 0
        assert statement.closing.minor == due - balance_of(self.session, self.tenant.id, "USD")

    def teardown(self) -> None:
        """Undo it all."""
        self.session.close()
        self.outer.rollback()
        self.connection.close()


def test_an_invoice_never_gives_back_more_than_it_was(engine: Engine) -> None:
    limits = settings(max_examples=40, stateful_step_count=15, deadline=None)
    run_state_machine_as_test(CreditLife, settings=limits)
