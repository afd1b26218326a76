"""Settings: typed, with defaults that need nothing installed."""

import pytest
from pydantic import ValidationError

from models.kernel.settings import Settings


def test_the_defaults_bind_to_loopback_and_name_our_own_address() -> None:
    settings = Settings(database_url="")
    assert settings.host == "127.0.0.1"
    assert settings.base_url == "http://localhost:8000"
    assert settings.origins == ["http://localhost:8000", "http://localhost:8000", "http://127.0.0.1:8000"]
    assert not settings.is_https


def test_an_https_address_is_public_without_its_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_URL", "https://ops.example/")
    monkeypatch.setenv("ALLOWED_ORIGINS", " https://a.example, ,https://b.example")
    monkeypatch.setenv("PORT", "9001")
    settings = Settings()
    assert settings.base_url == "https://ops.example"
    assert settings.is_https
    assert settings.origins[0] == "https://ops.example"
    assert settings.origins[-2:] == ["https://a.example", "https://b.example"]
    assert "http://localhost:9001" in settings.origins


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "70000"),
        ("PORT", "http"),
        ("DATABASE_POOL_SIZE", "0"),
        ("SESSION_IDLE_MINUTES", "0"),
        ("DELIVERY_ATTEMPTS", "-1"),
        ("RELAY_SWEEP_SECONDS", "0"),
    ],
)
def test_a_value_that_cannot_work_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError) as refusal:
        Settings()
    assert [error["loc"] for error in refusal.value.errors()] == [(name.lower(),)]


def test_secrets_do_not_show_in_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEYS", "k1:very-secret")
    monkeypatch.setenv("DEMO_PASSWORD", "hidden-words")
    text = repr(Settings())
    assert "very-secret" not in text
    assert "hidden-words" not in text


def test_nothing_is_changed_after_it_was_read() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().port = 1
