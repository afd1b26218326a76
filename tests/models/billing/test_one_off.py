"""Invoices by hand: taxed, previewed, reviewed like any other, made once."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, select

from models.billing import (
    Invoice,
    OneOffLine,
    OneOffOrder,
    approve_invoice,
    create_one_off_invoice,
    preview_one_off,
)
from models.billing.rules.derivation import replay
from models.billing.tables import BillingProfile, LegalEntity, TaxRule
from models.kernel.actor import Actor
from models.kernel.columns import new_id
from models.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from models.kernel.permissions import Permission, Scope
from tests.factories.accounts import actor_with, make_staff, make_tenant
from tests.factories.billing import lines_of, make_invoice, make_plan, make_price
from tests.fixtures.clock import FrozenClock
from tests.fixtures.configured import Configure


def maker(session: Session) -> Actor:
    """Somebody who may do everything."""
    return actor_with(*Permission, user=make_staff(session))


def german(session: Session) -> Any:
    """A German customer of a German seller, and the German rate."""
    entity = session.get_one(LegalEntity, "main")
    entity.country = "DE"
    session.add(TaxRule(country="DE", name="VAT", rate_ppm=190_000, valid_from_on=date(2020, 1, 1)))
    session.flush()
    return make_tenant(session, country="DE", currency="EUR")


def test_a_draft_by_hand_is_what_was_previewed_and_somebody_else_issues_it(
    session: Session, frozen: FrozenClock
) -> None:
    tenant, ann, bob = german(session), maker(session), maker(session)
    plan = make_plan(session, name="Onboarding")
    price = make_price(session, plan, "EUR")
    price.unit_amount_minor, price.tax_behavior = 11_900, "inclusive"
    session.add(BillingProfile(tenant_id=tenant.id, net_terms_days=30))
    session.flush()
    lines = (OneOffLine("Training, two days", "2", "500"), OneOffLine(price_id=price.id))
    order = OneOffOrder(tenant.id, "EUR", lines)
    preview = preview_one_off(session, ann, order=order)
    assert session.exec(select(Invoice)).all() == []
    assert (preview.subtotal.minor, preview.tax.minor, preview.total.minor) == (110_000, 20_900, 130_900)
    assert preview.due_on == date(2026, 4, 16)
    identifier = new_id()
    draft = create_one_off_invoice(session, ann, order=order, invoice_id=identifier, token=preview.token)
    again = create_one_off_invoice(session, ann, order=order, invoice_id=identifier, token=preview.token)
    assert again is draft
    assert draft.number == f"DRAFT-{identifier.hex[-8:].upper()}"
    assert [each["code"] for each in draft.review] == ["first_invoice"]
    first, second = lines_of(session, draft)
    assert (first.description, first.amount_minor, first.tax_minor) == ("Training, two days", 100_000, 19_000)
    assert (second.description, second.amount_minor, second.tax_minor) == ("Onboarding", 10_000, 1_900)
    assert [replay(each.derivation) for each in (first, second)] == [100_000, 11_900]
    with pytest.raises(Forbidden) as own:
        approve_invoice(session, ann, invoice_id=draft.id)
    assert own.value.code == "invoice.own_edit"
    approve_invoice(session, bob, invoice_id=draft.id)
    assert (draft.number, draft.due_minor) == ("INV-2026-000001", 130_900)


def test_the_seller_is_the_settings_where_the_entity_names_no_country(
    session: Session, configure: Configure
) -> None:
    tenant, ann = german(session), maker(session)
    session.get_one(LegalEntity, "main").country = ""
    session.flush()
    order = OneOffOrder(tenant.id, "EUR", (OneOffLine("Work", "1", "0.03"), OneOffLine("More", "1", "0.03")))
    assert preview_one_off(session, ann, order=order).tax.minor == 0
    configure(ISSUER_COUNTRY="DE")
    # 0.57 of a cent each: two cents where every line is rounded, one where the invoice is.
    assert preview_one_off(session, ann, order=order).tax.minor == 2
    configure(TAX_ROUNDING="invoice")
    assert preview_one_off(session, ann, order=order).tax.minor == 1


def test_a_tax_rule_that_changes_after_the_preview_refuses_it(session: Session) -> None:
    tenant, ann = german(session), maker(session)
    order = OneOffOrder(tenant.id, "EUR", (OneOffLine("Work", "1", "10"),))
    token = preview_one_off(session, ann, order=order).token
    session.exec(select(TaxRule)).one().rate_ppm = 160_000
    session.flush()
    with pytest.raises(Conflict) as stale:
        create_one_off_invoice(session, ann, order=order, invoice_id=new_id(), token=token)
    assert stale.value.code == "one_off.changed"
    assert session.exec(select(Invoice)).all() == []


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"lines": ()}, "one_off.no_lines"),
        ({"currency": "eur"}, "currency.unreadable"),
        ({"terms_days": 366}, "one_off.terms_out_of_bounds"),
        ({"lines": (OneOffLine("x", "1", "1.001"),)}, "money.too_precise"),
        ({"lines": (OneOffLine("x", "-2", "1"),)}, "line.quantity_unreadable"),
        ({"lines": (OneOffLine("", "2", "1"),)}, "line.description_missing"),
    ],
)
def test_bad_input_is_refused(session: Session, facts: dict[str, Any], code: str) -> None:
    tenant = make_tenant(session)
    given = {"currency": "USD", "lines": (OneOffLine("x", "1", "1"),), **facts}
    with pytest.raises(Invalid) as refusal:
        preview_one_off(session, maker(session), order=OneOffOrder(tenant.id, **given))
    assert refusal.value.code == code


def test_a_price_of_another_currency_and_a_customer_out_of_reach_are_refused(session: Session) -> None:
    tenant = make_tenant(session)
    price = make_price(session, make_plan(session), "EUR")
    price.unit_amount_minor = 1

    def order(identifier: UUID) -> OneOffOrder:
        return OneOffOrder(tenant.id, "USD", (OneOffLine(price_id=identifier),))

    with pytest.raises(Invalid) as currency:
        preview_one_off(session, maker(session), order=order(price.id))
    assert currency.value.code == "one_off.currency_mismatch"
    with pytest.raises(NotFound):
        preview_one_off(session, maker(session), order=order(new_id()))
    stranger = actor_with(*Permission, scope=Scope.own, user=make_staff(session))
    with pytest.raises(NotFound):
        preview_one_off(session, stranger, order=order(price.id))
    known = make_invoice(session)
    with pytest.raises(NotFound):
        create_one_off_invoice(session, stranger, order=order(price.id), invoice_id=known.id)
