"""Rows of the demo data: each rule on small input, the sums on the whole file."""

import json
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import NamedTuple
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel import Session

from models import tables
from models.demo import rows
from models.demo.build import Account, build_accounts, build_offers, plan_name
from models.demo.errors import BuiltInRoleMissing
from models.demo.ledger import (
    BilledMonth,
    build_billed_months,
    build_lines,
    build_number_series,
    build_payments,
)
from models.demo.load import DEMO_FILE
from models.demo.people import build_identities, slug
from models.demo.staff import SIGN_INS, STAFF, build_staff, build_staff_roles, owner_ids
from models.demo.telco import Contract, PaymentMethod, Service, TelcoCustomer, read_customers
from models.kernel.columns import new_id
from tests.models.demo.test_telco import CUSTOMER

TODAY = date(2026, 3, 17)
NOW = datetime(2026, 3, 17, 9, 30, tzinfo=UTC)
OWNERS: tuple[UUID | None, ...] = (None,)


def _accounts(*customers: TelcoCustomer, today: date = TODAY) -> list[Account]:
    return build_accounts(customers, build_identities(len(customers)), build_offers(NOW), OWNERS, today)


def _billed(*customers: TelcoCustomer, today: date = TODAY) -> list[BilledMonth]:
    return list(build_billed_months(_accounts(*customers, today=today), today))


@cache
def _whole_file() -> tuple[list[Account], list[BilledMonth]]:
    accounts = _accounts(*read_customers(DEMO_FILE))
    return accounts, list(build_billed_months(accounts, TODAY))


def test_nine_plans_each_with_one_price_agreed_with_each_customer() -> None:
    offers = build_offers(NOW)
    assert len({offer.plan.key for offer in offers.values()}) == 9
    fiber = offers[Service.fiber_optic, Contract.two_year]
    assert (fiber.plan.key, fiber.plan.name) == ("fiber-optic-two-year", "Fiber optic, two year")
    assert fiber.price.plan_id == fiber.plan.id
    assert (fiber.price.currency, fiber.price.interval, fiber.price.unit_amount_minor) == (
        "USD",
        "month",
        None,
    )
    assert plan_name(Service.none, Contract.month_to_month) == "Phone only, month to month"


def test_a_staying_customer_is_active_in_the_current_month() -> None:
    (account,) = _accounts(CUSTOMER)
    tenant, subscription = account.tenant, account.subscription
    assert (tenant.external_ref, tenant.status, tenant.currency) == ("5575-GNVDE", "active", "USD")
    assert tenant.created_at == datetime(2023, 5, 1, tzinfo=UTC)
    assert subscription.started_on == date(2023, 5, 1)
    assert (subscription.status, subscription.cancelled_on, subscription.anchor_day) == ("active", None, 1)
    assert (subscription.period_start_on, subscription.period_until_on) == (
        date(2026, 3, 1),
        date(2026, 4, 1),
    )
    assert (subscription.unit_amount_minor, subscription.mrr_minor, subscription.quantity) == (5695, 5695, 1)
    assert subscription.collection == "Mailed check, 14 days"
    assert account.contact.is_primary
    assert account.contact.tenant_id == tenant.id


def test_a_lost_customer_is_cancelled_as_of_the_first_of_the_month() -> None:
    (account,) = _accounts(replace(CUSTOMER, has_churned=True))
    subscription = account.subscription
    assert account.tenant.status == "closed"
    assert (subscription.status, subscription.cancelled_on) == ("cancelled", date(2026, 3, 1))
    assert (subscription.period_start_on, subscription.period_until_on) == (
        date(2026, 2, 1),
        date(2026, 3, 1),
    )


def test_months_are_billed_in_arrears_and_add_up_to_the_cent() -> None:
    first, second, third = _billed(replace(CUSTOMER, tenure=3, total_minor=10_000))
    assert [entry.invoice.total_minor for entry in (first, second, third)] == [3334, 3333, 3333]
    assert [entry.invoice.number for entry in (first, second, third)] == [
        "INV-2026-000001",
        "INV-2026-000002",
        "INV-2026-000003",
    ]
    invoice = third.invoice
    assert (invoice.period_start_on, invoice.period_until_on) == (date(2026, 2, 1), date(2026, 3, 1))
    assert (invoice.issued_on, invoice.due_on) == (date(2026, 3, 1), date(2026, 3, 15))
    (line,) = build_lines([second])
    assert (line.description, line.quantity, line.amount_minor) == ("DSL, one year", 1, 3333)
    assert json.loads(line.derivation) == {
        "kind": "flat",
        "source": "TotalCharges spread over tenure months",
        "total_minor": 10_000,
        "months": 3,
        "month": 2,
        "rounding": "largest remainder",
    }


def test_numbers_start_anew_each_year_and_follow_the_file_within_a_day() -> None:
    billed = _billed(
        replace(CUSTOMER, tenure=2, total_minor=200), replace(CUSTOMER, tenure=4, total_minor=800)
    )
    assert [(entry.invoice.number, entry.invoice.total_minor) for entry in billed] == [
        ("INV-2025-000001", 200),
        ("INV-2026-000001", 200),
        ("INV-2026-000002", 100),
        ("INV-2026-000003", 200),
        ("INV-2026-000004", 100),
        ("INV-2026-000005", 200),
    ]
    assert build_number_series(billed) == [("INV-2025", 2), ("INV-2026", 6)]


@pytest.mark.parametrize("method", PaymentMethod)
@pytest.mark.parametrize("has_churned", [False, True])
def test_only_the_last_mailed_check_of_a_staying_customer_is_open(
    method: PaymentMethod, *, has_churned: bool
) -> None:
    billed = _billed(replace(CUSTOMER, payment_method=method, has_churned=has_churned))
    is_open = method is PaymentMethod.mailed_check and not has_churned
    statuses = [entry.invoice.status for entry in billed]
    assert statuses == ["paid"] * 33 + ["open" if is_open else "paid"]
    last = billed[-1].invoice
    assert (last.paid_minor, last.paid_at is None) == ((0, True) if is_open else (last.total_minor, False))
    assert len(list(build_payments(billed))) == 33 + (not is_open)


def test_payments_come_by_method_within_the_term_and_never_from_the_future() -> None:
    customers = [replace(CUSTOMER, payment_method=method) for method in PaymentMethod]
    channels = defaultdict(set)
    for entry, payment in _paid(_billed(*customers)):
        channels[payment.channel].add((payment.received_on - entry.invoice.issued_on).days)
        assert payment.amount_minor == entry.invoice.total_minor
    assert channels["bank_transfer"] == channels["card"] == {0}
    assert channels["electronic_check"] == set(range(1, 10))
    assert channels["check"] == set(range(3, 14))

    on_the_first = _paid(_billed(*customers, today=date(2026, 3, 1)))
    assert max(payment.received_on for _, payment in on_the_first) == date(2026, 3, 1)


def _paid(billed: list[BilledMonth]) -> list[tuple[BilledMonth, rows.PaymentRow]]:
    paid = [entry for entry in billed if entry.received_on]
    return list(zip(paid, build_payments(billed), strict=True))


def test_a_customer_without_tenure_has_no_invoice() -> None:
    (account,) = _accounts(replace(CUSTOMER, tenure=0, total_minor=0))
    assert account.subscription.started_on == date(2026, 3, 1)
    assert list(build_billed_months([account], TODAY)) == []


def test_the_whole_file_adds_up_to_the_cent() -> None:
    accounts, billed = _whole_file()
    invoices = [entry.invoice for entry in billed]
    assert len(invoices) == 227_990
    assert sum(invoice.total_minor for invoice in invoices) == 1_605_616_870
    by_tenant: Counter[UUID] = Counter()
    for invoice in invoices:
        by_tenant[invoice.tenant_id] += invoice.total_minor
    assert all(by_tenant[account.tenant.id] == account.source.total_minor for account in accounts)
    assert sum(invoice.status == "open" for invoice in invoices) == 1296
    active = [a.subscription.mrr_minor for a in accounts if a.subscription.status == "active"]
    assert (len(active), sum(active)) == (5174, 31_698_575)
    assert min(invoice.total_minor for invoice in invoices) > 0


def test_numbers_of_the_whole_file_have_no_gap_and_follow_the_dates() -> None:
    _, billed = _whole_file()
    expected: Counter[int] = Counter()
    for entry in billed:
        year = entry.invoice.issued_on.year
        expected[year] += 1
        assert entry.invoice.number == f"INV-{year}-{expected[year]:06d}"
    assert all(
        (one.invoice.issued_on, one.invoice.id) < (two.invoice.issued_on, two.invoice.id)
        for one, two in pairwise(billed)
    )
    assert all(entry.received_on is None or entry.received_on <= TODAY for entry in billed)
    assert all(entry.invoice.due_on - entry.invoice.issued_on == timedelta(days=14) for entry in billed)


def test_identities_are_the_same_each_time_unique_and_unreachable() -> None:
    identities = build_identities(2000)
    assert identities == build_identities(2000)
    assert len({identity.company.casefold() for identity in identities}) == 2000
    for identity in identities:
        assert identity.email.isascii()
        assert identity.email.endswith(".example")
        assert identity.contact_email.endswith(identity.email.partition("@")[2])
    regions = {(i.region.country, i.region.locale, i.time_zone.partition("/")[0]) for i in identities}
    assert regions == {
        ("US", "en", "America"),
        ("GB", "en", "Europe"),
        ("DE", "de", "Europe"),
        ("FR", "fr", "Europe"),
        ("ES", "es", "Europe"),
        ("JP", "ja", "Asia"),
    }
    assert slug("Müller & Söhne GmbH") == "mueller-soehne-gmbh"


def test_staff_have_hashes_of_their_own_and_the_manager_owns_a_third() -> None:
    staff = build_staff("correct horse battery", NOW)
    assert len({row.password_hash for row in staff}) == len(STAFF)
    names = ("admin", "manager", "finance", "compliance", "support", "viewer")
    assert tuple(f"{name}@demo.test" for name in names) == SIGN_INS
    owners = owner_ids(staff)
    manager = next(row.id for row in staff if row.email == "manager@demo.test")
    assert owners.count(manager) * 3 == len(owners)

    role_ids = {user.role: new_id() for user in STAFF}
    assert len(build_staff_roles(staff, role_ids)) == len(STAFF)
    del role_ids["viewer"]
    with pytest.raises(BuiltInRoleMissing, match="clientforge migrate"):
        build_staff_roles(staff, role_ids)


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("staff_user", rows.StaffUserRow),
        ("staff_role", rows.StaffRoleRow),
        ("tenant", rows.TenantRow),
        ("contact", rows.ContactRow),
        ("plan", rows.PlanRow),
        ("price", rows.PriceRow),
        ("subscription", rows.SubscriptionRow),
        ("invoice", rows.InvoiceRow),
        ("invoice_line", rows.InvoiceLineRow),
        ("payment", rows.PaymentRow),
        ("number_series", rows.NumberSeriesRow),
    ],
)
def test_rows_fill_every_column_that_the_database_does_not(
    table: str, row: type[NamedTuple], session: Session
) -> None:
    filled = session.execute(
        text(
            "SELECT column_name FROM information_schema.columns WHERE table_name = :table "
            "AND table_schema = 'public' AND (column_default IS NOT NULL OR is_nullable = 'YES')"
        ),
        {"table": table},
    ).scalars()
    columns = {column.name for column in tables.metadata.tables[table].columns if column.computed is None}
    assert set(row._fields) <= columns
    assert columns - set(row._fields) <= set(filled)
