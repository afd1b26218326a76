"""When a dispute can be answered."""

from datetime import datetime

from models.integrations.stripe import DisputeStatus

ANSWERABLE = frozenset({DisputeStatus.needs_response, DisputeStatus.warning_needs_response})


def why_not_answer(status: str, submitted_at: datetime | None, due_at: datetime | None, now: datetime) -> str:
    """Why the bank takes no answer, as a sentence; "" where it does.

    >>> from datetime import UTC
    >>> why_not_answer("lost", None, None, datetime(2026, 11, 21, tzinfo=UTC))
    'The dispute is lost: the bank takes no answer.'
    """
    if submitted_at is not None:
        return "The answer was sent, and the bank takes only one."
    if status not in ANSWERABLE:
        return f"The dispute is {status.replace('_', ' ')}: the bank takes no answer."
    if due_at is not None and due_at < now:
        return "The deadline has passed, and the bank takes no answer after it."
    return ""
