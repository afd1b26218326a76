"""Who hears of changes: the tab's owner, as long as they may see the list, and nobody before them."""

import time

import psycopg

from tests.live.fixtures import scalar
from tests.live.server import Live
from tests.live.tab import Tab, post_form, session_of, sign_in, values


def _change(live: Live, country: str) -> None:
    with psycopg.connect(live.database_url) as connection:
        first = "SELECT id FROM tenant ORDER BY name, id LIMIT 1"
        connection.execute(f"UPDATE tenant SET country = %s WHERE id = ({first})", [country])  # type: ignore[arg-type]
        connection.execute("SELECT pg_notify('clientforge_events', 'tenant')")


def test_a_tab_that_changes_hands_is_followed_for_its_new_owner(live: Live) -> None:
    before = str(scalar(live.database_url, "SELECT country FROM tenant ORDER BY name, id LIMIT 1"))
    first = Tab(live.address, session_of(live.address, "manager"))
    assert values(first.open("/customers"), "customers_state", "rows")[-1]
    first.close()
    second = Tab(live.address, session_of(live.address, "viewer"), token=first.token)
    assert values(second.open("/customers"), "customers_state", "rows")[-1]
    _change(live, "NO")
    assert "NO" in str(second.hear("customers_state", "rows")[0])
    _change(live, before)


def test_a_list_is_followed_through_its_clicks(live: Live) -> None:
    before = str(scalar(live.database_url, "SELECT country FROM tenant ORDER BY name, id LIMIT 1"))
    tab = Tab(live.address, session_of(live.address, "manager"))
    assert values(tab.open("/customers"), "customers_state", "rows")[-1]
    for path in ("/customers?sort=-name", "/customers?f=status:active", "/customers"):
        assert values(tab.open(path), "customers_state", "rows")[-1]
    _change(live, "IE")
    (shown,) = values(tab.listen(2), "customers_state", "rows")
    assert "IE" in str(shown[0])
    _change(live, before)


def test_an_ended_session_hears_nothing_more(live: Live) -> None:
    before = str(scalar(live.database_url, "SELECT country FROM tenant ORDER BY name, id LIMIT 1"))
    cookie = sign_in(live.address, "support")
    tab = Tab(live.address, cookie)
    assert values(tab.open("/customers"), "customers_state", "rows")[-1]
    post_form(live.address, "/api/auth/sign-out", {}, {"Cookie": f"cf_session={cookie}"})
    time.sleep(2.1)
    _change(live, "FI")
    assert tab.hear("customers_state", "rows", within=2) is None
    _change(live, before)
