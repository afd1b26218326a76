"""A list that changed since it was shown: in place, new, gone; never moved."""

from uuid import UUID

from sqlmodel import Session

from models.accounts import Tenant
from models.billing import CUSTOMERS
from models.kernel.actor import Actor
from models.kernel.listing import Changes, ListQuery, list_changes, list_page
from models.kernel.permissions import Permission, Scope
from tests.factories.accounts import actor_with, anybody, make_staff, make_tenant

ACTIVE = ListQuery.parse("f=status:active&size=25")


def _shown(session: Session, actor: Actor) -> tuple[list[UUID], bool]:
    page = list_page(session, actor, CUSTOMERS, ACTIVE)
    return [row.id for row in page.rows], not page.after


def _compared(session: Session, actor: Actor, shown: tuple[list[UUID], bool]) -> Changes[object]:
    session.flush()
    return list_changes(session, actor, CUSTOMERS, ACTIVE, shown=shown[0], is_last=shown[1])


def _named(session: Session, *names: str) -> list[Tenant]:
    return [make_tenant(session, name=name) for name in names]


def test_nothing_new_when_nothing_happened(session: Session) -> None:
    _named(session, "B", "D")
    shown = _shown(session, anybody())
    found = _compared(session, anybody(), shown)
    assert ([row.id for row in found.rows], found.new, found.gone) == (shown[0], 0, 0)


def test_a_changed_row_comes_back_changed_also_when_it_left_the_filter(session: Session) -> None:
    first, second = _named(session, "B", "D")
    shown = _shown(session, anybody())
    first.country, second.status = "FR", "suspended"
    found = _compared(session, anybody(), shown)
    assert {row.id: (row.country, row.status) for row in found.rows} == {
        first.id: ("FR", "active"),
        second.id: ("US", "suspended"),
    }
    assert (found.new, found.gone) == (0, 1)


def test_what_joins_is_counted_and_what_is_pushed_to_the_next_page_is_not_gone(session: Session) -> None:
    _named(session, *(f"M{number:02}" for number in range(30)))
    shown = _shown(session, anybody())
    _named(session, "A", "C")
    found = _compared(session, anybody(), shown)
    assert (len(found.rows), found.new, found.gone) == (25, 2, 0)


def test_what_moves_up_from_the_next_page_is_not_new(session: Session) -> None:
    rows = _named(session, *(f"M{number:02}" for number in range(30)))
    shown = _shown(session, anybody())
    rows[3].status = "closed"
    found = _compared(session, anybody(), shown)
    assert (found.new, found.gone) == (0, 1)
    _named(session, "A")
    assert _compared(session, anybody(), shown).new == 1


def test_on_the_last_page_a_row_after_the_end_is_new(session: Session) -> None:
    _named(session, "B")
    shown = _shown(session, anybody())
    _named(session, "Z")
    assert _compared(session, anybody(), shown).new == 1


def test_nobody_hears_of_rows_out_of_reach(session: Session) -> None:
    user = make_staff(session)
    owner = actor_with(Permission.customers_read, scope=Scope.own, user=user)
    mine = make_tenant(session, name="M", owner_id=user.id)
    shown = _shown(session, owner)
    _named(session, "A")
    mine.owner_id = None
    found = _compared(session, owner, shown)
    assert (found.rows, found.new, found.gone) == ([], 0, 1)
