"""A database in which a hundred thousand subscriptions of three components are due on one day.

They have been billed once by the engine itself, so that tables and indexes stand as they do in the middle of a life.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from models.billing import PriceModel
from models.billing.rules.pricing import compute_charge, terms_of
from models.kernel import embedded_postgres
from models.kernel.columns import new_id
from models.kernel.database import create_database
from models.kernel.money import round_quotient_half_up
from tests.bench.places import DATA, run_module

SUBSCRIPTIONS, QUICK_SUBSCRIPTIONS = 100_000, 5_000
BEFORE, AS_OF = datetime(2026, 11, 1, 12, tzinfo=UTC), datetime(2026, 12, 1, 12, tzinfo=UTC)
STARTED_ON, DUE_ON = date(2026, 10, 1), date(2026, 11, 1)
TEMPLATE, COPY = "bench_billing", "bench_billing_copy"
SETTINGS = {
    "ISSUER_COUNTRY": "DE",
    "DATABASE_POOL_SIZE": "4",
    "LOG_LEVEL": "ERROR",
    # Routine invoices: none of them needs a person.
    "INVOICE_APPROVAL_LIMIT": "*:1000000000",
}
VAT_PPM = 190_000
TIERS = [
    {"up_to": 10, "unit_amount": "900", "flat_minor": 0},
    {"up_to": 50, "unit_amount": "725.5", "flat_minor": 500},
    {"up_to": None, "unit_amount": "610", "flat_minor": 500},
]
# Name, price model, unit amount, tiers; four plans and four add-ons, each subscription with one plan and two add-ons.
PLANS: tuple[tuple[str, str, int | None, list[dict[str, Any]]], ...] = (
    ("Starter", "per_unit", 1_900, []),
    ("Team", "per_unit", 2_985, []),
    ("Business", "graduated", None, TIERS),
    ("Scale", "flat", 49_900, []),
)
ADD_ONS: tuple[tuple[str, str, int | None, list[dict[str, Any]]], ...] = (
    ("Support", "per_unit", 900, []),
    ("Archive", "flat", 1_500, []),
    ("Mail", "volume", None, TIERS),
    ("Sandbox", "per_unit", 333, []),
)
Row = tuple[Any, ...]


@contextmanager
def template(subscriptions: int) -> Iterator[tuple[str, str]]:
    """Addresses of the server's own database, and of a database as it stands before the run."""
    server = embedded_postgres.start(DATA)
    try:
        admin, address = (embedded_postgres.url(server, name) for name in ("postgres", TEMPLATE))
        drop(admin, TEMPLATE)
        create_database(admin, TEMPLATE)
        run_module("tests.bench.command_line", "migrate", settings={"DATABASE_URL": address})
        _fill(address, subscriptions)
        bill_first_month(address)
        yield admin, embedded_postgres.url(server, COPY)
        for name in (COPY, TEMPLATE):
            drop(admin, name)
    finally:
        server.cleanup()


def renew(admin: str) -> None:
    """A fresh copy of the database before the run."""
    drop(admin, COPY)
    create_database(admin, COPY, TEMPLATE)


def drop(admin: str, name: str) -> None:
    """Drop the database, whoever is connected."""
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _fill(address: str, subscriptions: int) -> None:
    now = datetime(2026, 10, 1, tzinfo=UTC)
    dated = {"created_at": now, "updated_at": now}
    with psycopg.connect(address, autocommit=True) as connection:
        plans = [_price(connection, *each, is_add_on=False) for each in PLANS]
        add_ons = [_price(connection, *each, is_add_on=True) for each in ADD_ONS]
        rule = {
            "id": new_id(),
            "country": "DE",
            "name": "VAT",
            "rate_ppm": VAT_PPM,
            "valid_from_on": date(2021, 1, 1),
        }
        _insert(connection, "tax_rule", [{**rule, "region": "", "tax_code": "*", "note": "", **dated}])
        tenants, bought, extras, invoices = [], [], [], []
        for number in range(subscriptions):
            tenants.append(_tenant(number) | dated)
            bought.append(_subscription(tenants[-1]["id"], plans[number % 4], number) | dated)
            chosen = number % 4, (number + 1) % 4
            extras += [_add_on(bought[-1], add_ons[each], number) | dated for each in chosen]
            sold = [(PLANS[number % 4], bought[-1]["quantity"])]
            sold += [(ADD_ONS[each], number % 20 + 1) for each in chosen]
            invoices.append(_last_invoice(bought[-1], number, sold) | dated)
        for table, rows in (
            ("tenant", tenants),
            ("subscription", bought),
            ("subscription_add_on", extras),
            ("invoice", invoices),
        ):
            _insert(connection, table, rows)
        connection.execute("INSERT INTO number_series VALUES ('INV-2026', %s)", (subscriptions + 1,))
        connection.execute("VACUUM (ANALYZE)")


def bill_first_month(address: str) -> None:
    """November, by the engine."""
    settings = {"DATABASE_URL": address, **SETTINGS}
    run_module("tests.bench.billing_worker", "run", BEFORE.isoformat(), settings=settings)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")


def _price(
    connection: psycopg.Connection[Any],
    name: str,
    model: str,
    amount: int | None,
    tiers: list[dict[str, Any]],
    *,
    is_add_on: bool,
) -> tuple[UUID, UUID, int]:
    """Plan, price and agreed unit amount."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    dated = {"created_at": now, "updated_at": now}
    plan, price = new_id(), new_id()
    facts = {"key": name.lower(), "version": 1, "name": name, "status": "on_sale", "description": ""}
    more = {"trial_days": 0, "is_add_on": is_add_on, "tax_code": "standard"}
    _insert(connection, "plan", [{"id": plan, **facts, **more, **dated}])
    terms = {"model": model, "unit_amount_minor": amount, "package_size": 1, "tiers": Jsonb(tiers)}
    offer = {"currency": "EUR", "interval": "month", "interval_count": 1, "tax_behavior": "exclusive"}
    _insert(connection, "price", [{"id": price, "plan_id": plan, **offer, **terms, **dated}])
    return plan, price, amount or 0


def _tenant(number: int) -> dict[str, Any]:
    return {
        "id": new_id(),
        "name": f"Customer {number:06}",
        "external_ref": f"C{number:06}",
        "email": f"billing@customer-{number}.example",
        "country": "DE",
        "currency": "EUR",
        "time_zone": "Europe/Berlin",
        "locale": "de",
        "status": "active",
        "version": 1,
    }


def _subscription(tenant_id: UUID, offer: tuple[UUID, UUID, int], number: int) -> dict[str, Any]:
    plan, price, amount = offer
    return {
        "id": new_id(),
        "tenant_id": tenant_id,
        "plan_id": plan,
        "price_id": price,
        "status": "active",
        "currency": "EUR",
        "quantity": number % 60 + 1,
        "unit_amount_minor": amount,
        "mrr_minor": 0,
        "collection": "",
        "started_on": STARTED_ON,
        "anchor_day": 1,
        "period_start_on": STARTED_ON,
        "period_until_on": DUE_ON,
        "billing_timing": "advance",
        "net_terms_days": 14,
        # Midnight in Berlin.
        "renews_at": datetime(2026, 10, 31, 23, tzinfo=UTC),
        "held_reason": "",
        "version": 1,
    }


def _add_on(bought: dict[str, Any], offer: tuple[UUID, UUID, int], number: int) -> dict[str, Any]:
    plan, price, amount = offer
    return {
        "id": new_id(),
        "tenant_id": bought["tenant_id"],
        "subscription_id": bought["id"],
        "plan_id": plan,
        "price_id": price,
        "currency": "EUR",
        "quantity": number % 20 + 1,
        "unit_amount_minor": amount,
        "added_on": STARTED_ON,
    }


def _last_invoice(
    bought: dict[str, Any], number: int, sold: list[tuple[tuple[str, str, int | None, list[Any]], int]]
) -> dict[str, Any]:
    """Of the worth that is due again, so that the next one is routine."""
    amounts = [
        compute_charge(terms_of(PriceModel(model), amount, 1, tiers), quantity).amount_minor
        for (_, model, amount, tiers), quantity in sold
    ]
    tax = sum(round_quotient_half_up(each * VAT_PPM, 1_000_000) for each in amounts)
    return {
        "id": new_id(),
        "tenant_id": bought["tenant_id"],
        "subscription_id": bought["id"],
        "kind": "period",
        "number": f"INV-2026-{number + 1:06}",
        "status": "open",
        "currency": "EUR",
        "subtotal_minor": sum(amounts),
        "tax_minor": tax,
        "total_minor": sum(amounts) + tax,
        "paid_minor": 0,
        "period_start_on": STARTED_ON,
        "period_until_on": DUE_ON,
        "issued_on": STARTED_ON,
        "due_on": date(2026, 10, 15),
        "version": 1,
    }


def _insert(connection: psycopg.Connection[Any], table: str, rows: list[dict[str, Any]]) -> None:
    columns = list(rows[0])
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor().copy(statement) as copy:
        for row in rows:
            copy.write_row([row[column] for column in columns])
