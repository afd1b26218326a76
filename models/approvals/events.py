"""Events of requests for approval; amounts are minor units of `currency`."""

from models.kernel.events import declare

_ASKED = ("kind", "about", "amount_minor", "limit_minor", "currency", "expires_at")
REQUESTED = declare("approval.requested", "asked for approval", *_ASKED)
RENEWED = declare("approval.renewed", "asked again with a new preview", *_ASKED)
REMINDED = declare("approval.reminded", "reminded of the request")
APPROVED = declare(
    "approval.approved", "approved and carried out the request", "kind", "about", "requested_by"
)
REJECTED = declare("approval.rejected", "rejected the request", "kind", "about", "requested_by")
WITHDRAWN = declare("approval.withdrawn", "withdrew the request", "kind", "about")
EXPIRED = declare("approval.expired", "let the request expire", "kind", "about")
FAILED = declare("approval.failed", "approved the request, which could not be carried out", "error")
