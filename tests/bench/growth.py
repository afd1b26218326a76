"""Multiplies the demo data: more customers of the same kind, with names of their own, in the same ratios."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
from psycopg import sql

from models.demo.people import slug
from models.kernel.columns import new_id

Connection = psycopg.Connection[Any]

# The settings of a bulk load; a crash during it just means making the database anew.
BULK = (
    "SET session_replication_role = replica",
    "SET synchronous_commit = off",
    "SET maintenance_work_mem = '1GB'",
    "SET work_mem = '512MB'",
)
# Spread evenly over the file, so that a part of a copy has the same mix as the whole.
SPREAD = "md5(id::text)"


class Customer(NamedTuple):
    """What a copy takes from a customer of the demo data."""

    id: UUID
    name: str
    external_ref: str
    email: str
    country: str


def grow(address: str, invoices: int) -> None:
    """Add whole copies of all customers with subscriptions and invoices, the last one cut to the count."""
    with psycopg.connect(address, autocommit=True) as connection:
        for statement in BULK:
            connection.execute(statement)
        base = _count(connection)
        copies = -(-invoices // base) - 1
        _copy_tenants(connection, copies)
        indexes = _without_indexes(connection)
        connection.execute(_INVOICES, {"new": invoices - base})
        for definition in indexes:
            connection.execute(definition)
        connection.execute("DROP TABLE bench_copy")
        connection.execute("VACUUM (ANALYZE) tenant, subscription, invoice")


def _count(connection: Connection) -> int:
    found = connection.execute("SELECT count(*) FROM invoice").fetchone()
    return int(found[0]) if found else 0


def _copy_tenants(connection: Connection, copies: int) -> None:
    """New customers and subscriptions; `bench_copy` says which came from which."""
    connection.execute(
        "CREATE UNLOGGED TABLE bench_copy (copy int, source uuid, id uuid, subscription uuid, "
        "name text, external_ref text, email text)"
    )
    rows = connection.execute("SELECT id, name, external_ref, email, country FROM tenant ORDER BY id")
    customers = [Customer(*row) for row in rows]
    with connection.cursor().copy("COPY bench_copy FROM STDIN") as copy:
        for row in _copied(customers, copies):
            copy.write_row(row)
    connection.execute("ANALYZE bench_copy")
    connection.execute(_TENANTS)
    connection.execute(_SUBSCRIPTIONS)
    connection.execute("ANALYZE tenant, subscription")


def _copied(customers: list[Customer], copies: int) -> Iterator[tuple[Any, ...]]:
    neighbours: dict[str, list[Customer]] = defaultdict(list)
    for customer in customers:
        neighbours[customer.country].append(customer)
    for copy in range(1, copies + 1):
        for same_country in neighbours.values():
            for index, customer in enumerate(same_country):
                other = same_country[(index + copy * 31) % len(same_country)]
                name, reference = _name(customer, other, copy), f"{customer.external_ref}-{copy:02d}"
                mailbox = customer.email.partition("@")[0]
                email = f"{mailbox}@{slug(name) or 'company'}-{copy}.example"
                yield copy, customer.id, new_id(), new_id(), name, reference, email


def _name(customer: Customer, other: Customer, copy: int) -> str:
    """The first word of one name and the rest of another: each word stays as frequent as it was."""
    first, _, _ = customer.name.partition(" ")
    _, _, rest = other.name.partition(" ")
    # A Japanese name is a single word; its copies are branches.
    return f"{first} {rest}" if rest else f"{customer.name} 第{copy}支店"


def _without_indexes(connection: Connection) -> list[sql.SQL]:
    """Drop the secondary indexes of the invoices; how to make them again."""
    found = connection.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'invoice' AND indexname NOT LIKE 'pk_%'"
    ).fetchall()
    for name, _definition in found:
        connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    return [sql.SQL(definition) for _name, definition in found]


_TENANTS = """
INSERT INTO tenant (id, name, external_ref, email, country, currency, time_zone, locale, status, owner_id,
                    tags, version, created_at, updated_at)
SELECT c.id, c.name, c.external_ref, c.email, t.country, t.currency, t.time_zone, t.locale, t.status, t.owner_id,
       t.tags, t.version, t.created_at, t.updated_at
FROM bench_copy c JOIN tenant t ON t.id = c.source
"""

_SUBSCRIPTIONS = """
INSERT INTO subscription (id, tenant_id, plan_id, price_id, status, currency, quantity, unit_amount_minor,
                          mrr_minor, collection, started_on, anchor_day, period_start_on, period_until_on,
                          cancelled_on, version, created_at, updated_at)
SELECT c.subscription, c.id, s.plan_id, s.price_id, s.status, s.currency, s.quantity, s.unit_amount_minor,
       s.mrr_minor, s.collection, s.started_on, s.anchor_day, s.period_start_on, s.period_until_on,
       s.cancelled_on, s.version, s.created_at, s.updated_at
FROM bench_copy c JOIN subscription s ON s.tenant_id = c.source
"""

# In the order of issue, as the business would have written them; numbers go on where the year's series stands.
_INVOICES = f"""
WITH chosen AS (
    SELECT i.*, c.id AS new_tenant, c.subscription AS new_subscription, c.copy
    FROM invoice i JOIN bench_copy c ON c.source = i.tenant_id
    ORDER BY c.copy, md5(i.id::text) LIMIT %(new)s
), numbered AS (
    SELECT chosen.*, (SELECT next_number FROM number_series
                      WHERE series = 'INV-' || extract(year FROM issued_on)) - 1
        + row_number() OVER (PARTITION BY extract(year FROM issued_on) ORDER BY issued_on, {SPREAD}, copy) AS place
    FROM chosen
)
INSERT INTO invoice (id, tenant_id, subscription_id, number, status, currency, subtotal_minor, tax_minor,
                     total_minor, paid_minor, period_start_on, period_until_on, issued_on, due_on,
                     paid_at, voided_at, version, created_at, updated_at)
SELECT uuidv7(), new_tenant, new_subscription,
       'INV-' || extract(year FROM issued_on) || '-' || lpad(place::text, greatest(6, length(place::text)), '0'),
       status, currency, subtotal_minor, tax_minor, total_minor, paid_minor, period_start_on, period_until_on,
       issued_on, due_on, paid_at, voided_at, version, created_at, updated_at
FROM numbered ORDER BY issued_on, place
"""
