"""The figures on a small hand-made set, whose sums can be done in the head."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert
from sqlmodel import Session, SQLModel

from models.accounts import Tenant
from models.analytics import (
    DEFINITIONS,
    Figures,
    MonthAmount,
    MonthMovement,
    NoSuchCurrency,
    SeveralCurrencies,
    billed_by_month,
    collected_by_month,
    compute_figures,
    figures_by_currency,
    mrr_by_month,
    receivables,
    subscription_movements_by_month,
)
from models.billing import Invoice, Payment, Plan, Subscription
from models.billing.tables import Price
from models.kernel import clock
from models.kernel.columns import new_id

TODAY = date(2026, 3, 17)
JANUARY, FEBRUARY, MARCH = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with clock.pinned(datetime(2026, 3, 17, 12, tzinfo=UTC)):
        yield


class Books:
    """Writes rows with the few facts a test is about."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.plan = Plan(key="basic", name="Basic")
        self._add(self.plan)
        self.prices: dict[str, Price] = {}

    def _add(self, row: SQLModel) -> None:
        self.session.add(row)
        self.session.flush()

    def customer(self, currency: str = "USD") -> Tenant:
        """An active customer."""
        tenant = Tenant(
            name="Acme", external_ref=str(new_id()), country="US", currency=currency, status="active"
        )
        self._add(tenant)
        if currency not in self.prices:
            self.prices[currency] = Price(plan_id=self.plan.id, currency=currency)
            self._add(self.prices[currency])
        return tenant

    def subscription(
        self,
        tenant: Tenant,
        mrr: int,
        started: date,
        *,
        cancelled: date | None = None,
        status: str = "active",
    ) -> None:
        """A monthly subscription."""
        self._add(
            Subscription(
                tenant_id=tenant.id,
                plan_id=self.plan.id,
                price_id=self.prices[tenant.currency].id,
                status="cancelled" if cancelled else status,
                currency=tenant.currency,
                unit_amount_minor=mrr,
                mrr_minor=mrr,
                started_on=started,
                period_start_on=MARCH,
                period_until_on=date(2026, 4, 1),
                cancelled_on=cancelled,
            )
        )

    def invoice(
        self, tenant: Tenant, total: int, issued: date, status: str, *, due_days: int = 14
    ) -> Invoice:
        """An invoice of one month."""
        invoice = Invoice(
            tenant_id=tenant.id,
            number=str(new_id()),
            status=status,
            currency=tenant.currency,
            subtotal_minor=total,
            total_minor=total,
            paid_minor=total if status == "paid" else 0,
            period_start_on=issued - timedelta(days=28),
            period_until_on=issued,
            issued_on=issued,
            due_on=issued + timedelta(days=due_days),
        )
        # The database computes due_minor, which the ORM would send.
        self.session.execute(insert(Invoice).values(**invoice.model_dump(exclude={"due_minor"})))
        return invoice

    def payment(self, invoice: Invoice, amount: int, received: date, status: str = "succeeded") -> None:
        """Money for an invoice."""
        self._add(
            Payment(
                tenant_id=invoice.tenant_id,
                invoice_id=invoice.id,
                status=status,
                currency=invoice.currency,
                amount_minor=amount,
                received_on=received,
            )
        )


@pytest.fixture
def books(session: Session) -> Books:
    """Empty books."""
    return Books(session)


def test_figures_count_what_their_definitions_say(session: Session, books: Books) -> None:
    one, other = books.customer(), books.customer()
    books.subscription(one, 1000, JANUARY)
    books.subscription(one, 300, JANUARY, status="paused")
    books.subscription(one, 200, JANUARY, status="trial")
    books.subscription(other, 500, JANUARY, cancelled=MARCH)
    for status in ("draft", "open", "paid", "void", "uncollectible"):
        books.invoice(one, 100, FEBRUARY, status)

    assert compute_figures(session) == Figures(
        currency="USD",
        customers=2,
        active_subscriptions=1,
        cancelled_subscriptions=1,
        invoices=4,
        open_invoices=1,
        billed_minor=300,
        mrr_minor=1000,
        arr_minor=12_000,
    )


def test_an_empty_database_has_zeros(session: Session) -> None:
    assert compute_figures(session) == Figures(currency="")
    assert billed_by_month(session) == mrr_by_month(session) == ()
    assert receivables(session) == ()


def test_currencies_are_never_added_up(session: Session, books: Books) -> None:
    books.subscription(books.customer(), 1000, JANUARY)
    yen = books.customer("JPY")
    books.subscription(yen, 9000, JANUARY)
    books.invoice(yen, 9000, MARCH, "open")

    assert [(f.currency, f.mrr_minor, f.invoices) for f in figures_by_currency(session)] == [
        ("JPY", 9000, 1),
        ("USD", 1000, 0),
    ]
    with pytest.raises(SeveralCurrencies, match="JPY, USD"):
        compute_figures(session)
    assert compute_figures(session, "JPY").billed_minor == 9000
    with pytest.raises(NoSuchCurrency, match="EUR"):
        compute_figures(session, "EUR")
    assert [entry.currency for entry in mrr_by_month(session, 2)] == ["JPY", "JPY", "USD", "USD"]


def test_billed_and_collected_by_month(session: Session, books: Books) -> None:
    customer = books.customer()
    books.invoice(customer, 7, date(2025, 12, 31), "paid")
    old = books.invoice(customer, 100, JANUARY, "paid")
    books.invoice(customer, 10, date(2026, 1, 31), "open")
    for status in ("draft", "void"):
        books.invoice(customer, 1000, JANUARY, status)
    books.invoice(customer, 1, MARCH, "uncollectible")
    books.payment(old, 60, date(2026, 1, 31))
    books.payment(old, 5, FEBRUARY, "failed")
    books.payment(old, 40, date(2026, 3, 17))

    assert billed_by_month(session, 3) == (
        MonthAmount(JANUARY, "USD", 110),
        MonthAmount(FEBRUARY, "USD", 0),
        MonthAmount(MARCH, "USD", 1),
    )
    assert [entry.amount_minor for entry in collected_by_month(session, 3)] == [60, 0, 40]


def test_recurring_revenue_and_movements_by_month(session: Session, books: Books) -> None:
    customer = books.customer()
    books.subscription(customer, 1000, date(2020, 6, 1))
    books.subscription(customer, 77, date(2020, 6, 1), cancelled=date(2021, 6, 1))
    books.subscription(customer, 200, date(2026, 1, 31), cancelled=MARCH)
    books.subscription(customer, 30, FEBRUARY, cancelled=date(2026, 2, 28))
    books.subscription(customer, 4, TODAY)
    books.subscription(customer, 5000, JANUARY, status="paused")
    books.subscription(customer, 5000, date(2026, 3, 18), status="scheduled")

    assert [entry.amount_minor for entry in mrr_by_month(session, 3)] == [1200, 1200, 1004]
    assert mrr_by_month(session, 1)[-1].amount_minor == compute_figures(session).mrr_minor
    assert subscription_movements_by_month(session, 3) == (
        MonthMovement(JANUARY, "USD", 1, 200, 0, 0),
        MonthMovement(FEBRUARY, "USD", 1, 30, 1, 30),
        MonthMovement(MARCH, "USD", 1, 4, 1, 200),
    )


def test_receivables_by_age(session: Session, books: Books) -> None:
    customer = books.customer()
    for amount, days_overdue in (
        (1, -14),
        (2, 0),
        (4, 1),
        (8, 30),
        (16, 31),
        (32, 60),
        (64, 61),
        (128, 90),
        (256, 91),
    ):
        books.invoice(customer, amount, TODAY - timedelta(days=days_overdue), "open", due_days=0)
    books.invoice(customer, 9999, JANUARY, "paid")

    (found,) = receivables(session)
    assert (found.currency, found.open_minor, found.overdue_minor) == ("USD", 511, 508)
    assert (found.open_invoices, found.overdue_invoices) == (9, 7)
    assert [(age.label, age.amount_minor) for age in found.ages] == [
        ("0", 3),
        ("1-30", 12),
        ("31-60", 48),
        ("61-90", 192),
        ("90+", 256),
    ]


def test_every_figure_has_a_definition() -> None:
    series = {"billed_by_month", "collected_by_month", "mrr_by_month", "subscription_movements_by_month"}
    fields = {name for name in Figures.__slots__ if name != "currency"}
    assert DEFINITIONS.keys() == fields | series | {"open_minor", "overdue_minor", "aging"}
    assert all(sentence.endswith(".") for sentence in DEFINITIONS.values())
