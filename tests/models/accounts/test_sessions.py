"""Sessions: opened by the right password, ended by time, by their owner and by a new password."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlmodel import Session, select

from models.accounts import (
    SignedIn,
    StaffUser,
    actor_for,
    change_password,
    end_all_other_sessions,
    end_session,
    list_sessions,
    purge_sessions,
    resolve_session,
    sign_in,
    sign_out,
    touch_session,
)
from models.accounts.rules.passwords import is_password
from models.accounts.tables import StaffSession
from models.kernel.actor import ActorKind, MissingPermission, system_actor
from models.kernel.errors import Invalid, NotFound
from models.kernel.events import Event
from models.kernel.permissions import Permission
from models.kernel.settings import get_settings
from tests.factories.accounts import PASSWORD, actor_with, make_staff
from tests.fixtures.clock import FrozenClock

OTHER_PASSWORD = "granite umbrella velvet eleven"


def _open(session: Session, user: StaffUser, browser: str = "Browser") -> tuple[str, SignedIn]:
    found = sign_in(session, email=user.email, password=PASSWORD, user_agent=browser, address="127.0.0.1")
    assert found is not None
    signed_in = resolve_session(session, found[1])
    assert signed_in is not None
    return found[1], signed_in


def test_the_right_password_opens_a_session_and_only_its_hash_is_kept(
    session: Session, frozen: FrozenClock
) -> None:
    user = make_staff(session, role="finance", email="ann@staff.test")
    found = sign_in(
        session, email=" Ann@Staff.test ", password=PASSWORD, user_agent="x" * 1_000, address="127.0.0.1"
    )
    assert found is not None
    assert found[0] is user
    signed_in = resolve_session(session, found[1])
    assert signed_in is not None
    assert (signed_in.user_id, signed_in.actor.kind) == (user.id, ActorKind.user)
    assert signed_in.actor.may(Permission.invoices_void)
    stored = session.exec(select(StaffSession)).one()
    assert found[1].encode() not in stored.token_hash
    assert len(stored.user_agent) == 400
    event = session.exec(select(Event)).one()
    assert (event.name, event.actor_id, event.after) == (
        "staff_user.signed_in",
        user.id,
        {"address": "127.0.0.1"},
    )


def test_any_mismatch_gives_nothing_and_costs_one_hash(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_staff(session, role="viewer", email="ann@staff.test")
    make_staff(session, role="viewer", email="gone@staff.test", is_active=False)
    checked: list[str] = []
    verify = PasswordHasher.verify

    def counted(self: PasswordHasher, stored: str, password: str) -> bool:
        checked.append(password)
        return verify(self, stored, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    for email, password in (
        ("ann@staff.test", "wrong"),
        ("gone@staff.test", PASSWORD),
        ("nobody@staff.test", PASSWORD),
        ("nobody@staff.test", "nobody has this password"),
        ("", ""),
        ("' OR 1=1 --", "x"),
    ):
        checked.clear()
        assert sign_in(session, email=email, password=password, user_agent="", address="") is None
        assert checked == [password]
    assert session.exec(select(StaffSession)).all() == []
    assert session.exec(select(Event)).all() == []


def test_an_old_hash_is_made_anew_at_sign_in(session: Session) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    user = make_staff(session, role="viewer", password_hash=weak)
    _open(session, user)
    assert user.password_hash != weak
    assert is_password(user.password_hash, PASSWORD)


def test_a_session_ends_when_it_is_not_used(session: Session, frozen: FrozenClock) -> None:
    token, signed_in = _open(session, make_staff(session, role="viewer"))
    idle = timedelta(minutes=get_settings().session_idle_minutes)
    frozen.move_to(frozen.now + idle - timedelta(seconds=1))
    found = resolve_session(session, token)
    assert found is not None
    assert found.needs_touch
    touch_session(session, signed_in.session_id)
    session.expire_all()
    again = resolve_session(session, token)
    assert again is not None
    assert not again.needs_touch
    frozen.move_to(frozen.now + idle - timedelta(seconds=1))
    assert resolve_session(session, token) is not None
    frozen.advance(seconds=1)
    assert resolve_session(session, token) is None


def test_a_session_ends_for_good_however_much_it_is_used(session: Session, frozen: FrozenClock) -> None:
    token, signed_in = _open(session, make_staff(session, role="viewer"))
    end = frozen.now + timedelta(hours=get_settings().session_absolute_hours)
    while frozen.now < end - timedelta(minutes=30):
        frozen.advance(minutes=30)
        touch_session(session, signed_in.session_id)
        session.expire_all()
    frozen.move_to(end - timedelta(seconds=1))
    assert resolve_session(session, token) is not None
    frozen.move_to(end)
    assert resolve_session(session, token) is None


@pytest.mark.parametrize("token", ["", "forged", "\0", "x" * 10_000, "half \ud800 pair"])
def test_a_forged_cookie_is_nobodys(session: Session, token: str) -> None:
    _open(session, make_staff(session, role="viewer"))
    assert resolve_session(session, token) is None


def test_somebody_who_was_deactivated_is_out_at_once(session: Session) -> None:
    user = make_staff(session, role="viewer")
    token, _ = _open(session, user)
    user.is_active = False
    session.flush()
    assert resolve_session(session, token) is None
    with pytest.raises(NotFound):
        actor_for(session, user.id)


def test_signing_out_ends_this_session_only(session: Session) -> None:
    user = make_staff(session, role="viewer")
    first, signed_in = _open(session, user)
    second, _ = _open(session, user)
    sign_out(session, signed_in.actor, session_id=signed_in.session_id)
    assert resolve_session(session, first) is None
    assert resolve_session(session, second) is not None
    assert "staff_user.signed_out" in session.exec(select(Event.name)).all()


def test_ones_own_sessions_are_listed_and_ended_and_nobody_elses(
    session: Session, frozen: FrozenClock
) -> None:
    ann, ben = make_staff(session, role="viewer"), make_staff(session, role="viewer")
    _, first = _open(session, ann, "Laptop")
    frozen.advance(minutes=5)
    second_token, second = _open(session, ann, "Phone")
    ben_token, his = _open(session, ben)
    assert [each.user_agent for each in list_sessions(session, first.actor)] == ["Phone", "Laptop"]
    with pytest.raises(NotFound):
        end_session(session, first.actor, session_id=his.session_id)
    with pytest.raises(NotFound):
        sign_out(session, first.actor, session_id=his.session_id)
    assert resolve_session(session, ben_token) is not None
    end_session(session, first.actor, session_id=second.session_id)
    assert resolve_session(session, second_token) is None
    assert [each.id for each in list_sessions(session, first.actor)] == [first.session_id]


def test_all_other_sessions_end_together(session: Session) -> None:
    ann = make_staff(session, role="viewer")
    tokens = [_open(session, ann)[0] for _ in range(3)]
    ben_token, _ = _open(session, make_staff(session, role="viewer"))
    keep = resolve_session(session, tokens[0])
    assert keep is not None
    assert end_all_other_sessions(session, keep.actor, keep=keep.session_id) == 2
    session.expire_all()
    assert [resolve_session(session, token) is not None for token in tokens] == [True, False, False]
    assert resolve_session(session, ben_token) is not None
    assert end_all_other_sessions(session, system_actor("test"), keep=keep.session_id) == 0


def test_a_new_password_ends_the_other_sessions(session: Session) -> None:
    user = make_staff(session, role="viewer")
    other_token, _ = _open(session, user)
    token, signed_in = _open(session, user)
    ended = change_password(
        session, signed_in.actor, current=PASSWORD, new=OTHER_PASSWORD, session_id=signed_in.session_id
    )
    session.expire_all()
    assert ended == 1
    assert resolve_session(session, token) is not None
    assert resolve_session(session, other_token) is None
    assert sign_in(session, email=user.email, password=PASSWORD, user_agent="", address="") is None
    assert sign_in(session, email=user.email, password=OTHER_PASSWORD, user_agent="", address="") is not None
    event = session.exec(select(Event).where(Event.name == "staff_user.password_changed")).one()
    assert event.after == {"sessions_ended": 1}


@pytest.mark.parametrize(
    ("current", "new", "code", "field"),
    [
        ("wrong", OTHER_PASSWORD, "password.wrong", "current"),
        (PASSWORD, "short", "password.too_short", "password"),
        (PASSWORD, "password1234", "password.common", "password"),
    ],
)
def test_a_password_change_is_refused_and_changes_nothing(
    session: Session, current: str, new: str, code: str, field: str
) -> None:
    user = make_staff(session, role="viewer")
    other_token, _ = _open(session, user)
    before = user.password_hash
    with pytest.raises(Invalid) as refusal:
        change_password(session, actor_for(session, user.id), current=current, new=new, session_id=None)
    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert user.password_hash == before
    assert resolve_session(session, other_token) is not None


def test_the_program_has_no_password_and_others_no_sessions(session: Session) -> None:
    with pytest.raises(Invalid, match="Only a person"):
        change_password(session, system_actor("test"), current="", new=OTHER_PASSWORD, session_id=None)
    stranger = actor_with(Permission.customers_read)
    with pytest.raises(MissingPermission):
        list_sessions(session, stranger)


def test_sessions_are_purged_a_month_after_their_end(session: Session, frozen: FrozenClock) -> None:
    user = make_staff(session, role="viewer")
    _, ended = _open(session, user)
    sign_out(session, ended.actor, session_id=ended.session_id)
    _open(session, user)
    janitor = actor_with(Permission.staff_write)
    frozen.advance(days=30)
    assert purge_sessions(session, janitor) == 0
    frozen.advance(seconds=1)
    assert purge_sessions(session, janitor) == 1
    frozen.advance(hours=get_settings().session_absolute_hours)
    assert purge_sessions(session, janitor) == 1
    with pytest.raises(MissingPermission):
        purge_sessions(session, actor_with(Permission.customers_read))
