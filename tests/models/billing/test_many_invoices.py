"""Doing one thing to many invoices: shown first, what is left alone named with its reason; and the aging of what is due."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlmodel import Session

from models.billing import (
    INVOICES,
    Age,
    Chosen,
    Invoice,
    InvoiceStatus,
    approve_routine,
    list_aging,
    preview_approval,
    preview_documents,
    preview_write_offs,
    write_off_many,
)
from models.kernel.actor import Actor
from models.kernel.errors import Conflict, Invalid
from models.kernel.listing import Condition, ListQuery, list_page
from models.kernel.permissions import Permission, Scope
from models.limits import change_limit
from tests.factories.accounts import actor_with, anybody, make_staff, make_tenant
from tests.factories.billing import make_draft, make_invoice
from tests.fixtures.clock import FrozenClock

TODAY = date(2026, 11, 21)


@pytest.fixture(autouse=True)
def _today(frozen: FrozenClock) -> None:
    frozen.move_to(datetime(2026, 11, 21, 12, tzinfo=UTC))


def _due(session: Session, days_late: int, total: int = 1_000, **facts: object) -> Invoice:
    issued_on = TODAY - timedelta(days=days_late + 14)
    return make_invoice(
        session, issued_on=issued_on, due_on=TODAY - timedelta(days=days_late), total=total, **facts
    )


def _ids(*invoices: Invoice) -> Chosen:
    return Chosen(ids=tuple(each.id for each in invoices))


def _person(session: Session, *permissions: Permission) -> Actor:
    return actor_with(*(permissions or Permission), user=make_staff(session))


def test_what_is_due_is_counted_by_age_and_each_part_is_a_filter(session: Session) -> None:
    edges = {
        Age.current: (-3, 0),
        Age.to_30: (1, 30),
        Age.to_60: (31, 60),
        Age.to_90: (61, 90),
        Age.older: (91, 400),
    }
    made: dict[Age, set[UUID]] = {
        age: {_due(session, days).id for days in pair} for age, pair in edges.items()
    }
    euro = _due(session, 40, 700, tenant=make_tenant(session, currency="EUR"))
    make_invoice(session, status=InvoiceStatus.paid, issued_on=date(2026, 1, 1))
    usd, eur = list_aging(session, anybody())
    assert (usd.currency, usd.count, eur.currency, eur.count) == ("USD", 10, "EUR", 1)
    for part in usd.parts:
        assert (part.count, part.due.minor) == (2, 2_000)
        query = ListQuery(conditions=(Condition("aging", part.age.value), Condition("currency", "USD")))
        assert {row.id for row in list_page(session, anybody(), INVOICES, query).rows} == made[part.age]
    assert [each.due.minor for each in eur.parts] == [0, 0, 700, 0, 0]
    query = ListQuery(conditions=(Condition("aging", "31-60"), Condition("currency", "EUR")))
    assert [row.id for row in list_page(session, anybody(), INVOICES, query).rows] == [euro.id]


def test_only_what_one_may_see_is_due(session: Session) -> None:
    staff = make_staff(session)
    own = make_tenant(session, owner_id=staff.id)
    _due(session, 5, 300, tenant=own)
    _due(session, 5, 900)
    mine = actor_with(Permission.invoices_read, scope=Scope.own, user=staff)
    (row,) = list_aging(session, mine)
    assert sum(each.due.minor for each in row.parts) == 300


def test_of_the_chosen_only_routine_drafts_are_approved_and_the_others_are_named(session: Session) -> None:
    ann = _person(session)
    routine, odd, issued = make_draft(session), make_draft(session, needed=1), make_invoice(session)
    chosen = _ids(routine, odd, issued)
    preview = preview_approval(session, ann, chosen=chosen)
    assert preview.count == 1
    assert {numbers for each in preview.skipped for numbers in each.numbers} == {odd.number, issued.number}
    assert any("under Review" in each.sentence for each in preview.skipped)
    approve_routine(session, ann, chosen=chosen, token=preview.token)
    assert [each.status for each in (routine, odd)] == ["open", "draft"]


def test_many_are_written_off_within_the_limit_and_as_shown(session: Session) -> None:
    words = {"expires_hours": "", "reason": "Board of May"}
    change_limit(session, anybody(), action="write_off", currency="*", amount="50", **words)
    ann = _person(session)
    small, large, paid = (
        _due(session, 100, 4_000),
        _due(session, 100, 5_001),
        make_invoice(session, status=InvoiceStatus.paid),
    )
    chosen = _ids(small, large, paid)
    preview = preview_write_offs(session, ann, chosen=chosen)
    assert (preview.count, [each.format() for each in preview.sums]) == (1, ["40.00 USD"])
    above = next(each for each in preview.skipped if each.numbers == (large.number,))
    assert "More than 50.00 USD" in above.sentence
    with pytest.raises(Invalid, match="Choose why"):
        write_off_many(session, ann, chosen=chosen, reason="because", token=preview.token)
    other = _ids(small)
    with pytest.raises(Conflict, match="changed since the preview"):
        write_off_many(session, ann, chosen=other, reason="forgiven", token="other")
    done = write_off_many(session, ann, chosen=other, reason="forgiven", token=preview.token)
    session.refresh(small)
    assert (done.count, small.status) == (1, InvoiceStatus.uncollectible)


def test_one_out_of_reach_is_left_alone_and_too_many_are_refused(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = _due(session, 10)
    staff = make_staff(session)
    reader = actor_with(Permission.invoices_read, user=staff)
    mixed = Actor(
        **{**_fields(reader), "grants": {**reader.grants, Permission.invoices_write_off: Scope.own}}
    )
    preview = preview_write_offs(session, mixed, chosen=_ids(one))
    assert (preview.count, preview.skipped[0].numbers) == (0, (one.number,))
    monkeypatch.setattr("models.billing.queries.chosen.AT_ONCE", 1)
    _due(session, 20)
    with pytest.raises(Invalid, match="At most 1 invoices"):
        preview_write_offs(session, _person(session), chosen=Chosen("f=status:open"))


def _fields(actor: Actor) -> dict[str, object]:
    return {name: getattr(actor, name) for name in actor.__dataclass_fields__}


def test_only_issued_invoices_have_documents(session: Session) -> None:
    issued, draft = make_invoice(session), make_draft(session)
    found = preview_documents(session, anybody(), chosen=_ids(issued, draft))
    assert (found.count, found.skipped[0].numbers) == (1, (draft.number,))
    assert preview_documents(session, anybody(), chosen=Chosen("f=status:paid")).count == 0
