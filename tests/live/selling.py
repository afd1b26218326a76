"""Listed plans and subscriptions in the database of a running program, sold to its real customers."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, create_engine, select

from models.accounts import Tenant, TenantStatus
from models.billing import (
    Plan,
    create_coupon,
    create_promotion_code,
    draft_version,
    publish_version,
)
from models.billing.tables import Price
from models.kernel import clock
from tests.factories.engine import ACTOR, make_listed_price, start

SMALL, LARGE, ADD_ON, ABROAD = "Studio", "Agency", "Studio support", "Studio abroad"


def sell(url: str, *, customer: int = 0, days_ago: int = 10, **facts: Any) -> tuple[UUID, str]:
    """A customer of the demo bought Studio at 30.00 USD that many days ago; the subscription's id and their name."""
    with _session(url) as session:
        tenant = session.exec(_buyers().offset(customer).limit(1)).one()
        day = clock.today() - timedelta(days=days_ago)
        return start(session, _listed(session), on=day, tenant=tenant, **facts).id, tenant.name


def sell_coupon(url: str, code: str) -> None:
    """A coupon of this name with this code: 10 % off three periods."""
    with _session(url) as session:
        made = create_coupon(
            session, ACTOR, name=code, percent_off="10", duration="periods", duration_periods="3"
        )
        create_promotion_code(session, ACTOR, coupon_id=made.id, code=code)


def sell_old_version(url: str) -> tuple[UUID, UUID]:
    """A customer of the demo is on version 1 of Workshop, and version 2 is sold instead; the ids of both."""
    with _session(url) as session:
        tenant = session.exec(_buyers()).first()
        price = make_listed_price(session, 2_000, name="Workshop")
        start(session, price, on=clock.today() - timedelta(days=10), tenant=tenant)
        draft = draft_version(session, ACTOR, plan_id=price.plan_id)
        publish_version(session, ACTOR, plan_id=draft.id, reason="The next one")
        return price.plan_id, draft.id


def _buyers() -> Any:
    """Customers of the demo who may buy."""
    active = select(Tenant).where(Tenant.currency == "USD", Tenant.status == TenantStatus.active)
    return active.order_by(col(Tenant.id))


def _listed(session: Session) -> Price:
    """Studio by the month; with it come a larger plan, an add-on and a price in another currency."""
    known = session.exec(select(Price).join(Plan).where(Plan.name == SMALL)).first()
    if known is not None:
        return known
    make_listed_price(session, 9_000, name=LARGE)
    make_listed_price(session, 1_500, name=ADD_ON, is_add_on=True)
    make_listed_price(session, 8_500, name=ABROAD, currency="EUR")
    return make_listed_price(session, 3_000, name=SMALL)


@contextmanager
def _session(url: str) -> Iterator[Session]:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    try:
        with Session(engine, expire_on_commit=False) as session, session.begin():
            yield session
    finally:
        engine.dispose()
