"""Events of the billing context; amounts are minor units of `currency`."""

from models.kernel.events import EventType, declare

BALANCE_ADJUSTED = declare("balance.adjusted", "adjusted the balance", "balance_minor", "currency")
CREDIT_NOTE_ISSUED = declare(
    "credit_note.issued",
    "issued the credit note",
    "number",
    "invoice",
    "currency",
    "total_minor",
    "reduced_minor",
    "to_balance_minor",
    "refunded_minor",
    "outside_minor",
)
CREDIT_NOTE_VOIDED = declare(
    "credit_note.voided", "voided the credit note", "status", "number", "currency", "total_minor"
)
INVOICE_APPROVED = declare(
    "invoice.approved", "approved the draft", "approvals", "approvals_needed", "version"
)
INVOICE_CREATED = declare(
    "invoice.created", "made the draft by hand", "number", "currency", "total_minor", "approvals_needed"
)
INVOICE_CREDITED = declare(
    "invoice.credited",
    "credited the invoice",
    "credit_note",
    "currency",
    "total_minor",
    "credited_minor",
    "reduced_minor",
    "due_minor",
)
INVOICE_DRAFTED = declare(
    "invoice.drafted",
    "left a draft for review",
    "number",
    "status",
    "currency",
    "total_minor",
    "approvals_needed",
    "review",
    "failed_step",
)
INVOICE_EDITED = declare(
    "invoice.edited", "changed a line of the draft", "line", "currency", "amount_minor", "total_minor"
)
INVOICE_HELD = declare("invoice.held", "held the draft back", "held_reason")
INVOICE_ISSUED = declare(
    "invoice.issued",
    "issued the invoice",
    "number",
    "status",
    "currency",
    "issued_on",
    "due_on",
    "total_minor",
    "balance_minor",
    "due_minor",
)
INVOICE_PAID = declare("invoice.paid", "paid the invoice in full", "status", "paid_minor", "currency")
INVOICE_REISSUED = declare(
    "invoice.reissued",
    "made the draft in the place of a void invoice",
    "number",
    "replaces",
    "currency",
    "total_minor",
    "approvals_needed",
)
INVOICE_RELEASED = declare("invoice.released", "released the draft", "held_reason")
INVOICE_REOPENED = declare("invoice.reopened", "reopened the invoice", "status", "due_minor", "currency")
INVOICE_RETRIED = declare(
    "invoice.retried",
    "retried the failed step",
    "status",
    "failed_step",
    "failure",
    "total_minor",
    "currency",
)
INVOICE_UNCREDITED = declare(
    "invoice.uncredited",
    "took a credit note back",
    "credit_note",
    "currency",
    "credited_minor",
    "reduced_minor",
    "due_minor",
)
INVOICE_VOIDED = declare(
    "invoice.voided",
    "voided the invoice",
    "status",
    "due_minor",
    "balance_minor",
    "currency",
    "replaced_by",
)
INVOICE_WRITTEN_OFF = declare(
    "invoice.written_off", "wrote the invoice off", "status", "due_minor", "currency"
)
PAYMENT_OVERPAID = declare(
    "payment.overpaid",
    "put more than was due on the balance",
    "amount_minor",
    "currency",
    "reference",
    "balance_minor",
)
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
    "moved",
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
    "suspend": declare("subscription.suspended", "suspended the subscription", *_SUBSCRIPTION),
    "resume": declare("subscription.resumed", "resumed the subscription", *_SUBSCRIPTION),
    "extend_trial": declare("subscription.trial_extended", "extended the trial", *_SUBSCRIPTION),
    "end_trial": declare("subscription.trial_ended", "ended the trial", *_SUBSCRIPTION),
}


def change_event(kind: str) -> EventType:
    """The event of a change of this kind."""
    return _CHANGES[kind]


BILLING_PROFILE_UPDATED = declare(
    "billing_profile.updated",
    "changed the billing details",
    "legal_name",
    "address",
    "region",
    "tax_id",
    "exempt_reason",
    "exempt_until_on",
    "net_terms_days",
    "legal_entity",
    "review_policy",
)
COUPON_ARCHIVED = declare("coupon.archived", "archived the coupon", "status")
COUPON_CREATED = declare(
    "coupon.created", "created the coupon", "discount", "duration", "max_redemptions", "redeem_until_on"
)
COUPON_UNARCHIVED = declare("coupon.unarchived", "made the coupon available again", "status")
DISCOUNT_ENDED = declare("discount.ended", "ended the discount", "coupon", "periods_used", "ended_on")
DISCOUNT_GIVEN = declare("discount.given", "gave the discount", "coupon", "code", "discount", "duration")
PLAN_ARCHIVED = declare("plan.archived", "archived the plan", "status", "version", "replaced_by")
PLAN_CREATED = declare(
    "plan.created", "created the plan", "name", "status", "version", "trial_days", "is_add_on", "tax_code"
)
PLAN_MOVES_FINISHED = declare(
    "plan.moves_finished", "planned the moves to another version", "version", "planned", "skipped", "reasons"
)
PLAN_MOVES_REQUESTED = declare(
    "plan.moves_requested", "asked to move the subscriptions", "target_id", "version", "count"
)
PLAN_PUBLISHED = declare("plan.published", "put the version on sale", "status", "version", "replaces")
PLAN_UNARCHIVED = declare("plan.unarchived", "put the plan back on sale", "status", "version")
PLAN_UPDATED = declare("plan.updated", "changed the plan", "name", "description", "trial_days", "tax_code")
PRICE_ADDED = declare("price.added", "added a price", "price", "model", "tiers", "tax_behavior")
PRICE_ARCHIVED = declare("price.archived", "archived a price", "price")
PRICE_CHANGED = declare("price.changed", "changed a price", "price", "model", "tiers", "tax_behavior")
PRICE_UNARCHIVED = declare("price.unarchived", "offered a price again", "price")
PROMOTION_CODE_ARCHIVED = declare("promotion_code.archived", "archived the code", "code")
PROMOTION_CODE_CREATED = declare(
    "promotion_code.created", "created the code", "code", "max_redemptions", "redeem_until_on"
)
TAX_RULE_CORRECTED = declare("tax_rule.corrected", "corrected the tax rule", "rate", "note")
TAX_RULE_CREATED = declare(
    "tax_rule.created",
    "created the tax rule",
    "country",
    "region",
    "tax_code",
    "name",
    "rate",
    "valid_from_on",
    "valid_until_on",
    "note",
)
TAX_RULE_ENDED = declare("tax_rule.ended", "ended the tax rule", "valid_until_on")
TAX_RULES_LOADED = declare("tax_rules.loaded", "loaded tax rules", "source", "added", "skipped")
REFUND_RECORDED = declare(
    "refund.recorded",
    "recorded a refund",
    "credit_note",
    "amount_minor",
    "currency",
    "channel",
    "reference",
    "refunded_on",
)
