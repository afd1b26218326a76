"""Dialogs of payments say what will happen, and pages keep secrets to themselves."""

import json

import pytest
from sqlmodel import Session

from dashboard.components.preview import PreviewView
from dashboard.pages.billing.bank_line_data import match_effect
from dashboard.pages.billing.charge_dialog import show_charge
from dashboard.pages.billing.refund_dialog import show_refund
from dashboard.pages.operations.inbound import replay_effect
from dashboard.pages.operations.inbound_message import payload_text
from dashboard.shell.money_mode import payments_banner, why_no_payments
from models.approvals import list_needs, which_needed
from models.integrations.stripe import MethodKind, PaymentStatus
from models.kernel.columns import new_id
from models.kernel.money import Money
from models.payments import (
    ChargeCause,
    MatchPreview,
    Share,
    apply_payment_state,
    preview_charge,
    preview_refund,
    refund_charge,
    request_charge,
)
from tests.factories.accounts import anybody, make_tenant
from tests.factories.approvals import charged
from tests.factories.billing import make_invoice
from tests.factories.payments import ACTOR, give_methods, vendor_payment
from tests.fixtures.clock import FrozenClock
from tests.fixtures.configured import Configure


@pytest.fixture(autouse=True)
def _now(frozen: FrozenClock) -> None:
    """Refunds of the last day are counted from here."""


@pytest.mark.parametrize(
    ("settings", "verb", "banner"),
    [
        ({"STRIPE_SECRET_KEY": "sk_live_1"}, "Charge 40.00 USD", ""),
        (
            {"STRIPE_SECRET_KEY": "sk_test_1"},
            "Charge 40.00 USD (test)",
            "Stripe's test mode: no real money moves.",
        ),
        (
            {"STRIPE_API_BASE": "http://127.0.0.1:1"},
            "Charge 40.00 USD (sandbox)",
            "Sandbox: no real money moves.",
        ),
    ],
)
def test_a_charge_says_what_success_and_failure_do_and_whose_money_it_is(
    session: Session, configure: Configure, settings: dict[str, str], verb: str, banner: str
) -> None:
    configure(**settings)
    tenant = make_tenant(session)
    give_methods(session, tenant)
    invoice = make_invoice(session, tenant=tenant, total=10_000)
    shown = show_charge(preview_charge(session, anybody(), invoice_id=invoice.id, amount="40"), "en")
    assert (shown.sentence, shown.verb) == ("Charges 40.00 USD from Visa •••• 4242.", verb)
    assert shown.notes[0] == f"If it succeeds, 40.00 USD are entered on {invoice.number}. 60.00 USD stay due."
    assert "the bank refuses, nothing moves" in shown.notes[1]
    assert shown.holds == "Charged once: a second press does nothing."
    assert (payments_banner().text, why_no_payments()) == (banner, "")


def test_payments_that_are_off_say_so_on_every_page(configure: Configure) -> None:
    configure(STRIPE_SECRET_KEY="", STRIPE_API_BASE="")
    assert payments_banner().text.startswith("Payments are off")
    assert why_no_payments() == payments_banner().text


def test_a_debit_says_that_it_takes_days(session: Session) -> None:
    tenant = make_tenant(session)
    give_methods(session, tenant, kind=MethodKind.sepa_debit, brand="", last4="3000")
    invoice = make_invoice(session, tenant=tenant, total=10_000)
    shown = show_charge(preview_charge(session, anybody(), invoice_id=invoice.id), "en")
    assert shown.notes[0].endswith("The invoice is then paid.")
    assert "takes some business days" in shown.notes[1]


def test_a_refund_shows_its_credit_note_and_warns_of_an_equal_one(session: Session) -> None:
    tenant = make_tenant(session)
    give_methods(session, tenant)
    invoice = make_invoice(session, tenant=tenant, total=10_000)
    charge = request_charge(session, ACTOR, invoice_id=invoice.id, cause=ChargeCause.rule)
    apply_payment_state(
        session, ACTOR, charge_id=charge.id, found=vendor_payment(charge, PaymentStatus.succeeded)
    )
    first = show_refund(preview_refund(session, anybody(), charge_id=charge.id, amount="25"), "en")
    assert (first.sentence, first.changes[0].before, first.changes[0].after) == (
        "Gives 25.00 USD back through this charge.",
        "100.00 USD",
        "75.00 USD",
    )
    assert (first.now.title, first.now.amount) == (f"Credit note of {invoice.number}", "25.00 USD")
    assert "Cannot be undone" in first.undo
    assert not any("already" in note for note in first.notes)
    refund_charge(session, anybody(), charge_id=charge.id, amount="25", reason="x", request_key="1")
    again = show_refund(preview_refund(session, anybody(), charge_id=charge.id, amount="25"), "en")
    assert again.notes[0].startswith("The same amount was refunded at 12:00 UTC already.")


def test_a_refund_above_the_limit_turns_the_button_and_says_who_decides(
    session: Session, configure: Configure
) -> None:
    configure(REFUND_APPROVAL_LIMIT="*:2000")
    charge = charged(session, 10_000)
    needs = list_needs(session, anybody(), "USD")

    def shown(amount: str) -> PreviewView:
        preview = preview_refund(session, anybody(), charge_id=charge.id, amount=amount)
        return show_refund(preview, "en", which_needed(needs, preview.weights))

    assert shown("20").verb.startswith("Refund 20.00 USD")
    above = shown("20.01")
    assert above.verb == "Request approval"
    assert above.notes[0].startswith("This is above the 20.00 USD that one person decides alone.")
    refund_charge(
        session, anybody(), charge_id=charge.id, amount="15", reason="asked for it", request_key="form"
    )
    assert shown("5.01").verb == "Request approval", "parts do not pass beneath"


def test_a_payload_is_shown_without_what_lets_somebody_act_for_a_customer() -> None:
    event = {
        "data": {"object": {"id": "pi_1", "client_secret": "pi_1_secret_2", "list": [{"client_secret": ""}]}}
    }
    shown = json.loads(payload_text(event))
    assert shown["data"]["object"]["client_secret"] == "•••"
    assert (shown["data"]["object"]["id"], shown["data"]["object"]["list"]) == (
        "pi_1",
        [{"client_secret": ""}],
    )


def test_replaying_says_how_many_and_which() -> None:
    assert replay_effect([("a.b", 1)]).startswith("1 message is worked off again: 1 a.b.")
    many = replay_effect([(f"kind.{number}", 2) for number in range(7)])
    assert many.startswith("14 messages are worked off again: 2 kind.0,")
    assert "and 2 other kinds" in many


def test_matching_says_what_each_invoice_gets_and_what_is_left() -> None:
    def usd(minor: int) -> Money:
        return Money(minor, "USD")

    ids = (new_id(), new_id(), new_id())
    shares = (
        Share(ids[0], ids[2], "INV-1", "Ada", usd(7_000), usd(1_000), usd(6_000)),
        Share(ids[1], ids[2], "INV-2", "Ada", usd(3_000), usd(0), usd(5_000)),
    )
    assert match_effect(MatchPreview(usd(10_000), shares, ""), "en") == (
        "60.00 USD on INV-1 of Ada, which is then paid. 10.00 USD are left and go to the balance of Ada. "
        "30.00 USD on INV-2 of Ada, 20.00 USD stay due."
    )
