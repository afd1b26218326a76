"""Events of the billing context; amounts are minor units of `currency`."""

from models.kernel.events import EventType, declare

INVOICE_VOIDED = declare("invoice.voided", "voided the invoice", "status", "due_minor", "currency")
INVOICE_PAID = declare("invoice.paid", "paid the invoice in full", "status", "paid_minor", "currency")
PAYMENT_RECORDED = declare(
    "payment.recorded",
    "recorded a payment",
    "amount_minor",
    "currency",
    "channel",
    "received_on",
    "reference",
    "paid_minor",
    "due_minor",
)

_COUNTS = ("invoice_count", "draft_count", "change_count", "failed_count")
RUN_REQUESTED = declare("billing_run.requested", "asked for a billing run", "as_of", "due_count")
RUN_FINISHED = declare("billing_run.finished", "finished a billing run", *_COUNTS)
RUN_STOPPED = declare("billing_run.stopped", "stopped a billing run")
INVOICE_ISSUED = declare("invoice.issued", "issued the invoice", "number", "total_minor", "currency")
SUBSCRIPTION_HELD = declare("subscription.held", "parked the subscription for a person", "step", "code")
SUBSCRIPTION_RELEASED = declare("subscription.released", "released the subscription", "held_reason")

_SUBSCRIPTION = (
    "status",
    "plan",
    "quantity",
    "add_ons",
    "mrr_minor",
    "currency",
    "period",
    "change",
    "invoice",
    "total_minor",
    "waiting_minor",
)
SUBSCRIPTION_STARTED = declare(
    "subscription.started", "started the subscription", *_SUBSCRIPTION, "started_on"
)
SUBSCRIPTION_RENEWED = declare("subscription.renewed", "renewed the subscription", *_SUBSCRIPTION)
CHANGE_SCHEDULED = declare("subscription.change_scheduled", "planned a change", "due_on", "change")
CHANGE_UNSCHEDULED = declare(
    "subscription.change_unscheduled", "took a planned change back", "due_on", "change"
)
_CHANGES = {
    "change_plan": declare("subscription.plan_changed", "changed the plan", *_SUBSCRIPTION),
    "change_quantity": declare("subscription.quantity_changed", "changed the quantity", *_SUBSCRIPTION),
    "add_add_on": declare("subscription.add_on_added", "added an add-on", *_SUBSCRIPTION),
    "remove_add_on": declare("subscription.add_on_removed", "removed an add-on", *_SUBSCRIPTION),
    "cancel": declare("subscription.cancelled", "cancelled the subscription", *_SUBSCRIPTION),
    "pause": declare("subscription.paused", "paused the subscription", *_SUBSCRIPTION),
    "resume": declare("subscription.resumed", "resumed the subscription", *_SUBSCRIPTION),
    "extend_trial": declare("subscription.trial_extended", "extended the trial", *_SUBSCRIPTION),
    "end_trial": declare("subscription.trial_ended", "ended the trial", *_SUBSCRIPTION),
}


def change_event(kind: str) -> EventType:
    """The event of a change of this kind."""
    return _CHANGES[kind]
