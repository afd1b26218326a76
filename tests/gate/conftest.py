"""The running program, and tabs that are hung up after each test."""

from collections.abc import Iterator

import pytest

from tests.live.tab import Tab


@pytest.fixture(autouse=True)
def _hung_up() -> Iterator[None]:
    yield
    Tab.close_all()
