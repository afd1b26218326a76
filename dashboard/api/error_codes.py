"""Every code that a problem document can carry, read from the source, so that the list is never behind it."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import dashboard
import models
from dashboard.api.problems import HTTP_FACTS, STATUS, STATUS_OF_CODE
from models.kernel.database import FAILURES
from models.kernel.errors import Conflict, Kind, NotFound
from models.kernel.locking import ensure_version

CODE = re.compile(r"[a-z][a-z_]*\.[a-z][a-z_]*")
# Which constructors take a code and a sentence, and what the refusal then is.
KINDS = {
    "Conflict": Kind.conflict,
    "Forbidden": Kind.forbidden,
    "Invalid": Kind.invalid,
    "Unavailable": Kind.unavailable,
    "Refusal": Kind.conflict,
}
# What loads a row of a table, or says that there is none.
LOOK_UPS = {"get_scoped", "lock_row", "lock_scoped"}
PLACES = ((models, ""), (dashboard, "api"), (dashboard, "shell"))
# The loader of demo data speaks on the command line only.
ELSEWHERE = "demo"


@dataclass(frozen=True, slots=True, order=True)
class ErrorCode:
    """A code, the status it comes with, and its sentence with … for what differs from case to case."""

    code: str
    status: int
    sentence: str


@lru_cache(maxsize=1)
def error_codes() -> tuple[ErrorCode, ...]:
    """Every code, in alphabetical order."""
    found = {code: ErrorCode(code, status, sentence) for status, (code, sentence) in HTTP_FACTS.items()}
    for kind, code, sentence in FAILURES.values():
        found[code] = ErrorCode(code, STATUS[kind.kind], sentence)
    for package, folder in PLACES:
        root = Path(next(iter(package.__path__))) / folder
        for path in sorted(root.rglob("*.py")):
            if ELSEWHERE not in path.relative_to(root).parts:
                found |= {each.code: each for each in _codes_of(ast.parse(path.read_text("utf-8")))}
    return tuple(sorted(found.values()))


def _codes_of(module: ast.Module) -> Iterator[ErrorCode]:
    tree = _Inlined(module).visit(module)
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    inherited = {id(call): _kind_of_class(each) for each in classes for call in ast.walk(each)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name == "ensure_version":
            yield _changed(_text(node.args[-1]))
        elif name == "NotFound" and node.args:
            yield from _not_found(_text(node.args[0]))
        elif name in LOOK_UPS:
            for each in node.args:
                yield from _not_found(_table(each))
        else:
            yield from _codes(node.args, inherited.get(id(node)) if name == "__init__" else KINDS.get(name))


class _Inlined(ast.NodeTransformer):
    """Puts a module's constants in the place of their names."""

    def __init__(self, module: ast.Module) -> None:
        self._constants = {
            target.id: each.value
            for each in module.body
            if isinstance(each, ast.Assign) and isinstance(each.value, ast.Constant)
            for target in each.targets
            if isinstance(target, ast.Name)
        }

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._constants.get(node.id, node)


def _codes(parts: list[ast.expr], kind: Kind | None) -> Iterator[ErrorCode]:
    code, sentence = [*map(_text, parts[:2]), "", ""][:2]
    if kind is not None and sentence and CODE.fullmatch(code):
        yield ErrorCode(code, STATUS_OF_CODE.get(code, STATUS[kind]), sentence)


def _not_found(name: str) -> Iterator[ErrorCode]:
    if name:
        error = NotFound(name)
        yield ErrorCode(error.code, STATUS[Kind.not_found], error.sentence)


def _changed(name: str) -> ErrorCode:
    try:
        ensure_version(1, 2, name)
    except Conflict as error:
        return ErrorCode(error.code, STATUS[error.kind], error.sentence)
    raise AssertionError(name)


def _table(node: ast.expr) -> str:
    """The table's name where the argument is a table class."""
    name = node.id if isinstance(node, ast.Name) else ""
    return re.sub("(?<=[a-z])(?=[A-Z])", "_", name).lower() if name[:1].isupper() else ""


def _kind_of_class(node: ast.ClassDef) -> Kind | None:
    names = [base.id for base in node.bases if isinstance(base, ast.Name)]
    return next((KINDS[name] for name in names if name in KINDS), None)


def _text(node: ast.expr) -> str:
    """The words of a text, with … for its variables; of two, the first; nothing for anything else."""
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_text(part) if isinstance(part, ast.Constant) else "…" for part in parts)
        case ast.IfExp(body=body):
            return _text(body)
        case _:
            return ""
