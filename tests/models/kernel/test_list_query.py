"""What stands in a list's address is read back the same, and nonsense in it never fails."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.kernel.listing import Condition, ListQuery

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)
KEYS = st.from_regex(r"[a-z_]{1,12}", fullmatch=True)
CONDITIONS = st.builds(Condition, KEYS, TEXT.filter(bool))
QUERIES = st.builds(
    ListQuery,
    search=TEXT,
    conditions=st.lists(CONDITIONS, max_size=8).map(tuple),
    sort=st.one_of(st.just(""), KEYS, KEYS.map("-{}".format)),
    cursor=st.from_regex(r"[A-Za-z0-9_-]{0,80}", fullmatch=True),
    columns=st.lists(KEYS, max_size=6).map(tuple),
    size=st.sampled_from([25, 50, 100]),
    view=st.one_of(st.just(""), KEYS),
)


@given(QUERIES)
def test_an_address_is_read_back(query: ListQuery) -> None:
    assert ListQuery.parse(query.params()) == query
    assert ListQuery.parse(f"?{query.params()}") == query


@given(QUERIES, KEYS)
def test_the_default_sort_is_left_out(query: ListQuery, default: str) -> None:
    asked = replace(query, sort=default)
    assert "sort=" not in asked.params(default)
    assert ListQuery.parse(asked.params(default)) == replace(query, sort="")


@given(st.text(max_size=300))
def test_no_address_fails(params: str) -> None:
    query = ListQuery.parse(params)
    assert query.size in {25, 50, 100}
    assert "\0" not in query.search


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ("f=status&f=:open&f=status:&f=", ()),
        ("f=status:open&f=status:paid", (Condition("status", "open"), Condition("status", "paid"))),
        ("f=due_on:2026-01-01..2026-02-01", (Condition("due_on", "2026-01-01..2026-02-01"),)),
        ("f=name:~a%3Ab%26c", (Condition("name", "~a:b&c"),)),
        (f"f=name:{'x' * 201}", ()),
        ("f=name:a%00b", (Condition("name", "ab"),)),
    ],
)
def test_chips_are_read_or_passed_over(params: str, expected: tuple[Condition, ...]) -> None:
    assert ListQuery.parse(params).conditions == expected


@pytest.mark.parametrize("size", ["0", "-25", "26", "1e2", "\u0662\u0665", "", "9" * 5_000])
def test_only_the_offered_sizes_count(size: str) -> None:
    assert ListQuery.parse(f"size={size}").size == 50


def test_an_address_has_limits() -> None:
    many = ListQuery.parse("&".join(f"f=key:{number}" for number in range(100)))
    assert len(many.conditions) == 20
    assert len(ListQuery.parse(f"q={'x' * 1_000}").search) == 200


def test_setting_a_chip_starts_on_the_first_page() -> None:
    query = ListQuery.parse("q=ann&f=status:open&f=total:>5&after=abc&cols=number,total")
    changed = query.with_condition("status", "paid")
    assert changed.conditions == (Condition("total", ">5"), Condition("status", "paid"))
    assert (changed.cursor, changed.search, changed.columns) == ("", "ann", ("number", "total"))
    assert changed.with_condition("status", "").conditions == (Condition("total", ">5"),)
    assert query.with_columns(["due"]).columns == ("due",)
    assert query.only({"status": "void"}) == ListQuery(conditions=(Condition("status", "void"),))


def test_a_sort_has_a_key_and_a_direction() -> None:
    assert (ListQuery(sort="-total").sort_key, ListQuery(sort="-total").is_descending) == ("total", True)
    assert (ListQuery(sort="total").sort_key, ListQuery(sort="total").is_descending) == ("total", False)
