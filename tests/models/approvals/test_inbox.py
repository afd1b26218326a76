"""The inbox: who sees what, what waits for whom, and many decided at once."""

import pytest
from sqlmodel import Session

from models.approvals import (
    APPROVALS,
    WriteOffOrder,
    approve_many,
    approve_request,
    count_waiting,
    get_request,
    list_needs,
    list_requests_about,
    preview_approve_many,
    which_needed,
    withdraw_request,
)
from models.kernel.actor import Actor
from models.kernel.errors import Conflict, Invalid, NotFound
from models.kernel.listing import ListQuery, list_count, list_page, list_totals
from models.kernel.money import Money
from models.kernel.permissions import Permission, Scope
from models.limits import LimitedAction
from tests.factories.accounts import actor_with, make_staff, make_tenant
from tests.factories.approvals import ABOVE, ask, ask_void, make_person
from tests.factories.billing import make_invoice


def shown(session: Session, actor: Actor, params: str = "") -> list[str]:
    """What the list shows for an address."""
    return [each.title for each in list_page(session, actor, APPROVALS, ListQuery.parse(params)).rows]


def test_everybody_sees_their_own_and_what_they_may_decide(session: Session) -> None:
    felix, ada = make_person(session), make_person(session, "admin", "Ada Winter")
    void = ask_void(session, felix)
    credits_only = actor_with(Permission.approvals_read, Permission.credits_approve, user=make_staff(session))
    title = f"Void {void.subject_label}"
    assert shown(session, ada, "f=whose:for_me") == [title]
    assert shown(session, felix, "f=whose:for_me") == []
    assert shown(session, felix, "f=whose:asked") == [title]
    assert shown(session, credits_only) == []
    with pytest.raises(NotFound):
        get_request(session, credits_only, void.id)
    assert (count_waiting(session, ada), count_waiting(session, felix)) == (1, 0)
    assert count_waiting(session, make_person(session, "viewer")) == 0
    assert list_totals(session, ada, APPROVALS, ListQuery()) == [Money(ABOVE, "USD")]
    approve_request(session, ada, request_id=void.id)
    assert count_waiting(session, ada) == 0
    assert shown(session, ada, "f=status:approved,rejected") == [title]
    assert [each.status for each in list_requests_about(session, felix, void.subject_id)] == ["approved"]


def test_out_of_reach_is_not_there(session: Session) -> None:
    user = make_staff(session)
    mine, others = make_tenant(session, owner_id=user.id), make_tenant(session)
    felix = make_person(session)
    first = ask_void(session, felix, make_invoice(session, tenant=mine, total=ABOVE))
    second = ask_void(session, felix, make_invoice(session, tenant=others, total=ABOVE))
    own = actor_with(*Permission, scope=Scope.own, user=user)
    assert shown(session, own) == [f"Void {first.subject_label}"]
    assert list_count(session, own, APPROVALS, ListQuery()).value == 1
    with pytest.raises(NotFound):
        approve_request(session, own, request_id=second.id)
    assert approve_request(session, own, request_id=first.id).is_done


def test_many_of_one_kind_are_approved_as_previewed(session: Session) -> None:
    felix, ada = make_person(session), make_person(session, "admin", "Ada Winter")
    euro = make_tenant(session, currency="EUR")
    asked = [
        ask_void(session, felix),
        ask_void(session, felix),
        ask_void(session, felix, make_invoice(session, tenant=euro, total=2 * ABOVE)),
    ]
    own = ask_void(session, ada)
    ids = [each.id for each in [*asked, own]]
    preview = preview_approve_many(session, ada, request_ids=ids)
    assert (preview.count, preview.kind) == (3, "void")
    assert preview.sums == (Money(2 * ABOVE, "EUR"), Money(2 * ABOVE, "USD"))
    assert preview.largest[0][1] == Money(2 * ABOVE, "EUR")
    assert [count for _, count in preview.skipped] == [1]
    make_invoice(session)
    stale = asked[0]
    session.refresh(stale)
    withdraw_request(session, felix, request_id=asked[1].id)
    with pytest.raises(Conflict):
        approve_many(session, ada, request_ids=ids, token=preview.token)
    again = preview_approve_many(session, ada, request_ids=ids)
    outcome = approve_many(session, ada, request_ids=ids, token=again.token)
    assert (outcome.done, outcome.refused) == (2, ())
    assert own.status == "waiting"
    with pytest.raises(Conflict):
        approve_many(session, ada, request_ids=ids, token=preview.token)


def test_one_that_cannot_be_done_keeps_none_of_the_others_back(session: Session) -> None:
    felix, ada = make_person(session), make_person(session, "admin", "Ada Winter")
    good, bad = ask_void(session, felix), make_invoice(session, total=ABOVE)
    failing = ask_void(session, felix, bad)
    approve_request(session, ada, request_id=ask(session, felix, WriteOffOrder(bad.id, "forgiven")).id)
    ids = [good.id, failing.id]
    token = preview_approve_many(session, ada, request_ids=ids).token
    outcome = approve_many(session, ada, request_ids=ids, token=token)
    assert outcome.done == 1
    ((title, why),) = outcome.refused
    assert title == f"Void {bad.number}"
    assert "changed since it was asked for" in why
    assert (good.status, failing.status) == ("approved", "waiting")


def test_kinds_are_not_mixed(session: Session) -> None:
    felix, ada = make_person(session), make_person(session, "admin", "Ada Winter")
    ids = [
        ask_void(session, felix).id,
        ask(session, felix, WriteOffOrder(make_invoice(session, total=ABOVE).id, "forgiven")).id,
    ]
    with pytest.raises(Invalid):
        preview_approve_many(session, ada, request_ids=ids)
    with pytest.raises(Invalid):
        preview_approve_many(session, ada, request_ids=ids * 51)


def test_a_dialog_knows_beforehand_who_may_decide(session: Session) -> None:
    felix = make_person(session)
    needs = list_needs(session, felix, "USD")
    above, at = Money(ABOVE, "USD"), Money(ABOVE - 1, "USD")
    assert which_needed(needs, {LimitedAction.void: at}) is None
    found = which_needed(needs, {LimitedAction.credit: above, LimitedAction.refund: above})
    assert found is not None
    assert (found.action, found.limit, found.expires_hours) == (LimitedAction.refund, at, 72)
    assert found.roles == ("Administrator", "Finance")
