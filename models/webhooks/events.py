"""Events of the webhooks context."""

from models.kernel.events import declare

INBOUND_DEAD = declare("inbound_event.dead", "gave up a vendor's message", "kind", "outcome")
INBOUND_REPLAYED = declare("inbound_event.replayed", "works off vendors' messages again", "kind", "count")
