"""Events of the payments context; amounts are minor units of `currency`."""

from models.kernel.events import declare

_CHARGE = ("charge_id", "amount_minor", "currency", "cause", "method")

CHARGE_REQUESTED = declare("charge.requested", "asked for a charge", *_CHARGE)
CHARGE_SUCCEEDED = declare("charge.succeeded", "charged", *_CHARGE, "applied_minor", "to_balance_minor")
CHARGE_FAILED = declare(
    "charge.failed",
    "could not charge",
    *_CHARGE,
    "decline_code",
    "decline_class",
    "sentence",
    "falls_back",
)
CHARGE_CANCELLED = declare("charge.cancelled", "gave up a charge", *_CHARGE, "sentence")
CHARGE_NEEDS_ACTION = declare(
    "charge.needs_action", "waits for the customer's confirmation of a charge", *_CHARGE
)
CHARGE_PROCESSING = declare("charge.processing", "debits the account, which takes days", *_CHARGE)
PAYMENT_LINK_OPENED = declare("payment_link.opened", "opened the payment page", *_CHARGE)
DEMO_CLOCK_MOVED = declare("demo_clock.moved", "moved the demonstration's clock", "now")
DISPUTE_OPENED = declare(
    "dispute.opened", "disputes the payment", "amount_minor", "currency", "reason", "evidence_due_at"
)
DISPUTE_CHANGED = declare("dispute.changed", "moved the dispute on", "status", "amount_minor", "currency")
DISPUTE_ANSWERED = declare("dispute.answered", "answered the dispute", "evidence", "is_final")
METHOD_ADDED = declare("payment_method.added", "added a payment method", "method", "kind", "is_default")
METHOD_REMOVED = declare("payment_method.removed", "removed a payment method", "method")
METHOD_PREFERRED = declare(
    "payment_method.preferred", "made the default payment method", "method", "payment_method_id"
)
COLLECTION_CHANGED = declare("payment_account.changed", "changed how invoices are collected", "is_automatic")
REFUND_REQUESTED = declare(
    "refund.requested",
    "asked for a refund",
    "amount_minor",
    "currency",
    "charge_id",
    "transfer_id",
    "credit_note",
)
REFUND_SUCCEEDED = declare(
    "refund.succeeded", "gave the money back", "amount_minor", "currency", "charge_id", "transfer_id"
)
REFUND_FAILED = declare(
    "refund.failed",
    "could not give the money back",
    "amount_minor",
    "currency",
    "charge_id",
    "transfer_id",
    "sentence",
)
BANK_STATEMENT_IMPORTED = declare(
    "bank_statement.imported", "uploaded a bank statement", "new", "known", "outgoing"
)
BANK_LINE_MATCHED = declare(
    "bank_line.matched", "matched money that came", "amount_minor", "currency", "payer", "invoices"
)
BANK_LINE_IGNORED = declare(
    "bank_line.ignored", "said that money is for no invoice", "amount_minor", "currency", "payer"
)
BANK_LINE_REOPENED = declare(
    "bank_line.reopened", "took money that came up again", "amount_minor", "currency", "payer"
)
