"""Every event handler has a guard; the list with its permissions is golden."""

from pathlib import Path

from reflex_base.registry import RegistrationContext

import dashboard.dashboard
from dashboard.shell.gate import FRAMEWORK_EVENTS
from dashboard.shell.guard import demanded, guard_of

GOLDEN = Path(__file__).parents[1] / "golden" / "handlers.md"
PAGES = "dashboard___"


def _handlers() -> dict[str, str]:
    assert dashboard.dashboard.app
    found: dict[str, str] = {}
    for name, registered in RegistrationContext.get().event_handlers.items():
        guard = guard_of(registered.handler.fn)
        demand = str(demanded(guard, registered.states[0])) if guard else ""
        found[name] = demand
    return found


def _short(name: str) -> str:
    state, _, handler = name.rpartition(".")
    return f"{state.rpartition('___')[2]}.{handler}"


def test_a_handler_of_ours_without_a_guard_fails_here() -> None:
    unguarded = [name for name, demand in _handlers().items() if PAGES in name and not demand]
    # Reflex gives every state a `setvar`; it stays without a guard, so that the gate refuses it.
    assert [name for name in unguarded if not name.endswith(".setvar")] == []


def test_only_listed_framework_handlers_pass_without_a_guard() -> None:
    """An upgrade that brings a new one is noticed here; the gate refuses it until somebody has listed it."""
    unguarded = {name for name, demand in _handlers().items() if not demand and PAGES not in name}
    refused = {name for name in unguarded if "shared_state_base" in name or name.endswith(".setvar")}
    assert unguarded - refused <= FRAMEWORK_EVENTS
    assert unguarded >= FRAMEWORK_EVENTS, "an entry that the framework no longer has"


def test_the_list_of_handlers_and_permissions_is_as_reviewed() -> None:
    rows = sorted(f"| {_short(name)} | {demand} |" for name, demand in _handlers().items() if demand)
    text = "\n".join(["| handler | permission |", "|---|---|", *rows, ""])
    if not GOLDEN.exists():
        GOLDEN.write_text(text)
    assert GOLDEN.read_text() == text, "review the difference, then delete the golden file to write it anew"
