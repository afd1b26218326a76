"""One action on many cases: what it does to each, and why it leaves others alone."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlmodel import Session

from models.dunning.operations.by_hand import (
    close_task,
    grant_grace,
    own_case,
    pause_case,
    resume_case,
    skip_step,
    stop_case,
    try_now,
    write_off_case,
)
from models.kernel.actor import Actor
from models.kernel.errors import DomainError, Invalid, Kind
from models.kernel.permissions import Permission

MOST = 200


class CaseAct(StrEnum):
    """What can be done with many cases at once."""

    retry = "try"
    pause = "pause"
    resume = "resume"
    own = "own"
    grace = "grace"
    skip = "skip"
    stop = "stop"
    write_off = "write_off"
    task_done = "task_done"


_ACTS: Mapping[CaseAct, Callable[..., Any]] = {
    CaseAct.retry: try_now,
    CaseAct.pause: pause_case,
    CaseAct.resume: resume_case,
    CaseAct.own: own_case,
    CaseAct.grace: grant_grace,
    CaseAct.skip: skip_step,
    CaseAct.stop: stop_case,
    CaseAct.write_off: write_off_case,
    CaseAct.task_done: close_task,
}


@dataclass(frozen=True, slots=True)
class BulkOutcome:
    """What became of the chosen cases; `left` is why others were left alone, with how many."""

    done: int
    left: tuple[tuple[str, int], ...]


def act_on_cases(
    session: Session, actor: Actor, *, act: CaseAct, case_ids: Sequence[UUID], **facts: Any
) -> BulkOutcome:
    """Do it to each case for which it is allowed; `facts` are the action's own. Rehearse it for a preview.

    At most 200 at once, so that all of it is one transaction. Raises Invalid beyond, and for facts no case could take.
    """
    actor.ensure(Permission.dunning_act)
    if not 0 < len(case_ids) <= MOST:
        raise Invalid("dunning_case.too_many_chosen", f"Choose 1 to {MOST} cases at once.")
    left: Counter[str] = Counter()
    done = 0
    # One order for everybody, so that two people who choose the same cases never wait for each other crosswise.
    for case_id in sorted(set(case_ids)):
        own = dict(facts)
        if act is CaseAct.retry:
            own["request_key"] = f"{facts['request_key']}:{case_id}"
        try:
            with session.begin_nested():
                _ACTS[act](session, actor, case_id=case_id, **own)
            done += 1
        except DomainError as error:
            if error.kind in {Kind.unavailable, Kind.invalid, Kind.forbidden}:
                raise
            left[error.sentence] += 1
    return BulkOutcome(done, tuple(left.most_common()))
