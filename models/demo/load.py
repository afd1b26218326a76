"""Loads the demo data with COPY, in the caller's one transaction."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple, cast
from uuid import UUID

import psycopg
from psycopg import sql
from sqlalchemy import text
from sqlmodel import Session, col, select

from models.accounts import Role, StaffUser, Tenant
from models.billing import NumberSeries, Plan
from models.demo import rows
from models.demo.build import build_accounts, build_offers
from models.demo.catalogue import load_catalogue
from models.demo.errors import DatabaseNotEmpty
from models.demo.events import DEMO_LOADED
from models.demo.ledger import (
    build_billed_months,
    build_lines,
    build_number_series,
    build_payments,
)
from models.demo.people import build_identities
from models.demo.staff import DOMAIN, build_staff, build_staff_roles, owner_ids
from models.demo.telco import TelcoCustomer, read_customers
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.columns import new_id
from models.kernel.database import raw_connection
from models.kernel.errors import Unavailable
from models.kernel.events import Subject, record_event
from models.kernel.locking import lock_name
from models.kernel.permissions import Permission

Cursor = psycopg.Cursor[Any]

# `clientforge` runs from the repository, where the file is kept with its source noted.
DEMO_FILE = Path(__file__).resolve().parents[2] / "tests" / "data" / "telco_customers.csv"
FILLED_TABLES = (
    "tenant",
    "contact",
    "plan",
    "price",
    "subscription",
    "invoice",
    "invoice_line",
    "payment",
    "event",
)


@dataclass(frozen=True, slots=True)
class DemoCounts:
    """How many rows were loaded."""

    customers: int
    subscriptions: int
    invoices: int
    payments: int


def load_demo(session: Session, actor: Actor, *, password: str, path: Path = DEMO_FILE) -> DemoCounts:
    """Fill an empty database with the file's customers, their invoices and the demo staff.

    One transaction, the caller's: whatever fails leaves nothing. Raises `DemoFileUnreadable` and
    `DemoFileDamaged` before anything is written, `DatabaseNotEmpty`, `BuiltInRoleMissing`, and
    `Unavailable` where the database has no disk space left or goes away.
    """
    actor.ensure(Permission.staff_write)
    actor.ensure(Permission.customers_write)
    customers = read_customers(path)
    lock_name(session, "demo.load")
    _ensure_empty(session)
    with _named_failures(), _long_cursor(session) as cursor:
        owners = _copy_staff(session, cursor, password)
        counts = _copy_customers(cursor, customers, owners)
    load_catalogue(session, actor)
    subject = Subject("demo", new_id(), "Demo data")
    record_event(session, actor, DEMO_LOADED, subject, after={"file": path.name, **asdict(counts)})
    return counts


def has_customers(session: Session) -> bool:
    """Whether there is any customer, so that the demo data must not be loaded."""
    return session.exec(select(Tenant.id).limit(1)).first() is not None


def settle_tables() -> None:
    """Give the planner its statistics and index-only scans their visibility map; call after the commit."""
    with raw_connection() as connection:
        connection.autocommit = True
        names = sql.SQL(", ").join(sql.Identifier(name) for name in FILLED_TABLES)
        connection.execute(sql.SQL("VACUUM (ANALYZE) {}").format(names))


def _ensure_empty(session: Session) -> None:
    demo_staff = select(StaffUser.id).where(col(StaffUser.email).endswith(f"@{DOMAIN}"))
    for found, statement in (
        ("customers", select(Tenant.id)),
        ("plans", select(Plan.id)),
        ("a series of invoice numbers", select(NumberSeries.series)),
        (f"staff at {DOMAIN}", demo_staff),
    ):
        if session.exec(statement.limit(1)).first() is not None:
            raise DatabaseNotEmpty(found)


def _copy_staff(session: Session, cursor: Cursor, password: str) -> tuple[UUID | None, ...]:
    """Load the staff with their roles; the account managers to give customers to."""
    staff = build_staff(password, clock.now())
    roles = build_staff_roles(staff, dict(session.exec(select(Role.key, Role.id)).all()))
    _copy(cursor, "staff_user", rows.StaffUserRow, staff)
    _copy(cursor, "staff_role", rows.StaffRoleRow, roles)
    return owner_ids(staff)


def _copy_customers(
    cursor: Cursor, customers: list[TelcoCustomer], owners: tuple[UUID | None, ...]
) -> DemoCounts:
    today = clock.today()
    offers = build_offers(clock.now())
    accounts = build_accounts(customers, build_identities(len(customers)), offers, owners, today)
    billed = list(build_billed_months(accounts, today))
    _copy(cursor, "plan", rows.PlanRow, [offer.plan for offer in offers.values()])
    _copy(cursor, "price", rows.PriceRow, [offer.price for offer in offers.values()])
    _copy(cursor, "tenant", rows.TenantRow, [account.tenant for account in accounts])
    _copy(cursor, "contact", rows.ContactRow, [account.contact for account in accounts])
    _copy(cursor, "subscription", rows.SubscriptionRow, [account.subscription for account in accounts])
    _copy(cursor, "number_series", rows.NumberSeriesRow, build_number_series(billed))
    invoices = _copy(cursor, "invoice", rows.InvoiceRow, (entry.invoice for entry in billed))
    _copy(cursor, "invoice_line", rows.InvoiceLineRow, build_lines(billed))
    payments = _copy(cursor, "payment", rows.PaymentRow, build_payments(billed))
    return DemoCounts(len(accounts), len(accounts), invoices, payments)


def _copy(cursor: Cursor, table: str, row: type[NamedTuple], source: Iterable[tuple[Any, ...]]) -> int:
    """Send the rows with COPY; how many there were."""
    names = sql.SQL(", ").join(sql.Identifier(name) for name in row._fields)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
    with cursor.copy(statement) as copy:
        for entry in source:
            copy.write_row(entry)
    return cursor.rowcount


@contextmanager
def _long_cursor(session: Session) -> Iterator[Cursor]:
    """A psycopg cursor in the session's transaction, without the limits meant for screens."""
    session.flush()
    session.execute(text("SET LOCAL statement_timeout = 0"))
    session.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    connection = cast("psycopg.Connection[Any]", session.connection().connection.driver_connection)
    with connection.cursor() as cursor:
        yield cursor


@contextmanager
def _named_failures() -> Iterator[None]:
    """COPY goes past SQLAlchemy, and so past the naming of failures in `unit_of_work`."""
    try:
        yield
    except psycopg.errors.DiskFull as error:
        raise Unavailable(
            "database.disk_full",
            "The database has no disk space left. Nothing was loaded; free about 500 MB, then load again.",
        ) from error
    except psycopg.OperationalError as error:
        raise Unavailable(
            "database.unavailable",
            "The database went away during the load. Nothing was loaded; load again once it answers.",
        ) from error
