"""Methods mirror what Stripe has; exactly one that works is charged first."""

from dataclasses import replace
from datetime import date

import pytest
from sqlmodel import Session, select

from models.accounts import Tenant
from models.kernel.actor import MissingPermission
from models.kernel.errors import Conflict
from models.kernel.events import Event
from models.kernel.permissions import Permission
from models.payments import (
    change_collection,
    close_account,
    is_expired,
    method_words,
    open_account,
    prefer_method,
    sync_methods,
)
from models.payments.tables import MethodStatus, PaymentAccount, PaymentMethod
from tests.factories.accounts import actor_with, anybody, make_tenant
from tests.factories.payments import ACTOR, give_methods, vendor_method


def _default(session: Session, tenant: Tenant) -> str:
    statement = select(PaymentMethod).where(PaymentMethod.tenant_id == tenant.id, PaymentMethod.is_default)
    return session.exec(statement).one().vendor_id


def test_methods_come_change_and_go_as_at_stripe(session: Session) -> None:
    tenant = make_tenant(session)
    open_account(session, ACTOR, tenant_id=tenant.id, vendor_id="cus_x")
    first, second = vendor_method("cus_x"), vendor_method("cus_x", last4="0005", brand="amex")
    for _ in range(2):
        sync_methods(session, ACTOR, tenant_id=tenant.id, found=[first, second])
    assert _default(session, tenant) == first.id
    sync_methods(session, ACTOR, tenant_id=tenant.id, found=[second], default_vendor_id=second.id)
    assert _default(session, tenant) == second.id
    gone = session.exec(select(PaymentMethod).where(PaymentMethod.vendor_id == first.id)).one()
    assert (gone.status, gone.is_default) == (MethodStatus.removed, False)
    names = [each.name for each in session.exec(select(Event))]
    assert names == ["payment_method.added", "payment_method.added", "payment_method.removed"]


def test_a_renewed_card_works_again(session: Session) -> None:
    tenant = make_tenant(session)
    (method,) = give_methods(session, tenant, expiry_year=2026)
    method.status, method.failure = MethodStatus.failing, "The card has expired."
    session.flush()
    seen = vendor_method("cus", id=method.vendor_id, expiry_year=2029)
    sync_methods(session, ACTOR, tenant_id=tenant.id, found=[replace(seen, expiry_year=2026)])
    assert method.status == MethodStatus.failing, "nothing of it has changed"
    sync_methods(session, ACTOR, tenant_id=tenant.id, found=[seen])
    assert (method.status, method.failure, method.is_default) == (MethodStatus.usable, "", True)


def test_another_one_is_preferred(session: Session) -> None:
    tenant = make_tenant(session)
    first, second = give_methods(session, tenant, 2)
    prefer_method(session, anybody(), payment_method_id=second.id)
    assert (first.is_default, second.is_default) == (False, True)
    first.status = MethodStatus.failing
    session.flush()
    with pytest.raises(Conflict, match="failing"):
        prefer_method(session, anybody(), payment_method_id=first.id)
    with pytest.raises(MissingPermission):
        prefer_method(session, actor_with(Permission.payment_methods_read), payment_method_id=second.id)


def test_an_account_deleted_at_stripe_takes_its_methods_along(session: Session) -> None:
    tenant = make_tenant(session)
    methods = give_methods(session, tenant, 2)
    close_account(session, ACTOR, tenant_id=tenant.id)
    assert {each.status for each in methods} == {MethodStatus.removed}
    open_account(session, ACTOR, tenant_id=tenant.id, vendor_id="cus_new")
    account = session.get_one(PaymentAccount, tenant.id)
    assert (account.vendor_id, account.deleted_at) == ("cus_new", None)


def test_collection_is_changed_on_record(session: Session) -> None:
    tenant = make_tenant(session)
    with pytest.raises(Conflict, match="Send a link first"):
        change_collection(session, anybody(), tenant_id=tenant.id, is_automatic=False)
    give_methods(session, tenant)
    for _ in range(2):
        change_collection(session, anybody(), tenant_id=tenant.id, is_automatic=False)
    changed = [each for each in session.exec(select(Event)) if each.name == "payment_account.changed"]
    assert [each.after for each in changed] == [{"is_automatic": False}]


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (("card", "visa", "4242"), "Visa •••• 4242"),
        (("card", "amex", "0005"), "American Express •••• 0005"),
        (("sepa_debit", "", "3000"), "SEPA debit •••• 3000"),
        (("us_bank_account", "STRIPE TEST BANK", "6789"), "ACH debit •••• 6789"),
        (("card", "", ""), "Card"),
    ],
)
def test_a_method_has_a_name(facts: tuple[str, str, str], words: str) -> None:
    assert method_words(*facts) == words


def test_a_card_is_good_to_the_end_of_its_month() -> None:
    assert not is_expired(3, 2026, date(2026, 3, 31))
    assert is_expired(3, 2026, date(2026, 4, 1))
    assert not is_expired(None, None, date(2026, 4, 1))
