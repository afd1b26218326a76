"""The reason a person gives for a change; it stands on the timeline."""

from models.kernel.columns import can_store_text
from models.kernel.errors import Invalid

MAX_REASON = 500


def ensure_reason(reason: str) -> str:
    """The reason as one line; raises Invalid without one and beyond 500 characters."""
    text = " ".join(reason.split())
    if not text or len(text) > MAX_REASON or not can_store_text(text):
        raise Invalid("reason.missing", "Give a reason; it stands on the timeline.", field="reason")
    return text
