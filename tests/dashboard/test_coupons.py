"""A coupon is shown before it is given, and given as it was shown."""

from datetime import UTC, date, datetime

import pytest
from sqlmodel import Session

from dashboard.pages.billing import change_form as forms
from dashboard.pages.billing import new_subscription_form as new_forms
from dashboard.pages.billing.change_preview import show_start
from dashboard.pages.billing.coupon_state import coupon_words
from dashboard.pages.billing.subscription_ahead import next_bill
from models.billing import (
    Cancel,
    CouponDuration,
    CouponTerms,
    create_coupon,
    create_promotion_code,
    end_discount,
    get_subscription_detail,
    list_price_choices,
    preview_redeem,
    preview_start,
    redeem_coupon,
    start_subscription,
)
from models.billing.tables import Coupon
from models.kernel import clock
from models.kernel.columns import new_id
from models.kernel.errors import Conflict, Invalid
from tests.factories.accounts import make_tenant
from tests.factories.engine import ACTOR, change, make_listed_price, start

HALF = datetime(2026, 11, 16, tzinfo=UTC)


def _coupon(session: Session, **facts: str) -> Coupon:
    made = create_coupon(
        session, ACTOR, **{"name": "Welcome", "percent_off": "10", "duration": "once", **facts}
    )
    create_promotion_code(session, ACTOR, coupon_id=made.id, code="WELCOME10")
    return made


@pytest.mark.parametrize(
    ("duration", "periods", "words"),
    [
        ("once", None, "“Welcome” takes 10 % off the next period billed, once."),
        ("periods", 1, "“Welcome” takes 10 % off the next period billed, once."),
        ("periods", 3, "“Welcome” takes 10 % off each of the next 3 periods billed."),
        ("forever", None, "“Welcome” takes 10 % off every period billed from now on, until it is ended."),
    ],
)
def test_what_a_coupon_gives_is_said_in_words(duration: str, periods: int | None, words: str) -> None:
    terms = CouponTerms(new_id(), "Welcome", 100_000, None, None, CouponDuration(duration), periods)
    assert coupon_words(terms) == words


def test_the_next_invoice_is_shown_with_the_coupon_and_becomes_that(session: Session) -> None:
    one = start(session, make_listed_price(session), on=date(2026, 11, 1))
    made = _coupon(session)
    with clock.pinned(HALF):
        found = preview_redeem(session, ACTOR, subscription_id=one.id, code="welcome10")
        shown = next_bill(found.ahead, ACTOR)
        assert (shown.title, shown.amount) == ("1 Dec 2026", "9.00 USD")
        assert made.redeemed_count == 0, "looking gives nothing"
        given = redeem_coupon(session, ACTOR, subscription_id=one.id, code="welcome10")
        assert next_bill(get_subscription_detail(session, ACTOR, one.id).ahead, ACTOR).amount == "9.00 USD"
        with pytest.raises(Conflict, match=r"coupon\.already_given"):
            preview_redeem(session, ACTOR, subscription_id=one.id, code="welcome10")
        end_discount(session, ACTOR, discount_id=given.id, reason="by mistake")
        assert next_bill(get_subscription_detail(session, ACTOR, one.id).ahead, ACTOR).amount == "10.00 USD"


def test_a_cancelled_subscription_says_why_it_takes_none(session: Session) -> None:
    one = start(session, make_listed_price(session), on=date(2026, 11, 1))
    _coupon(session)
    change(session, one, Cancel(), HALF)
    with clock.pinned(HALF):
        actions = {each.key: each for each in get_subscription_detail(session, ACTOR, one.id).actions}
        refusal = actions["give_coupon"].refusal
        assert refusal is not None
        assert refusal.sentence == "A cancelled subscription takes no coupon. Reactivate it first."
        for operation in (preview_redeem, redeem_coupon):
            with pytest.raises(Conflict, match=r"discount\.subscription_cancelled"):
                operation(session, ACTOR, subscription_id=one.id, code="welcome10")


def test_a_new_subscription_starts_with_its_coupon_as_shown(session: Session) -> None:
    tenant = make_tenant(session, currency="USD")
    make_listed_price(session)
    _coupon(session)
    with clock.pinned(HALF):
        prices = tuple(list_price_choices(session, ACTOR, currency="USD"))
        buyer = new_forms.Buyer(tenant.id, tenant.name, "USD", prices, ())
        values = {**new_forms.first_values(buyer), "coupon_code": " welcome10 "}
        assert "coupon_code" in [each.name for each in new_forms.fields_of(buyer, values, ACTOR)]
        order = new_forms.read_order(buyer, values)
        found = preview_start(session, ACTOR, order=order)
        assert show_start(found, ACTOR).sentence == "Charges 9.00 USD now, then 10.00 USD on 16 Dec 2026."
        started = start_subscription(session, ACTOR, order=order, token=found.token)
        assert [
            each.periods_used
            for each in get_subscription_detail(session, ACTOR, started.id).snapshot.discounts
        ] == [1]
        unknown = new_forms.read_order(buyer, {**values, "coupon_code": "NOTHING"})
        with pytest.raises(Invalid, match=r"promotion_code\.unknown"):
            preview_start(session, ACTOR, order=unknown)


def test_a_change_of_plan_opens_with_a_listed_price_of_another_plan(session: Session) -> None:
    small = make_listed_price(session, name="Small")
    agreed = make_listed_price(session, name="By agreement", unit_amount_minor=None)
    large = make_listed_price(session, 2_000, name="Large")
    one = start(session, small, on=date(2026, 11, 1))
    with clock.pinned(HALF):
        s = get_subscription_detail(session, ACTOR, one.id).snapshot
        choices = tuple(list_price_choices(session, ACTOR, currency="USD"))
    first = forms.first_values(forms.Subject("change_plan", s, choices))
    assert (first["price"], first["amount"]) == (str(large.id), "")
    only = tuple(each for each in choices if each.offer.price_id == agreed.id)
    first = forms.first_values(forms.Subject("change_plan", s, only))
    assert (first["price"], first["amount"]) == (str(agreed.id), "10.00")
