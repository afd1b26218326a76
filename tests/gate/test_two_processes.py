"""Two web processes behind one Redis serve one user."""

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from tests.live.fixtures import scalar
from tests.live.presence import sees
from tests.live.redis import redis_server
from tests.live.server import Live, free_port, running, wait_until_ready
from tests.live.tab import Tab, post_form, session_of, sign_in, spoken, values

INVOICES = "dashboard___pages___billing___invoices____invoices_state"


@dataclass(frozen=True, slots=True)
class Pair:
    """The addresses of two web processes on one database and one Redis."""

    first: str
    second: str


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis for this module."""
    with redis_server(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture(scope="module")
def pair(live: Live, redis_url: str) -> Iterator[Pair]:
    """Two web processes; they serve the pages that `live` has built."""
    addresses = []
    with ExitStack() as stack:
        for name in ("first", "second"):
            port = free_port()
            environment = live.environment | {
                "PORT": str(port),
                "REDIS_URL": redis_url,
                "REFLEX_SKIP_COMPILE": "true",
                "GRANIAN_WORKERS": "1",
                "REFLEX_OPLOCK_ENABLED": "true",
            }
            log = live.folder / f"{name}.log"
            command = [sys.executable, "-m", "reflex", "run", "--env", "prod", "--backend-only"]
            command += ["--backend-port", str(port), "--loglevel", "warning"]
            environment.pop("REFLEX_FRONTEND_PORT", None)
            process = stack.enter_context(running(command, environment, log))
            wait_until_ready(f"http://localhost:{port}", process, log)
            addresses.append(f"http://localhost:{port}")
        yield Pair(*addresses)


def test_a_tab_goes_on_in_the_other_process(pair: Pair) -> None:
    """What the first process knows of the tab, the second finds in Redis."""
    cookie = sign_in(pair.first, "manager")
    tab = Tab(pair.first, cookie)
    rows = values(tab.open("/billing/invoices?f=status:open"), "invoices_state", "rows")[-1]
    tab.close()
    time.sleep(0.5)
    other = Tab(pair.second, cookie, token=tab.token)
    other.open("/billing/invoices?f=status:open")
    updates = other.send(f"{INVOICES}.toggle", {"identifier": rows[0]["id"]})
    assert values(updates, "invoices_state", "selected")[-1] == [rows[0]["id"]]


def test_a_session_ended_in_one_process_ends_in_the_other(pair: Pair) -> None:
    cookie = sign_in(pair.first, "support")
    tab = Tab(pair.second, cookie)
    assert values(tab.open("/billing/invoices"), "invoices_state", "rows")[-1]
    post_form(pair.first, "/api/auth/sign-out", {}, {"Cookie": f"cf_session={cookie}"})
    time.sleep(2.1)
    assert "/sign-in" in spoken(tab.send(f"{INVOICES}.toggle_all"))


def test_the_gate_denies_in_both(pair: Pair) -> None:
    cookie = sign_in(pair.first, "viewer")
    for address in (pair.first, pair.second):
        assert "/sign-in" in spoken(Tab(address).open("/billing/invoices"))
        updates = Tab(address, cookie).open("/ops/jobs")
        assert values(updates, "shell_state", "denial")[-1]["permission"] == "jobs:read"


def test_a_tab_that_changes_hands_is_emptied_in_the_other_process(pair: Pair) -> None:
    first = Tab(pair.first, sign_in(pair.first, "manager"))
    assert values(first.open("/billing/invoices?f=status:open"), "invoices_state", "rows")[-1]
    first.close()
    time.sleep(0.5)
    second = Tab(pair.second, sign_in(pair.second, "viewer"), token=first.token)
    assert not any(rows for rows in values(second.open("/me"), "invoices_state", "rows"))


def test_tries_at_signing_in_are_counted_for_both_together(pair: Pair) -> None:
    def refusal(address: str) -> str:
        fields = {"email": "nobody@demo.test", "password": "wrong"}
        return str(post_form(address, "/api/auth/sign-in", fields).headers.get("location"))

    seen = [refusal(address) for _ in range(6) for address in (pair.first, pair.second)]
    assert sum("error=wrong" in each for each in seen) == 10
    assert "error=slow" in seen[-1]


def test_people_at_one_page_see_each_other_across_processes(pair: Pair, live: Live) -> None:
    customer = scalar(live.database_url, "SELECT id FROM tenant ORDER BY id OFFSET 70 LIMIT 1")
    first = Tab(pair.first, session_of(pair.first, "manager"))
    first.open(f"/customers/{customer}")
    second = Tab(pair.second, session_of(pair.second, "finance"))
    updates = second.open(f"/customers/{customer}")
    assert sees(first, "Felix Okafor")
    assert sees(second, "Marta Lindqvist", since=updates)
    second.close()
    assert sees(first)
