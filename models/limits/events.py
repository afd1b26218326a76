"""Events of limits; amounts are minor units of `currency`."""

from models.kernel.events import declare

LIMIT_CHANGED = declare(
    "approval_limit.changed",
    "changed the approval limit",
    "action",
    "currency",
    "amount_minor",
    "expires_hours",
    "version",
)
