"""Two people at the same moment: one request is decided once, and one thing is asked for once."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from models.approvals import (
    ApprovalRequest,
    VoidOrder,
    approve_request,
    expire_requests,
    reject_request,
    request_approval,
    withdraw_request,
)
from models.billing import Invoice
from models.kernel import clock
from models.kernel.actor import Actor, system_actor
from models.kernel.columns import new_id
from models.kernel.database import read_session, unit_of_work
from models.kernel.errors import DomainError
from models.kernel.events import Event
from tests.factories.approvals import ABOVE, ask_void, make_person
from tests.factories.billing import make_invoice

Try = Callable[[Session], object]


def together(tries: Sequence[Try]) -> list[str]:
    """All at once; what became of each."""
    barrier = threading.Barrier(len(tries))

    def run(each: Try) -> str:
        barrier.wait()
        try:
            with unit_of_work() as session:
                each(session)
        except DomainError as refusal:
            return refusal.code
        return "done"

    with ThreadPoolExecutor(len(tries)) as pool:
        return sorted(pool.map(run, tries))


def waiting() -> tuple[Actor, Actor, Actor, UUID]:
    """Somebody who asked, two who may decide, and the request."""
    with unit_of_work() as session:
        felix = make_person(session)
        ada, ben = make_person(session, "admin", "Ada Winter"), make_person(session, "finance", "Ben Ito")
        return felix, ada, ben, ask_void(session, felix).id


@pytest.mark.parametrize("_round", range(3))
def test_two_yeses_are_one(database: Engine, _round: int) -> None:
    _, ada, ben, request = waiting()
    found = together(
        [lambda session, by=each: approve_request(session, by, request_id=request) for each in (ada, ben)]
    )
    assert found == ["approval.decided", "done"]
    with read_session() as session:
        voided = session.exec(select(Event).where(Event.name == "invoice.voided")).all()
        assert len(voided) == 1
        assert session.exec(select(Invoice)).one().status == "void"


@pytest.mark.parametrize("_round", range(3))
def test_a_yes_a_no_and_a_change_of_mind_are_one(database: Engine, _round: int) -> None:
    felix, ada, ben, request = waiting()
    found = together(
        [
            lambda session: approve_request(session, ada, request_id=request),
            lambda session: reject_request(session, ben, request_id=request, reason="No"),
            lambda session: withdraw_request(session, felix, request_id=request),
        ]
    )
    assert found.count("done") == 1
    assert set(found) <= {"done", "approval.decided", "approval.withdrawn"}
    with read_session() as session:
        stored = session.get_one(ApprovalRequest, request)
        is_void = session.exec(select(Invoice)).one().status == "void"
        assert is_void == (stored.status == "approved")


@pytest.mark.parametrize("_round", range(3))
def test_asking_twice_at_once_is_one_request(database: Engine, _round: int) -> None:
    with unit_of_work() as session:
        felix, ben = make_person(session), make_person(session, "finance", "Ben Ito")
        invoice = make_invoice(session, total=ABOVE).id
    order, key = VoidOrder(invoice, "Billed twice"), new_id()
    found = together(
        [
            lambda session: request_approval(session, felix, order=order, request_id=key),
            lambda session: request_approval(session, ben, order=order, request_id=new_id()),
        ]
    )
    assert found == ["approval.already_requested", "done"]
    same = together([lambda session: request_approval(session, felix, order=order, request_id=key)] * 2)
    assert len(set(same)) == 1
    with read_session() as session:
        assert len(session.exec(select(ApprovalRequest)).all()) == 1


def test_the_sweep_leaves_alone_what_somebody_decides_right_now(database: Engine) -> None:
    _, ada, _, request = waiting()
    with unit_of_work() as session:
        expires_at = session.get_one(ApprovalRequest, request).expires_at
    with unit_of_work() as deciding:
        approve_request(deciding, ada, request_id=request)
        deciding.flush()
        with clock.pinned(expires_at), unit_of_work() as sweeping:
            assert expire_requests(sweeping, system_actor("schedule")) == 0
    with read_session() as session:
        assert session.get_one(ApprovalRequest, request).status == "approved"
