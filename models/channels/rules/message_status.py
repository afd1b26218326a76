"""What a message may become, and when a failed attempt is repeated."""

from collections.abc import Mapping
from datetime import timedelta

from models.channels.tables import MessageStatus
from models.kernel.listing import Choice

MESSAGE_MOVES: Mapping[MessageStatus, frozenset[MessageStatus]] = {
    # What comes back has been sent, also where its worker vanished before it could say so.
    MessageStatus.queued: frozenset(
        {MessageStatus.sent, MessageStatus.kept, MessageStatus.failed, MessageStatus.bounced}
    ),
    MessageStatus.kept: frozenset({MessageStatus.queued}),
    MessageStatus.failed: frozenset({MessageStatus.queued, MessageStatus.bounced}),
    MessageStatus.sent: frozenset({MessageStatus.bounced}),
    MessageStatus.bounced: frozenset(),
}
LABELS: Mapping[str, str] = {
    MessageStatus.queued: "Queued",
    MessageStatus.sent: "Sent",
    MessageStatus.kept: "Kept here",
    MessageStatus.failed: "Failed",
    MessageStatus.bounced: "Bounced",
}
CHOICES = tuple(Choice(each.value, LABELS[each]) for each in MessageStatus)

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
# A claimed message is nobody else's for this long: more than ten recipients and a slow server can take.
LEASE = timedelta(minutes=25)
# A worker that vanished may have sent the mail. One more attempt is taken, a third would be too many.
MAX_LOST = 2


def may_become(status: str, target: MessageStatus) -> bool:
    """Whether the table of moves has this one."""
    return target in MESSAGE_MOVES[MessageStatus(status)]


def pause_after(attempts: int) -> timedelta:
    """The wait after so many failed attempts: 1, 4, 16, 64, 256 minutes, then 6 hours each.

    >>> [pause_after(tries) // timedelta(minutes=1) for tries in (1, 2, 5, 6, 50)]
    [1, 4, 256, 360, 360]
    """
    factor: int = 4 ** min(attempts - 1, 10)
    return min(FIRST_PAUSE * factor, LONGEST_PAUSE)


def goes_again_as_itself(status: str) -> bool:
    """Whether sending again means the same message, because it has reached nobody; else a copy is made."""
    return may_become(status, MessageStatus.queued)
