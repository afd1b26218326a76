"""Which status of a case may follow which."""

from collections.abc import Mapping

from models.dunning.errors import CaseClosed
from models.dunning.tables import CaseStatus
from models.kernel.errors import Conflict

_CLOSED = frozenset({CaseStatus.recovered, CaseStatus.ended, CaseStatus.stopped})
_RESTS = frozenset({CaseStatus.paused, CaseStatus.promised})

TRANSITIONS: Mapping[CaseStatus, frozenset[CaseStatus]] = {
    CaseStatus.running: _CLOSED | _RESTS | {CaseStatus.waiting_action},
    # A rest may be made longer, or turned into the other kind.
    CaseStatus.paused: _CLOSED | _RESTS | {CaseStatus.running, CaseStatus.waiting_action},
    CaseStatus.promised: _CLOSED | _RESTS | {CaseStatus.running, CaseStatus.waiting_action},
    CaseStatus.waiting_action: _CLOSED | _RESTS | {CaseStatus.running},
    CaseStatus.recovered: frozenset(),
    CaseStatus.ended: frozenset(),
    CaseStatus.stopped: frozenset(),
}
WORDS: Mapping[str, str] = {
    CaseStatus.waiting_action: "waiting for the customer's confirmation",
    CaseStatus.promised: "resting because payment was promised",
}


def is_closed(status: str) -> bool:
    """Whether the case has ended for good."""
    return status in _CLOSED


def ensure_transition(status: str, wanted: CaseStatus) -> None:
    """Refuse what the table does not allow; the sentence says what is possible."""
    if is_closed(status):
        raise CaseClosed(status)
    if wanted not in TRANSITIONS[CaseStatus(status)]:
        raise Conflict(
            "dunning_case.not_possible",
            f"A case that is {WORDS.get(status, status)} cannot become {WORDS.get(wanted, wanted)}. Resume it first.",
            status=status,
        )
