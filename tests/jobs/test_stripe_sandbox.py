"""Where payments go, as the command line decides it, and the client that the settings name."""

import socket
from pathlib import Path

import pytest

from jobs.cli.stripe_sandbox import PORT_DISTANCE, sandbox_environment, sandbox_port, webhook_secret
from jobs.sandbox.stripe import Sandbox
from models.integrations.stripe import (
    StripeMode,
    StripeUnavailable,
    find_sandbox,
    get_stripe,
    stripe_mode,
)
from models.kernel.settings import get_settings
from tests.fixtures.configured import Configure
from tests.live.server import free_port


def test_without_a_key_all_processes_are_told_of_one_sandbox(configure: Configure, tmp_path: Path) -> None:
    port = free_port()
    configure(DATA_DIR=str(tmp_path), PORT=str(port))
    found = sandbox_environment(get_settings())
    assert found["STRIPE_API_BASE"].startswith("http://127.0.0.1:")
    assert found["STRIPE_WEBHOOK_SECRET"].startswith("whsec_")
    assert found["STRIPE_WEBHOOK_SECRET"] == webhook_secret(get_settings())
    assert {path.stat().st_mode & 0o077 for path in tmp_path.glob("stripe_*")} == {0}


@pytest.mark.parametrize(
    "elsewhere", [{"STRIPE_SECRET_KEY": "sk_test_x"}, {"STRIPE_API_BASE": "http://127.0.0.1:1"}]
)
def test_with_a_key_or_a_sandbox_of_ones_own_none_is_started(
    configure: Configure, elsewhere: dict[str, str]
) -> None:
    configure(**elsewhere)
    assert sandbox_environment(get_settings()) == {}


def test_a_taken_port_is_not_used(configure: Configure) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        configure(PORT=str(port - PORT_DISTANCE))
        assert sandbox_port(get_settings()) != port


def test_a_key_always_goes_to_stripe_itself(configure: Configure) -> None:
    assert stripe_mode() is StripeMode.off
    with pytest.raises(StripeUnavailable, match="STRIPE_SECRET_KEY"):
        get_stripe()
    with Sandbox() as sandbox:
        configure(STRIPE_API_BASE=sandbox.address)
        assert stripe_mode() is StripeMode.sandbox
        found = find_sandbox()
        assert found is not None
        assert found.state().objects == 0
        assert get_stripe().customers.create(name="Ada", email="", key="k").name == "Ada"
        assert found.state().objects == 2, "the customer and its event"
        for key, mode in (("sk_test_x", StripeMode.test), ("sk_live_x", StripeMode.live)):
            configure(STRIPE_SECRET_KEY=key)
            assert stripe_mode() is mode
            assert find_sandbox() is None
