"""Rules that no linter knows: floats, time, the environment, migrations, error codes, contracts."""

import ast
import re
import tomllib
from collections import defaultdict
from pathlib import Path

from tests.architecture.sources import ROOT, Source, sources

OURS = {"dashboard", "jobs", "models", "tests"}
# Who reads or hands on the environment, each with its reason.
ENVIRONMENT = {
    "models/kernel/settings.py": "the one typed settings object",
    "jobs/cli/pages.py": "Reflex names its folder there",
    "jobs/cli/run.py": "hands it on to the processes it starts",
    "dashboard/serve.py": "sets what Reflex reads from there",
}
# Who asks the system for the time, each with its reason.
TIME = {
    "models/kernel/clock.py": "the clock",
    "models/kernel/rate_limits.py": "the library counts in the system's time, also in Redis",
}
# The same refusal from two places.
SHARED_CODES = {
    "database.unavailable": "the demo load names what happens on a cursor of its own",
    "link.forged": "a link whose payload is none of ours looks the same as a forged one, on purpose",
}


def _dotted(node: ast.AST) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            return f"{_dotted(value)}.{name}"
        case _:
            return ""


def _places(source: Source, *names: str) -> list[str]:
    return [
        f"{source.path}:{node.lineno} {_dotted(node)}"
        for node in source.nodes(ast.Attribute, ast.Name)
        if isinstance(node, ast.Attribute | ast.Name) and _dotted(node) in names
    ]


def test_money_is_never_a_float() -> None:
    watched = [*sources("models/billing"), *sources("models/analytics")]
    watched += [source for source in sources("models/kernel") if source.path.endswith("money.py")]
    assert len(watched) > 10
    found = [
        f"{source.path}:{node.lineno}"
        for source in watched
        for node in source.nodes(ast.Constant, ast.Name, ast.Div)
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Name) and node.id == "float")
    ]
    divisions = [
        f"{source.path}:{node.lineno}"
        for source in watched
        for node in source.nodes(ast.BinOp, ast.AugAssign)
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div)
    ]
    assert found + divisions == []


def test_the_environment_is_read_in_one_place() -> None:
    names = ("os.environ", "os.getenv", "environ", "getenv")
    found = [
        place
        for source in sources("dashboard", "jobs", "migrations", "models")
        if source.path not in ENVIRONMENT
        for place in _places(source, *names)
    ]
    assert found == []


def test_the_clock_is_the_only_source_of_time() -> None:
    names = ("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time")
    found = [
        place
        for source in sources("models")
        if source.path not in TIME
        for place in _places(source, *names)
        if not place.endswith(" time") or "from time import" in source.text
    ]
    assert found == []


def test_migrations_import_nothing_of_ours() -> None:
    found = [
        f"{source.path}: {name}"
        for source in sources("migrations/versions")
        for name in _imported(source)
        if name.partition(".")[0] in OURS
    ]
    assert found == []


def _imported(source: Source) -> list[str]:
    names: list[str] = []
    for node in source.nodes(ast.Import, ast.ImportFrom):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names.append(node.module or "")
    return names


def test_error_codes_are_noun_dot_fact_and_stand_in_one_module() -> None:
    homes: dict[str, set[str]] = defaultdict(set)
    for source in sources("models"):
        for code in _codes(source):
            assert re.fullmatch(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*", code), f"{source.path}: {code}"
            homes[code].add(source.path)
    assert len(homes) > 30
    shared = {code: sorted(paths) for code, paths in homes.items() if len(paths) > 1}
    assert set(shared) == set(SHARED_CODES), shared


def _codes(source: Source) -> list[str]:
    refusals = {"Conflict", "Forbidden", "Invalid", "Refusal", "Unavailable", "DomainError"}
    found: list[str] = []
    for node in source.nodes(ast.Call):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        is_super = isinstance(node.func, ast.Attribute) and node.func.attr == "__init__"
        first = node.args[0]
        is_text = isinstance(first, ast.Constant) and isinstance(first.value, str)
        if is_text and "." in first.value and (is_super or _dotted(node.func) in refusals):
            found.append(first.value)
    return found


def test_only_the_context_that_keeps_requests_makes_mandates() -> None:
    """A mandate passes every limit: whoever makes one decides for two people."""
    found = {
        source.path
        for source in sources("dashboard", "jobs", "models")
        for node in source.nodes(ast.Call, ast.keyword)
        if (isinstance(node, ast.Call) and _dotted(node.func).endswith("Mandate"))
        or (isinstance(node, ast.keyword) and node.arg == "mandate")
    }
    assert found == {"models/approvals/operations/requests.py"}


def test_every_context_has_its_contracts() -> None:
    """A new folder in models is named by the import contracts, or the build fails."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    contexts = {
        path.parent.name
        for path in (ROOT / "models").glob("*/__init__.py")
        if path.parent.name not in {"integrations", "kernel"}
    }
    doors = {each["protected_modules"][0] for each in contracts if each["id"].startswith("front-door-")}
    assert doors == {f"models.{context}.*" for context in contexts}
    within = next(each for each in contracts if each["id"] == "within-context")
    assert set(within["containers"]) == {f"models.{context}" for context in contexts}


def test_every_package_says_what_it_owns() -> None:
    silent = [
        source.path
        for source in sources("dashboard", "jobs", "migrations", "models")
        if not ast.get_docstring(source.tree)
    ]
    assert silent == []


def test_no_file_is_left_outside_the_packages() -> None:
    folders = {Path(source.path).parent for source in sources()} - {Path()}
    assert [folder.as_posix() for folder in folders if not (ROOT / folder / "__init__.py").exists()] == []
