"""The fixtures every test may use; each stands in a small module of its own."""

pytest_plugins = [
    "tests.fixtures.postgres",
    "tests.fixtures.database",
    "tests.fixtures.clock",
    "tests.fixtures.configured",
    "tests.fixtures.stripe",
    "tests.live.fixtures",
]
