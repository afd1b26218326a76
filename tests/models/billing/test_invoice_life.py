"""Whatever people do to an invoice in whatever order: its amounts add up and its end is final."""

from datetime import date

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, func
from sqlmodel import Session, col, select

from models.billing import (
    Invoice,
    InvoiceStatus,
    Payment,
    get_invoice,
    preview_void,
    record_payment,
    void_invoice,
)
from models.kernel import clock
from models.kernel.database import write_engine
from models.kernel.errors import Conflict, DomainError, Invalid
from models.kernel.events import Event
from models.kernel.money import Money
from models.limits import ApprovalNeeded
from tests.factories.accounts import anybody, make_tenant
from tests.factories.billing import make_invoice
from tests.fixtures.clock import NOON

# The default limit in minor units.
ALONE = 1_000_000


class InvoiceLife(RuleBasedStateMachine):
    """One invoice in one transaction that is undone at the end; `paid` and `is_void` are what we expect."""

    def __init__(self) -> None:
        super().__init__()
        self.connection = write_engine().connect()
        self.outer = self.connection.begin()
        self.session = Session(
            self.connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        )
        self.paid, self.payments, self.is_void, self.token = 0, 0, False, ""

    @initialize(total=st.integers(1, 10**9), currency=st.sampled_from(["USD", "JPY", "KWD"]))
    def issue(self, total: int, currency: str) -> None:
        """An open invoice."""
        tenant = make_tenant(self.session, currency=currency)
        self.invoice = make_invoice(self.session, tenant=tenant, total=total)
        self.total, self.currency = total, currency

    @property
    def due(self) -> int:
        """What should be left to pay."""
        return 0 if self.is_void else self.total - self.paid

    def _pay(self, minor: int, key: str = "") -> None:
        with clock.pinned(NOON):
            record_payment(
                self.session,
                anybody(),
                invoice_id=self.invoice.id,
                amount=str(Money(minor, self.currency).decimal),
                received_on=date(2026, 3, 17),
                channel="other",
                reference="",
                request_key=key,
            )

    @precondition(lambda self: self.due > 0)
    @rule(share=st.fractions(0, 1), key=st.sampled_from(["", "a", "b"]))
    def pay_some(self, share: "st.SearchStrategy[int]", key: str) -> None:
        """A payment within what is due; the same form counts once."""
        known = self.session.exec(select(Payment).where(Payment.request_key == key)).first() if key else None
        minor = max(int(self.due * share), 1)  # type: ignore[call-overload]
        self._pay(minor, key)
        if known is None:
            self.paid += minor
            self.payments += 1

    @rule(extra=st.integers(1, 10**9))
    def pay_too_much(self, extra: int) -> None:
        """More than is due is refused, whatever the state."""
        with pytest.raises((Invalid, Conflict)):
            self._pay(self.due + extra)

    @rule(minor=st.integers(-(10**6), 0))
    def pay_nothing(self, minor: int) -> None:
        """Nothing and less is refused."""
        with pytest.raises(DomainError):
            self._pay(minor)

    @precondition(lambda self: self.paid == 0 and not self.is_void)
    @rule()
    def preview(self) -> None:
        """Remember what the preview showed."""
        self.token = preview_void(self.session, anybody(), invoice_id=self.invoice.id).token

    @rule()
    def void(self) -> None:
        """Voided only where nothing was paid, it is not void yet, and one person may decide it alone."""
        if self.paid == 0 and not self.is_void and self.total > ALONE:
            with pytest.raises(ApprovalNeeded):
                void_invoice(self.session, anybody(), invoice_id=self.invoice.id, reason="x")
        elif self.paid == 0 and not self.is_void:
            void_invoice(self.session, anybody(), invoice_id=self.invoice.id, reason="x", token=self.token)
            self.session.flush()
            self.is_void = True
        else:
            with pytest.raises(Conflict):
                void_invoice(self.session, anybody(), invoice_id=self.invoice.id, reason="x")

    @invariant()
    def adds_up(self) -> None:
        """Amounts, status, payments and events agree with each other and with what we did."""
        row = get_invoice(self.session, anybody(), self.invoice.id).row
        assert (row.paid_minor, row.due_minor, row.total_minor) == (self.paid, self.due, self.total)
        is_paid = self.paid == self.total
        expected = (
            InvoiceStatus.void if self.is_void else InvoiceStatus.paid if is_paid else InvoiceStatus.open
        )
        assert row.status == expected
        received = select(func.coalesce(func.sum(Payment.amount_minor), 0), func.count(col(Payment.id)))
        assert tuple(self.session.exec(received).one()) == (self.paid, self.payments)
        events = self.session.exec(select(func.count()).select_from(Event)).one()
        assert events == self.payments + is_paid + self.is_void
        stored = self.session.get_one(Invoice, self.invoice.id)
        assert (stored.paid_at is not None, stored.voided_at is not None) == (is_paid, self.is_void)

    def teardown(self) -> None:
        """Undo it all."""
        self.session.close()
        self.outer.rollback()
        self.connection.close()


def test_an_invoice_adds_up_through_all_of_its_life(engine: Engine) -> None:
    limits = settings(max_examples=40, stateful_step_count=15, deadline=None)
    run_state_machine_as_test(InvoiceLife, settings=limits)
