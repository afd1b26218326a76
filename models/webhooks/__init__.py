"""Messages between vendors and us."""

from models.webhooks.operations import (
    CHANNEL,
    WorkItem,
    claim_messages,
    fail_message,
    finish_message,
    last_heard,
    replay_dead,
    replay_message,
    store_messages,
)
from models.webhooks.queries import INBOUND, InboundRow, get_inbound, list_failed_kinds
from models.webhooks.rules import why_not_replay

__all__ = [
    "CHANNEL",
    "INBOUND",
    "InboundRow",
    "WorkItem",
    "claim_messages",
    "fail_message",
    "finish_message",
    "get_inbound",
    "last_heard",
    "list_failed_kinds",
    "replay_dead",
    "replay_message",
    "store_messages",
    "why_not_replay",
]
