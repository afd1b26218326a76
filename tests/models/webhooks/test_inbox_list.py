"""The list of messages: more than a page, found by kind and standing."""

import pytest
from sqlmodel import Session

from models.kernel.actor import MissingPermission
from models.kernel.listing import ListQuery, list_page
from models.kernel.permissions import Permission
from models.webhooks import INBOUND, why_not_replay
from models.webhooks.tables import InboundEvent, InboundStatus
from tests.factories.accounts import actor_with, anybody
from tests.fixtures.clock import FrozenClock


def _message(session: Session, number: int, **facts: object) -> InboundEvent:
    found = InboundEvent(
        **{"source": "stripe", "external_id": f"evt_{number}", "kind": "charge.failed", **facts}
    )
    session.add(found)
    session.flush()
    return found


def test_a_second_page_follows_the_first(session: Session, frozen: FrozenClock) -> None:
    made = [_message(session, number).id for number in range(60)]
    first = list_page(session, anybody(), INBOUND, ListQuery.parse(""))
    second = list_page(session, anybody(), INBOUND, ListQuery.parse(f"after={first.after}"))
    assert [row.id for row in (*first.rows, *second.rows)] == made[::-1]
    assert (
        list_page(session, anybody(), INBOUND, ListQuery.parse(f"after={second.before}")).rows == first.rows
    )


def test_what_was_given_up_is_a_view_and_may_be_replayed(session: Session, frozen: FrozenClock) -> None:
    dead = _message(session, 1, status=InboundStatus.dead)
    _message(session, 2)
    views = {view.key: view.params for view in INBOUND.views}
    found = list_page(session, anybody(), INBOUND, ListQuery.parse(views["dead"])).rows
    assert [row.id for row in found] == [dead.id]
    assert INBOUND.labels[found[0].status] == "Given up"
    assert why_not_replay("dead") == ""
    assert "already" in why_not_replay("retrying")
    with pytest.raises(MissingPermission):
        list_page(session, actor_with(Permission.payments_read), INBOUND, ListQuery.parse(""))
