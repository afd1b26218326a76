"""Events of the operations context."""

from models.kernel.events import declare

DELIVERY_RETRIED = declare("delivery.retried", "put a delivery back to work", "status", "attempts", "error")
