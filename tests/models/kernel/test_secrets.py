"""Secrets: sealed to their place, readable after a rotation, links that end."""

import base64
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.kernel.errors import Forbidden, Invalid
from models.kernel.secrets import (
    Keyring,
    hash_token,
    kept_secret,
    keyring,
    new_token,
    read_link,
    sign_link,
)
from models.kernel.settings import get_settings
from tests.fixtures.clock import FrozenClock

CONTEXT = "webhook.secret.0193"


def _key(key_id: str, fill: int) -> str:
    return f"{key_id}:{base64.b64encode(bytes([fill]) * 32).decode()}"


OLD, NEW = _key("k1", 1), _key("k2", 2)


@given(st.binary(max_size=200), st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_what_is_sealed_opens_in_its_own_place_only(plain: bytes, context: str) -> None:
    ring = Keyring.parse(OLD)
    envelope = ring.encrypt(plain, context=context)
    assert ring.decrypt(envelope, context=context) == plain
    with pytest.raises(Invalid):
        ring.decrypt(envelope, context=f"{context}.other")


def test_the_same_secret_is_never_sealed_the_same_way() -> None:
    ring = Keyring.parse(OLD)
    assert len({ring.encrypt(b"secret", context=CONTEXT) for _ in range(20)}) == 20


def test_a_wrong_key_or_a_changed_envelope_opens_nothing() -> None:
    ring = Keyring.parse(OLD)
    envelope = ring.encrypt(b"secret", context=CONTEXT)
    version, key_id, sealed = envelope.split(".")
    raw = bytearray(base64.urlsafe_b64decode(sealed))
    raw[-1] ^= 1
    changed = base64.urlsafe_b64encode(bytes(raw)).decode()
    damaged = [
        f"{version}.{key_id}.{changed}",
        f"v2.{key_id}.{sealed}",
        f"{version}.k9.{sealed}",
        f"{version}.{key_id}.{sealed[:8]}",
        f"{version}.{key_id}.",
        f"{version}.{key_id}",
        "",
        "no envelope at all",
    ]
    for each in damaged:
        with pytest.raises(Invalid, match="SECRET_KEYS") as refusal:
            ring.decrypt(each, context=CONTEXT)
        assert refusal.value.code == "secrets.unreadable"
    same_id = Keyring.parse(_key("k1", 3))
    with pytest.raises(Invalid):
        same_id.decrypt(envelope, context=CONTEXT)


def test_rotation_moves_a_secret_under_the_newest_key() -> None:
    before = Keyring.parse(OLD)
    both = Keyring.parse(f"{NEW},{OLD}")
    envelope = before.encrypt(b"secret", context=CONTEXT)
    assert both.needs_rotation(envelope)
    assert both.decrypt(envelope, context=CONTEXT) == b"secret"
    moved = both.rotate(envelope, context=CONTEXT)
    assert not both.needs_rotation(moved)
    assert Keyring.parse(NEW).decrypt(moved, context=CONTEXT) == b"secret"
    with pytest.raises(Invalid):
        before.decrypt(moved, context=CONTEXT)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "secrets.no_key"),
        (" , ", "secrets.no_key"),
        ("k1", "secrets.bad_key"),
        ("k1:short", "secrets.bad_key"),
        ("k1:not base64!", "secrets.bad_key"),
        (f"k1:{base64.b64encode(bytes(16)).decode()}", "secrets.bad_key"),
        (OLD.removeprefix("k1"), "secrets.bad_key"),
        (f"{OLD},{OLD}", "secrets.bad_key"),
        # A dot in the id would end it inside every envelope.
        (_key("2026.1", 1), "secrets.bad_key"),
    ],
)
def test_keys_that_would_not_work_are_refused_at_once(text: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        Keyring.parse(text)
    assert refusal.value.code == code
    assert base64.b64encode(bytes([1]) * 32).decode() not in refusal.value.sentence


def test_a_generated_key_is_private_and_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "new"))
    get_settings.cache_clear()
    keyring.cache_clear()
    try:
        first = keyring()
        assert (tmp_path / "new" / "secret_keys").stat().st_mode & 0o777 == 0o600
        keyring.cache_clear()
        assert keyring() == first
        assert [each.name for each in (tmp_path / "new").iterdir()] == ["secret_keys"]
    finally:
        monkeypatch.undo()
        get_settings.cache_clear()
        keyring.cache_clear()


def test_processes_that_start_together_keep_one_secret(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    with ThreadPoolExecutor(16) as pool:
        found = set(pool.map(lambda _: kept_secret(path, lambda: os.urandom(8).hex()), range(200)))
    assert found == {path.read_text().strip()}
    assert len(found.pop()) == 16


def test_tokens_are_long_and_stored_as_a_hash() -> None:
    token = new_token()
    assert len({new_token() for _ in range(100)}) == 100
    assert len(token) >= 43
    assert hash_token(token) == hash_token(token) != hash_token(f"{token}x")
    assert token.encode() not in hash_token(token)


def test_a_link_opens_until_it_expires(frozen: FrozenClock) -> None:
    token = sign_link("export", "42")
    frozen.advance(minutes=60)
    assert read_link("export", token, max_age_seconds=3600) == "42"
    frozen.advance(seconds=1)
    with pytest.raises(Forbidden, match="expired") as refusal:
        read_link("export", token, max_age_seconds=3600)
    assert refusal.value.code == "link.expired"


def test_a_link_is_not_forged_altered_or_used_for_something_else(frozen: FrozenClock) -> None:
    token = sign_link("export", "42")
    payload, rest = token.split(".", 1)
    other = sign_link("export", "43").split(".", 1)[0]
    for forged in (f"{other}.{rest}", f"{payload}.{rest}x", payload, "", "a.b.c", "\u00e9", token[:-1]):
        with pytest.raises(Forbidden) as refusal:
            read_link("export", forged, max_age_seconds=3600)
        assert refusal.value.code == "link.forged"
    with pytest.raises(Forbidden, match="not valid"):
        read_link("device", token, max_age_seconds=3600)
    assert frozen.now.year == 2026


def test_links_of_an_older_key_open_while_it_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def use(keys: str) -> None:
        monkeypatch.setenv("SECRET_KEYS", keys)
        get_settings.cache_clear()
        keyring.cache_clear()

    try:
        use(OLD)
        token = sign_link("export", "42")
        use(f"{NEW},{OLD}")
        assert read_link("export", token, max_age_seconds=60) == "42"
        use(NEW)
        with pytest.raises(Forbidden):
            read_link("export", token, max_age_seconds=60)
    finally:
        monkeypatch.undo()
        get_settings.cache_clear()
        keyring.cache_clear()
