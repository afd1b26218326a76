"""Saved views: everyone their own, by name."""

import pytest
from sqlmodel import Session, select

from models.accounts import (
    choose_default_view,
    delete_view,
    get_list_look,
    keep_look,
    list_views,
    save_view,
)
from models.accounts.tables import SavedView
from models.billing import INVOICES
from models.kernel.actor import MissingPermission, system_actor
from models.kernel.errors import Conflict, Invalid, NotFound
from models.kernel.events import Event
from models.kernel.permissions import Permission
from tests.factories.accounts import actor_with, make_staff

MAY = (Permission.views_write, Permission.invoices_read, Permission.customers_read)
PARAMS = "f=status:open&sort=-total"


def test_a_view_is_kept_replaced_and_deleted(session: Session) -> None:
    actor = actor_with(*MAY, user=make_staff(session))
    view = save_view(
        session, actor, listing=INVOICES.key, name="  My   open ", params=f"?{PARAMS}&after=x&junk=1"
    )
    again = save_view(session, actor, listing=INVOICES.key, name="My open", params="f=status:paid")
    assert again.id == view.id
    assert [(row.name, row.params) for row in list_views(session, actor, "invoices")] == [
        ("My open", "f=status:paid")
    ]
    assert list_views(session, actor, "customers") == []
    delete_view(session, actor, view_id=view.id)
    session.flush()
    assert list_views(session, actor, "invoices") == []
    names = session.exec(select(Event.name).order_by(Event.id)).all()  # type: ignore[call-overload]
    assert names == ["saved_view.saved", "saved_view.saved", "saved_view.deleted"]


def test_a_view_opens_on_the_first_page(session: Session) -> None:
    actor = actor_with(*MAY, user=make_staff(session))
    view = save_view(session, actor, listing="invoices", name="Open", params=f"{PARAMS}&after=x")
    assert "after" not in view.params


def test_views_belong_to_one_person(session: Session) -> None:
    ann, ben = actor_with(*MAY, user=make_staff(session)), actor_with(*MAY, user=make_staff(session))
    view = save_view(session, ann, listing="invoices", name="Open", params=PARAMS)
    save_view(session, ben, listing="invoices", name="Open", params="")
    assert len(list_views(session, ben, "invoices")) == 1
    with pytest.raises(NotFound):
        delete_view(session, ben, view_id=view.id)
    assert [row.params for row in list_views(session, ann, "invoices")] == [PARAMS]


@pytest.mark.parametrize("name", ["", "   ", "x" * 41])
def test_a_view_has_a_short_name(session: Session, name: str) -> None:
    actor = actor_with(*MAY, user=make_staff(session))
    with pytest.raises(Invalid) as refusal:
        save_view(session, actor, listing="invoices", name=name, params="")
    assert refusal.value.field == "name"


def test_what_cannot_be_kept_is_refused(session: Session) -> None:
    actor = actor_with(*MAY, user=make_staff(session))
    with pytest.raises(NotFound):
        save_view(session, actor, listing="nonsense", name="Open", params="")
    with pytest.raises(MissingPermission, match="subscriptions:read"):
        save_view(session, actor, listing="subscriptions", name="Open", params="")
    with pytest.raises(MissingPermission, match="views:write"):
        save_view(session, actor_with(Permission.invoices_read), listing="invoices", name="Open", params="")
    with pytest.raises(Invalid, match="person"):
        save_view(session, system_actor("test"), listing="invoices", name="Open", params="")
    assert session.exec(select(SavedView)).all() == []


def test_a_list_has_at_most_thirty_views(session: Session) -> None:
    actor = actor_with(*MAY, user=make_staff(session))
    for number in range(30):
        save_view(session, actor, listing="invoices", name=f"View {number}", params="")
    with pytest.raises(Conflict, match="at most 30") as refusal:
        save_view(session, actor, listing="invoices", name="One more", params="")
    assert refusal.value.code == "view.too_many"
    save_view(session, actor, listing="invoices", name="View 3", params=PARAMS)
    save_view(session, actor, listing="customers", name="Another list", params="")


def test_a_view_is_shared_with_everyone_and_taken_back(session: Session) -> None:
    ann, ben = actor_with(*MAY, user=make_staff(session)), actor_with(*MAY, user=make_staff(session))
    view = save_view(session, ann, listing="invoices", name="Open", params=PARAMS, scope="everyone")
    save_view(session, ben, listing="invoices", name="Zero", params="")
    seen = list_views(session, ben, "invoices")
    assert [(row.name, row.is_own, row.is_shared, row.owner) for row in seen] == [
        ("Zero", True, False, ben.name),
        ("Open", False, True, ann.name),
    ]
    save_view(session, ann, listing="invoices", name="Open", params="")
    assert list_views(session, ben, "invoices")[1].params == "", "still shared when saved without a scope"
    with pytest.raises(NotFound):
        delete_view(session, ben, view_id=view.id)
    save_view(session, ann, listing="invoices", name="Open", params="", scope="me")
    assert [row.name for row in list_views(session, ben, "invoices")] == ["Zero"]
    with pytest.raises(Invalid, match="alone or for everyone"):
        save_view(session, ann, listing="invoices", name="Open", params="", scope="nobody")


def test_a_list_opens_with_a_view_that_the_person_sees(session: Session) -> None:
    ann, ben = actor_with(*MAY, user=make_staff(session)), actor_with(*MAY, user=make_staff(session))
    shared = save_view(session, ann, listing="invoices", name="Open", params=PARAMS, scope="everyone")
    hidden = save_view(session, ann, listing="invoices", name="Mine", params=PARAMS)
    choose_default_view(session, ben, listing="invoices", view_id=shared.id)
    keep_look(session, ben, listing="invoices", columns=["number"], widths={})
    session.flush()
    assert get_list_look(session, ben, "invoices").default_view == str(shared.id), "columns do not undo it"
    for listing, view_id in (("invoices", hidden.id), ("customers", shared.id)):
        with pytest.raises(NotFound):
            choose_default_view(session, ben, listing=listing, view_id=view_id)
    choose_default_view(session, ben, listing="invoices", view_id=None)
    session.flush()
    assert get_list_look(session, ben, "invoices").default_view == ""
