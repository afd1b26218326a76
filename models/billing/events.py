"""Events of the billing context; amounts are minor units of `currency`."""

from models.kernel.events import declare

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
