"""Our own Python files, read once."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
TREES = ("dashboard", "jobs", "migrations", "models", "tests")


@dataclass(frozen=True, slots=True)
class Source:
    """One file; `path` is relative to the repository."""

    path: str
    text: str

    @property
    def lines(self) -> int:
        """How long it is."""
        return len(self.text.splitlines())

    @property
    def tree(self) -> ast.Module:
        """What it says."""
        return _parsed(self.text)

    def nodes(self, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
        """Its parts of these kinds."""
        return (node for node in ast.walk(self.tree) if isinstance(node, kinds))


@cache
def _parsed(text: str) -> ast.Module:
    return ast.parse(text)


@cache
def sources(*trees: str) -> tuple[Source, ...]:
    """The files of these trees, else all of ours."""
    paths = [path for tree in trees or TREES for path in sorted((ROOT / tree).rglob("*.py"))]
    if not trees:
        paths += sorted(ROOT.glob("*.py"))
    return tuple(Source(path.relative_to(ROOT).as_posix(), path.read_text("utf-8")) for path in paths)
