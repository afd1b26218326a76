"""STYLE.md, rule 18: a function has at most 40 lines, a page 250, a module 300, and nothing more than 500."""

import ast

from tests.architecture.sources import ROOT, TREES, Source, sources

FUNCTION, PAGE, MODULE, ANYTHING = 40, 250, 300, 500
FOLDERS = (*TREES, "assets", "deploy", "docs")
# Longer on purpose, each with its reason; a name that no longer needs it fails.
LONG_FILES = {
    "models/billing/__init__.py": "the front door: one public name a line, nothing else",
    "migrations/versions/2026_11_20_foundation.py": "the first tables, as Alembic wrote them; never edited again",
    "migrations/versions/2026_11_21_billing_engine.py": "the engine's tables, as Alembic wrote them",
}
LONG_FUNCTIONS = {
    "migrations/versions/2026_11_20_foundation.py:upgrade": "as above",
    "migrations/versions/2026_11_20_foundation.py:downgrade": "as above",
    "migrations/versions/2026_11_21_billing_engine.py:upgrade": "as above",
    "migrations/versions/2026_11_21_billing_engine.py:_drop_tables": "as above",
    "migrations/versions/2026_11_21_payments.py:_charge": "one table, as Alembic wrote it",
    "migrations/versions/2026_11_21_payments.py:_payment_method": "one table, as Alembic wrote it",
    "migrations/versions/2026_11_21_payments.py:_refund_transfer": "one table, as Alembic wrote it",
}


def _limit(source: Source) -> int:
    return PAGE if source.path.startswith("dashboard/pages/") else MODULE


def test_no_module_is_too_long() -> None:
    long = {source.path: source.lines for source in sources() if source.lines > _limit(source)}
    assert {path: lines for path, lines in long.items() if path not in LONG_FILES} == {}
    assert set(LONG_FILES) <= set(long), "listed as long, but short now"


def test_nothing_that_people_wrote_is_longer_than_500_lines() -> None:
    kinds = {".css", ".js", ".md", ".py", ".toml", ".typ"}
    # The golden files are written by the tests.
    paths = [
        path
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*")
        if path.suffix in kinds and "golden" not in path.parts
    ]
    paths += [path for path in ROOT.iterdir() if path.suffix in kinds]
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text("utf-8").splitlines()) for path in paths}
    assert {
        path: lines for path, lines in lengths.items() if lines > ANYTHING and path not in LONG_FILES
    } == {}


def test_no_function_is_too_long() -> None:
    long = {
        f"{source.path}:{node.name}": node.end_lineno - node.lineno + 1
        for source in sources()
        for node in source.nodes(ast.FunctionDef, ast.AsyncFunctionDef)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= FUNCTION
    }
    assert {name: lines for name, lines in long.items() if name not in LONG_FUNCTIONS} == {}
    assert set(LONG_FUNCTIONS) <= set(long), "listed as long, but short now"
