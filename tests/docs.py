"""The tables of docs/ as the code has them: `python -m tests.docs` writes them, a test compares."""

import pkgutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import typer
from pydantic import SecretStr

import models
from jobs.cli import app
from jobs.schedule import periodic_tasks
from models.accounts import BUILT_IN_ROLES
from models.kernel.events import event_catalogue
from models.kernel.permissions import Permission
from models.kernel.settings import Settings

DOCS = Path(__file__).parents[1] / "docs"
NOTE = "<!-- Written by `make docs` from the code; a test compares. Change the code, not this file. -->"


def _table(title: str, intro: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"# {title}", "", NOTE, "", intro, "", _row(heads), "|" + "---|" * len(heads)]
    return "\n".join([*lines, *(_row(row) for row in rows)]) + "\n"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def settings() -> str:
    """Every setting with its default."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
        rows.append((f"`{name.upper()}`", f"`{default}`" if default != "" else "", field.description or ""))
    return _table(
        "Settings",
        "Environment variables; all are optional.",
        ("variable", "default", "what it does"),
        sorted(rows),
    )


def events() -> str:
    """Every event that is recorded."""
    # An event is declared where its context is imported.
    for module in pkgutil.walk_packages(models.__path__, "models."):
        if module.name.endswith(".events"):
            import_module(module.name)
    rows = [
        (f"`{name}`", kind.sentence, ", ".join(f"`{key}`" for key in kind.payload))
        for name, kind in sorted(event_catalogue().items())
    ]
    return _table(
        "Events",
        "Each is an audit line and an entry of the outbox; the fields stand in its before and after.",
        ("event", "who did it …", "fields"),
        rows,
    )


def permissions() -> str:
    """Every permission and the built-in roles that carry it."""
    rows = [
        (
            f"`{permission.value}`",
            permission.sentence,
            ", ".join(
                f"{key} ({spec.grants[permission]})"
                for key, spec in sorted(BUILT_IN_ROLES.items())
                if permission in spec.grants
            ),
        )
        for permission in Permission
    ]
    return _table(
        "Permissions",
        "What may be granted, and the built-in roles that carry it, with their scope.",
        ("permission", "allows to …", "built-in roles (scope)"),
        rows,
    )


def tasks() -> str:
    """Every periodic task."""
    rows = [(f"`{each.name}`", f"`{each.cron}`", each.sentence) for each in periodic_tasks()]
    return _table(
        "Periodic tasks",
        "When is minute, hour, day of month, month, day of week, in UTC.",
        ("task", "when", "what it does"),
        sorted(rows),
    )


def commands() -> str:
    """Every command of the operator's command line."""
    group = typer.main.get_command(app)
    rows = [
        (f"`{name}`", (command.help or "").strip().split("\n")[0], _options(command))
        for name, command in _walk("clientforge", group)
    ]
    return _table("Command line", "What operators type.", ("command", "what it does", "options"), rows)


def _walk(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    # Typer carries a copy of click, so that its groups are known by what they have and not by their class.
    if hasattr(command, "commands"):
        for key, found in sorted(command.commands.items()):
            yield from _walk(f"{name} {key}", found)
    else:
        yield name, command


def _options(command: Any) -> str:
    named = [each for each in command.params if each.param_type_name == "option"]
    return "; ".join(f"`{each.opts[0]}`: {each.help or ''}".rstrip(": ") for each in named if not each.hidden)


PAGES: dict[str, Callable[[], str]] = {
    "cli.md": commands,
    "events.md": events,
    "periodic_tasks.md": tasks,
    "permissions.md": permissions,
    "settings.md": settings,
}


def main() -> int:
    """Write every page anew."""
    DOCS.mkdir(exist_ok=True)
    for name, build in PAGES.items():
        (DOCS / name).write_text(build(), "utf-8")
        print(f"docs/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
