"""Whom a tab shows as being at the same customer."""

import time
from typing import Any

from tests.live.tab import Tab, values


def sees(tab: Tab, *names: str, within: float = 10, since: list[dict[str, Any]] | None = None) -> bool:
    """Whether exactly these people are shown before the time is over, or were in the updates since."""
    until = time.monotonic() + within
    shown = values(since or [], "customer_state", "others")
    people = shown[-1] if shown else None
    while people is None or [each["name"] for each in people] != list(names):
        left = until - time.monotonic()
        if left <= 0:
            return False
        people = tab.hear("customer_state", "others", within=left)
    return True
