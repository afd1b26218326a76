"""A payment link leads one customer to one invoice, and says what stands."""

from urllib.parse import urlsplit

from fastapi.testclient import TestClient
from sqlmodel import Session, select

from jobs.inbox import fetch_missed, work_inbox_once
from models.accounts import Tenant
from models.billing import Invoice, void_invoice
from models.payments import (
    Charge,
    sign_method_link,
    sign_payment_link,
)
from models.payments.tables import PaymentMethod
from tests.factories.accounts import anybody, make_tenant
from tests.factories.billing import make_invoice
from tests.fixtures.hosted import follow, visit
from tests.fixtures.stripe import StripeWorld


def _path(link: str) -> str:
    return urlsplit(link).path


def _invoice(session: Session, **facts: str) -> Invoice:
    invoice = make_invoice(session, tenant=make_tenant(session, **facts), total=12_345)
    session.commit()
    return invoice


def _work_off() -> None:
    fetch_missed()
    while work_inbox_once():
        pass


def test_a_german_customer_pays_with_a_new_card_and_3d_secure(
    stored: Session, browser: TestClient, paying_world: StripeWorld
) -> None:
    invoice = _invoice(stored, locale="de_DE", name="Müller & Söhne <GmbH>")
    path = _path(sign_payment_link(invoice.id))
    page = browser.get(path)
    assert page.status_code == 200
    assert "Jetzt bezahlen" in page.text
    assert "123,45 USD" in page.text
    assert "Müller &amp; Söhne &lt;GmbH&gt;" in page.text
    assert stored.exec(select(Charge)).all() == [], "looking does nothing"
    places = {browser.post(path).headers["location"] for _ in range(3)}
    assert len(places) == 1, "one page, however often the button is pressed"
    challenge = follow(places.pop(), token="pm_card_authenticationRequired")
    assert visit(follow(challenge, action="complete"))[2].endswith("/pay/done/de")
    assert "Vielen Dank" in browser.get("/pay/done/de").text
    _work_off()
    assert "ist bezahlt" in browser.get(path).text
    stored.expire_all()
    assert stored.exec(select(PaymentMethod.last4)).one() == "3184"


def test_a_method_is_added_without_a_payment(
    stored: Session, browser: TestClient, paying_world: StripeWorld
) -> None:
    tenant = make_tenant(stored, locale="ja_JP")
    stored.commit()
    path = _path(sign_method_link(tenant.id))
    assert "支払い方法を追加する" in browser.get(path).text
    answer = browser.post(path)
    follow(answer.headers["location"], token="pm_card_visa")
    _work_off()
    stored.expire_all()
    method = stored.exec(select(PaymentMethod)).one()
    assert (method.tenant_id, method.is_default, method.last4) == (tenant.id, True, "4242")


def test_what_is_no_longer_due_cannot_be_paid(
    stored: Session, browser: TestClient, paying_world: StripeWorld
) -> None:
    invoice = _invoice(stored)
    void_invoice(stored, anybody(), invoice_id=invoice.id, reason="made twice")
    stored.commit()
    path = _path(sign_payment_link(invoice.id))
    for answer in (browser.get(path), browser.post(path)):
        assert "no longer due" in answer.text
        assert "<form" not in answer.text


def test_forged_and_swapped_links_open_nothing(
    stored: Session, browser: TestClient, paying_world: StripeWorld
) -> None:
    invoice = _invoice(stored)
    tenant = stored.get_one(Tenant, invoice.tenant_id)
    method_token = sign_method_link(tenant.id).rpartition("/")[2]
    for path in ("/pay/forged", f"/pay/{method_token}", f"/pay/{method_token}x", f"/pay/{invoice.id}"):
        for answer in (browser.get(path), browser.post(path)):
            assert answer.status_code == 403
            assert "not valid" in answer.text


def test_stripe_away_is_said_and_the_next_try_goes_on(
    stored: Session, browser: TestClient, paying_world: StripeWorld
) -> None:
    path = _path(sign_payment_link(_invoice(stored).id))
    paying_world.fail("rate_limit", "POST /v1/checkout*", times=9)
    assert browser.post(path).status_code == 503
    paying_world.tell("faults", method="DELETE")
    assert browser.post(path).status_code == 303
