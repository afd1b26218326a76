"""Every business table belongs to a customer, pages by an index, and keeps money as whole minor units."""

from sqlalchemy import BigInteger, DateTime, Float, Numeric, String, Table

from models.compliance import AUDIT
from models.kernel.columns import type_of
from models.kernel.listing import listings
from models.tables import WITHOUT_TENANT, metadata

TABLES = {table.name: table for table in metadata.sorted_tables}


def _first_columns(table: Table) -> set[str]:
    indexed = {index.expressions[0].name for index in table.indexes if hasattr(index.expressions[0], "name")}
    indexed |= {column.name for column in list(table.primary_key.columns)[:1]}
    return {str(name) for name in indexed}


def test_every_table_has_its_customer_or_a_reason() -> None:
    without = {name for name, table in TABLES.items() if "tenant_id" not in table.columns}
    assert without - set(WITHOUT_TENANT) == set(), "add tenant_id, or the reason to models.tables"


def test_no_reason_is_stale() -> None:
    # The event row has a tenant_id, which may be empty.
    with_one = {name for name in WITHOUT_TENANT if name in TABLES and "tenant_id" in TABLES[name].columns}
    assert with_one <= {"event"}
    assert set(WITHOUT_TENANT) <= set(TABLES)
    assert all(reason for reason in WITHOUT_TENANT.values())


def test_a_customers_rows_are_found_by_an_index_and_are_never_nobodys() -> None:
    for name, table in TABLES.items():
        if name in WITHOUT_TENANT:
            continue
        column = table.columns["tenant_id"]
        assert not column.nullable, name
        assert [key.target_fullname for key in column.foreign_keys] == ["tenant.id"], name
        # A line is read with its invoice, and only so.
        if name != "invoice_line":
            assert "tenant_id" in _first_columns(table), f"{name} needs an index that starts with tenant_id"


def test_money_is_a_big_integer_beside_its_currency() -> None:
    for name, table in TABLES.items():
        for column in table.columns:
            assert not isinstance(column.type, Float | Numeric), f"{name}.{column.name}"
            if column.name.endswith("_minor"):
                assert isinstance(column.type, BigInteger), f"{name}.{column.name}"
                assert "currency" in table.columns, name
    currencies = [table.columns["currency"] for table in TABLES.values() if "currency" in table.columns]
    assert all(isinstance(each.type, String) and each.type.length == 3 for each in currencies)


def test_instants_have_a_zone_and_a_name_that_says_so() -> None:
    for name, table in TABLES.items():
        for column in table.columns:
            if isinstance(column.type, DateTime):
                assert column.type.timezone, f"{name}.{column.name}"
                assert column.name.endswith("_at"), f"{name}.{column.name}"


def test_every_list_sorts_by_columns_that_are_never_empty() -> None:
    """A row without the value would be on no page."""
    assert AUDIT.key in listings()
    for listing in listings().values():
        for sort in listing.sorts:
            column = getattr(sort.column, "property", None)
            if column is not None:
                assert not column.columns[0].nullable, f"{listing.key}: {sort.key}"
            assert type_of(sort.column) is not None
        assert listing.sort(listing.default_sort.removeprefix("-")) is not None, listing.key
