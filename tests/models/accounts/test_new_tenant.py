"""A customer that is typed in: on trial, on record, by the rules."""

from typing import Any

import pytest
from sqlmodel import Session, select

from models.accounts import Tenant, create_tenant
from models.kernel.actor import MissingPermission
from models.kernel.errors import Invalid, NotFound
from models.kernel.events import Event
from models.kernel.permissions import Permission, Scope
from tests.factories.accounts import actor_with, anybody, make_staff

FACTS: dict[str, Any] = {
    "name": "  Acme   Rockets ",
    "country": "de",
    "currency": "eur",
    "time_zone": "Europe/Berlin",
    "locale": "de",
}


def test_a_new_customer_is_on_trial_and_on_record(session: Session) -> None:
    owner = make_staff(session)
    made = create_tenant(session, anybody(), **FACTS, email="Pay@Acme.test", owner_id=owner.id)
    assert (made.name, made.country, made.currency, made.email, made.status, made.owner_id) == (
        "Acme Rockets", "DE", "EUR", "pay@acme.test", "trial", owner.id,
    )  # fmt: skip
    assert made.external_ref.startswith("C-")
    event = session.exec(select(Event)).one()
    assert (event.name, event.subject_id, event.tenant_id) == ("tenant.created", made.id, made.id)
    assert event.after is not None
    assert (event.after["name"], event.after["owner"]) == ("Acme Rockets", owner.name)


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", " "), ("name", "x" * 201), ("country", "XX"), ("currency", "ABC"), ("currency", ""),
     ("time_zone", "Mars/Base"), ("locale", "xx"), ("email", "no address")],
)  # fmt: skip
def test_a_field_that_breaks_its_rule_is_named_and_nothing_is_kept(
    session: Session, field: str, value: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        create_tenant(session, anybody(), **{**FACTS, field: value})
    assert refusal.value.field == field
    assert session.exec(select(Tenant)).all() == []


def test_who_reaches_only_their_own_becomes_the_account_manager(session: Session) -> None:
    user, other = make_staff(session), make_staff(session)
    actor = actor_with(Permission.customers_write, scope=Scope.own, user=user)
    assert create_tenant(session, actor, **FACTS, owner_id=other.id).owner_id == user.id
    with pytest.raises(MissingPermission):
        create_tenant(session, actor_with(Permission.customers_read), **FACTS)
    gone = make_staff(session, is_active=False)
    with pytest.raises(NotFound):
        create_tenant(session, anybody(), **FACTS, owner_id=gone.id)
