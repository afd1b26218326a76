"""How a person likes a list to look: kept for that person and that list, within reason."""

import pytest
from sqlmodel import Session

from models.accounts import ListLook, get_list_look, keep_look
from models.billing import CUSTOMERS, INVOICES
from models.kernel.actor import MissingPermission
from models.kernel.errors import NotFound
from models.kernel.listing import ListQuery, list_choice_counts
from models.kernel.permissions import Permission
from tests.factories.accounts import actor_with, anybody, make_staff, make_tenant


def test_a_look_is_kept_for_one_person_and_one_list(session: Session) -> None:
    ann, ben = (actor_with(Permission.views_write, user=make_staff(session)) for _ in range(2))
    widths = {"name": 5, "status": 9_999, "mrr": 120, "nothing": 100}
    keep_look(session, ann, listing=CUSTOMERS.key, columns=["tags", "name", "nothing"], widths=widths)
    keep_look(session, ann, listing=INVOICES.key, columns=["number"], widths={})
    session.flush()
    assert get_list_look(session, ann, "customers") == ListLook(
        ("tags", "name"), {"name": 60, "status": 800, "mrr": 120}
    )
    assert get_list_look(session, ann, "invoices").columns == ("number",)
    assert get_list_look(session, ann, "payments") == get_list_look(session, ben, "customers") == ListLook()
    with pytest.raises(NotFound):
        keep_look(session, ann, listing="nonsense", columns=[], widths={})
    with pytest.raises(MissingPermission):
        keep_look(session, actor_with(Permission.customers_read), listing="customers", columns=[], widths={})


def test_values_of_a_filter_are_counted_beside_the_other_filters_up_to_the_cap(session: Session) -> None:
    for country, status in (
        ("NZ", "active"),
        ("NZ", "active"),
        ("NZ", "active"),
        ("NZ", "trial"),
        ("US", "trial"),
    ):
        make_tenant(session, country=country, status=status)
    query = ListQuery.parse("f=country:NZ&f=status:closed")
    found = list_choice_counts(session, anybody(), CUSTOMERS, query, "status", cap=2)
    assert {key: str(count) for key, count in found.items()} == {
        "trial": "1", "active": "2+", "suspended": "0", "closed": "0",
    }  # fmt: skip
    assert list_choice_counts(session, anybody(), CUSTOMERS, query, "country", cap=2) == {}
    assert list_choice_counts(session, anybody(), CUSTOMERS, query, "nonsense", cap=2) == {}
