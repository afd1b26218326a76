"""Asking and deciding: what a second person's yes does, and everything that keeps it from being given."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from models.accounts import StaffRole, StaffUser
from models.approvals import (
    ApprovalRequest,
    RequestStatus,
    VoidOrder,
    approve_request,
    expire_requests,
    get_request,
    reject_request,
    remind_request,
    renew_request,
    withdraw_request,
)
from models.billing import (
    InvoiceStatus,
    void_invoice,
)
from models.kernel import clock
from models.kernel.actor import Actor, MissingPermission, system_actor
from models.kernel.columns import new_id
from models.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from models.kernel.events import Event
from models.kernel.permissions import Permission
from models.limits import change_limit
from tests.factories.accounts import actor_with, anybody, make_staff
from tests.factories.approvals import ABOVE, ask, ask_void, make_person, names, refused
from tests.factories.billing import make_draft, make_invoice


def test_a_second_person_approves_and_it_is_done_on_behalf_of_whoever_asked(session: Session) -> None:
    felix, ada = make_person(session), make_person(session, "admin", "Ada Winter")
    invoice = make_invoice(session, total=ABOVE)
    request = ask_void(session, felix, invoice)
    assert (request.status, request.kind, request.amount_minor, request.limit_minor) == (
        "waiting",
        "void",
        ABOVE,
        1_000_000,
    )
    assert invoice.status == InvoiceStatus.open, "asking changes nothing"
    assert names(session) == ["approval.requested"], "the rehearsal left nothing behind"
    decision = approve_request(session, ada, request_id=request.id, token=request.token)
    assert decision.is_done
    assert (request.status, request.decided_by) == (RequestStatus.approved, ada.id)
    session.refresh(invoice)
    assert invoice.status == InvoiceStatus.void
    voided = session.exec(select(Event).where(Event.name == "invoice.voided")).one()
    assert (voided.actor_name, voided.on_behalf_of, voided.reason) == (
        "Ada Winter",
        "Felix Okafor",
        "Billed twice",
    )
    assert names(session) == ["approval.requested", "invoice.voided", "approval.approved"]
    refused("approval.decided", approve_request, session, ada, request_id=request.id)


def test_nobody_decides_on_what_they_asked_for_not_even_an_admin(session: Session) -> None:
    ada = make_person(session, "admin", "Ada Winter")
    request = ask_void(session, ada)
    refused("approval.own_request", approve_request, session, ada, request_id=request.id)
    refused("approval.own_request", reject_request, session, ada, request_id=request.id, reason="x")
    assert get_request(session, ada, request.id).decide_refusal.startswith("You asked for this yourself")
    assert request.status == RequestStatus.waiting
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(
            update(ApprovalRequest).values(status="approved", decided_by=ada.id, decided_at=clock.now())
        )


def test_programs_neither_ask_nor_decide(session: Session) -> None:
    request = ask_void(session, make_person(session))
    program = system_actor("dunning")
    order = VoidOrder(make_invoice(session, total=ABOVE).id, "x")
    refused("approval.not_a_person", ask, session, program, order)
    refused("approval.not_a_person", approve_request, session, program, request_id=request.id)


def test_the_approver_needs_the_decision_and_the_operation(session: Session) -> None:
    request = ask_void(session, make_person(session))
    read, decide, do = Permission.approvals_read, Permission.voids_approve, Permission.invoices_void

    def someone(*permissions: Permission) -> Actor:
        return actor_with(*permissions, user=make_staff(session))

    with pytest.raises(MissingPermission):
        approve_request(session, someone(decide, do), request_id=request.id)
    # Who may not decide this kind does not see that it exists.
    with pytest.raises(NotFound):
        approve_request(session, someone(read, do, Permission.credits_approve), request_id=request.id)
    refused("approval.not_yours", approve_request, session, someone(read, decide), request_id=request.id)
    assert approve_request(session, someone(read, decide, do), request_id=request.id).is_done


def test_whoever_asked_must_still_be_allowed_to(session: Session) -> None:
    felix, ada = make_person(session), make_person(session, "admin")
    first, second = ask_void(session, felix), ask_void(session, felix)
    roles = session.exec(select(StaffRole).where(StaffRole.user_id == felix.id)).all()
    for each in roles:
        session.delete(each)
    session.flush()
    refused("approval.requester_may_not", approve_request, session, ada, request_id=first.id)
    session.get_one(StaffUser, felix.id).is_active = False
    session.flush()
    refused("approval.requester_gone", approve_request, session, ada, request_id=second.id)
    assert reject_request(session, ada, request_id=second.id, reason="He left").status == "rejected"


def test_the_same_thing_is_asked_for_once(session: Session) -> None:
    felix, ada = make_person(session), make_person(session, "admin")
    invoice, key = make_invoice(session, total=ABOVE), new_id()
    order = VoidOrder(invoice.id, "Billed twice")
    first = ask(session, felix, order, key)
    assert ask(session, felix, order, key) is first, "the same form sent twice is one"
    again = refused("approval.already_requested", ask_void, session, ada, invoice)
    assert again.sentence.startswith("Felix Okafor has asked")
    withdraw_request(session, felix, request_id=first.id)
    assert ask_void(session, ada, invoice).status == "waiting"


def test_time_runs_out_at_the_instant_and_the_sweep_says_so(session: Session) -> None:
    felix, ada = make_person(session), make_person(session, "admin")
    change_limit(
        session, anybody(), action="void", currency="USD", amount="10", expires_hours="2", reason="x"
    )
    draft, now = make_draft(session, amounts=(2_000,)), clock.now()
    with clock.pinned(now):
        request = ask_void(session, felix)
        kept = ask(session, felix, VoidOrder(draft.id, "Never mind"))
    assert request.expires_at == now + timedelta(hours=2)
    with clock.pinned(request.expires_at):
        refused("approval.too_late", approve_request, session, ada, request_id=request.id)
        renewed = refused("approval.too_late", renew_request, session, felix, request_id=request.id)
        assert isinstance(renewed, Conflict)
        kept.expires_at = request.expires_at + timedelta(seconds=1)
        session.flush()
        assert expire_requests(session, system_actor("schedule")) == 1
        assert expire_requests(session, system_actor("schedule")) == 0
    assert (request.status, kept.status) == (RequestStatus.expired, RequestStatus.waiting)
    refused("approval.expired", approve_request, session, ada, request_id=request.id)
    assert names(session)[-1] == "approval.expired"


def test_whoever_asked_withdraws_and_reminds_once_an_hour(session: Session) -> None:
    felix, ada = make_person(session), make_person(session, "admin")
    request = ask_void(session, felix)
    remind_request(session, felix, request_id=request.id)
    refused("approval.reminded", remind_request, session, felix, request_id=request.id)
    with clock.pinned(clock.now() + timedelta(hours=1)):
        remind_request(session, felix, request_id=request.id)
    refused("approval.not_your_request", withdraw_request, session, ada, request_id=request.id)
    withdraw_request(session, felix, request_id=request.id, note=" Found  it ")
    assert (request.status, request.note) == (RequestStatus.withdrawn, "Found it")
    refused("approval.withdrawn", approve_request, session, ada, request_id=request.id)


def test_a_rejection_needs_a_reason_and_changes_nothing_else(session: Session) -> None:
    felix, ada = make_person(session), make_person(session, "admin")
    invoice = make_invoice(session, total=ABOVE)
    request = ask_void(session, felix, invoice)
    with pytest.raises(Invalid):
        reject_request(session, ada, request_id=request.id, reason="  ")
    reject_request(session, ada, request_id=request.id, reason="Credit it instead")
    assert (request.status, request.note) == (RequestStatus.rejected, "Credit it instead")
    session.refresh(invoice)
    assert invoice.status == InvoiceStatus.open
    with pytest.raises(Forbidden):
        void_invoice(session, ada, invoice_id=invoice.id, reason="x")
