"""The fixtures every test may use; each stands in a small module of its own. Which tests share a process."""

from pathlib import PurePath
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

pytest_plugins = [
    "tests.fixtures.postgres",
    "tests.fixtures.database",
    "tests.fixtures.clock",
    "tests.fixtures.configured",
    "tests.fixtures.stripe",
    "tests.live.fixtures",
]

# Tests that share a running program stay in one process, and so in their order; the largest groups start first.
# (xdist's own marks for this go unheard with pytest 9.2, which reads a test's id from elsewhere.)
GROUPS = {
    "tests/browser/test_every_page.py": "pages",
    "tests/browser": "browser",
    "tests/gate": "gate",
}


class BySharedProgram(LoadScopeScheduling):
    """Gives each group to one process as a whole, and every other test to whichever is free."""

    def _split_scope(self, nodeid: str) -> str:
        path = PurePath(nodeid.partition("::")[0])
        return next((GROUPS[str(part)] for part in (path, *path.parents) if str(part) in GROUPS), nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> BySharedProgram:
    return BySharedProgram(config, log)
