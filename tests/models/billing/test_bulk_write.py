"""What COPY writes for many is what the session writes for one."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel import Session

from models.billing.operations import run_batch as batches
from models.billing.rules.changes import AddAddOn
from models.billing.tables import Coupon, CouponDuration, Discount
from tests.factories.accounts import make_tenant
from tests.factories.engine import at, change, make_listed_price, run, start, timing

# Ids, numbers, versions and times differ from row to row; `run_id` and what follows from the id are theirs too.
OWN = {
    "id",
    "invoice_id",
    "number",
    "version",
    "created_at",
    "updated_at",
    "subscription_id",
    "component_id",
    "tenant_id",
}


def _rows(session: Session, statement: str, subscription_id: UUID) -> list[dict[str, Any]]:
    rows = session.execute(text(statement), {"id": subscription_id}).mappings()
    return [{key: value for key, value in row.items() if key not in OWN} for row in rows]


def _written(session: Session, subscription_id: UUID) -> dict[str, Any]:
    invoices = "SELECT * FROM invoice WHERE subscription_id = :id ORDER BY id"
    lines = "SELECT l.* FROM invoice_line l JOIN invoice i ON i.id = invoice_id WHERE subscription_id = :id ORDER BY i.id, position"
    return {
        "subscription": _rows(session, "SELECT * FROM subscription WHERE id = :id", subscription_id),
        "add_ons": _rows(
            session, "SELECT * FROM subscription_add_on WHERE subscription_id = :id", subscription_id
        ),
        "discounts": _rows(session, "SELECT * FROM discount WHERE subscription_id = :id", subscription_id),
        "invoices": _rows(session, invoices, subscription_id),
        "lines": _rows(session, lines, subscription_id),
        "renewals": _rows(
            session,
            "SELECT name, before, after - 'invoice' - 'total_minor' AS after FROM event WHERE subject_id = :id ORDER BY event.id",
            subscription_id,
        ),
    }


def _with_add_on_and_coupon(session: Session, prices: Any, coupon: Coupon, name: str) -> UUID:
    base, add_on = prices
    one = start(session, base, on=date(2026, 11, 1), timing=timing(name), quantity=3)
    change(session, one, AddAddOn(add_on.id, 2), at(date(2026, 11, 16)))
    session.add(
        Discount(
            tenant_id=one.tenant_id,
            subscription_id=one.id,
            coupon_id=coupon.id,
            given_on=date(2026, 11, 20),
        )
    )
    session.flush()
    return one.id


def _from_trial(session: Session, prices: Any, _coupon: Coupon, name: str) -> UUID:
    """A trial that ends with November, of a customer we have issued to: nobody has to look at its first invoice."""
    tenant = make_tenant(session)
    start(session, prices[0], on=date(2026, 10, 5), tenant=tenant)
    return start(
        session, prices[0], on=date(2026, 11, 17), tenant=tenant, trial_days=14, timing=timing(name)
    ).id


@pytest.mark.parametrize("name", ["advance", "arrears"])
@pytest.mark.parametrize("make", [_with_add_on_and_coupon, _from_trial])
def test_together_and_one_at_a_time_write_the_same(
    session: Session, monkeypatch: pytest.MonkeyPatch, make: Callable[..., UUID], name: str
) -> None:
    prices = make_listed_price(session, 1_999), make_listed_price(session, 333, is_add_on=True)
    coupon = Coupon(
        key="spring",
        name="Spring",
        percent_off_ppm=125_000,
        duration=CouponDuration.periods,
        duration_periods=1,
    )
    session.add(coupon)
    session.flush()
    many = make(session, prices, coupon, name)
    # Two renewals: the second one finds the coupon used up, and nothing left over from the first.
    _renew_twice(session)
    monkeypatch.setattr(batches, "_is_plain", lambda _outcome: False)
    one = make(session, prices, coupon, name)
    _renew_twice(session)
    together, alone = _written(session, many), _written(session, one)
    assert together["invoices"]
    for key, rows in together.items():
        assert [_plain(row) for row in rows] == [_plain(row) for row in alone[key]], key


def _renew_twice(session: Session) -> None:
    for day in (date(2026, 12, 1), date(2027, 1, 1)):
        run(session, day)


def _plain(row: dict[str, Any]) -> dict[str, str]:
    return {key: str(value) for key, value in row.items()}
