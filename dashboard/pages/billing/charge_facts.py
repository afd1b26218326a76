"""The facts at the side of a charge's page, and its ids at Stripe."""

from datetime import datetime

from dashboard.components.views import Fact
from dashboard.shell.formats import relative_instant
from models.kernel.actor import Actor
from models.kernel.listing import show_instant
from models.kernel.money import Money
from models.payments import CAUSES, CLASSES, MOVES, ChargeCause, ChargeDetail, DeclineClass


def charge_facts(found: ChargeDetail, reader: Actor) -> tuple[list[Fact], list[Fact]]:
    """What everybody asks, and what one looks up at Stripe with."""
    row, locale = found.row, reader.locale
    fee = Money(row.fee_minor, row.fee_currency or row.currency) if row.fee_minor is not None else None
    left = Money(found.left_minor, row.currency).format(locale)
    facts = [
        Fact("Customer", row.customer, f"/customers/{row.tenant_id}"),
        Fact("Invoice", row.number, f"/billing/invoices/{row.invoice_id}?tab=collection"),
        Fact("Method", row.method),
        Fact("Cause", CAUSES[ChargeCause(row.cause)]),
        Fact("Whose move", MOVES[row.move] or "Nobody's"),
        Fact("Asked", relative_instant(row.created_at), title=_exact(row.created_at, reader)),
        Fact("Fee", fee.format(locale) if fee else "\u2014", title="What Stripe kept"),
    ]
    if row.finished_at:
        facts.append(
            Fact("Finished", relative_instant(row.finished_at), title=_exact(row.finished_at, reader))
        )
    elif found.check_at:
        facts.append(
            Fact("Looked at again", relative_instant(found.check_at), title=_exact(found.check_at, reader))
        )
    if row.status == "succeeded":
        facts.append(Fact("Left to refund", left))
    if row.decline_class:
        facts.append(Fact("Class", CLASSES[DeclineClass(row.decline_class)]))
    at_stripe = [
        ("Payment", found.vendor_payment_id, "Search for it in the Stripe dashboard"),
        ("Page", found.vendor_page_id, "The page on which the customer pays"),
        ("Idempotency key", found.key, "The same key is the same payment, however often it is sent"),
        ("Decline code", row.decline_code, "The bank's or Stripe's own word"),
        ("Sent", f"{found.send_count} times" if found.send_count != 1 else "once", ""),
        ("Our id", str(row.id), ""),
    ]
    return facts, [Fact(label, value, "", title) for label, value, title in at_stripe if value]


def _exact(instant: datetime, reader: Actor) -> str:
    return show_instant(instant, reader.locale, reader.time_zone)
