"""When a vendor's message is tried again."""

from datetime import timedelta

from models.webhooks.tables import InboundStatus

MAX_TRIES = 8
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=2)


def pause_after(tries: int) -> timedelta | None:
    """How long to wait after so many failed tries; None when it is given up for a person to see.

    >>> [pause_after(tries) for tries in (1, 2, 8)]
    [datetime.timedelta(seconds=5), datetime.timedelta(seconds=20), None]
    """
    return None if tries >= MAX_TRIES else min(FIRST_PAUSE * 4 ** (tries - 1), LONGEST_PAUSE)


def why_not_replay(status: str) -> str:
    """Why a message cannot be worked off again now, "" where it can.

    >>> why_not_replay("dead"), why_not_replay("stored")
    ('', 'This message is being worked off already. Look again in a moment.')
    """
    if status in {InboundStatus.dead, InboundStatus.ignored, InboundStatus.done}:
        return ""
    return "This message is being worked off already. Look again in a moment."
