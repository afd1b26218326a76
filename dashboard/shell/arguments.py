"""What the browser sends to a handler is a claim: its form is checked before the handler sees it."""

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, get_origin, get_type_hints

from reflex_base.utils.form import FORM_DATA_ENTRIES_KEY

from models.kernel.errors import Invalid

MAX_TEXT = 20_000


def ensure_arguments(handler: Callable[..., Any], payload: Mapping[str, Any]) -> None:
    """Refuse a payload whose names or types are not those of the handler's own signature."""
    expected = _expected(handler)
    missing = {name for name, (_, is_needed) in expected.items() if is_needed} - set(payload)
    if missing or set(payload) - set(expected):
        raise _refused()
    for name, value in payload.items():
        if not isinstance(value, expected[name][0]) or not _is_plain(value):
            raise _refused()


def _is_plain(value: Any) -> bool:
    """Text of a sane length, a figure, or a form of such; a form comes as a list of its fields in order."""
    if isinstance(value, dict):
        fields = value.get(FORM_DATA_ENTRIES_KEY)
        if fields is None:
            return all(isinstance(each, str) and len(each) <= MAX_TEXT for each in value.values())
        return isinstance(fields, list) and all(
            isinstance(pair, list) and all(isinstance(each, str) and len(each) <= MAX_TEXT for each in pair)
            for pair in fields
        )
    return not isinstance(value, str) or len(value) <= MAX_TEXT


@cache
def _expected(handler: Callable[..., Any]) -> dict[str, tuple[type, bool]]:
    hints = get_type_hints(handler)
    parameters = list(inspect.signature(handler).parameters.values())[1:]
    return {
        each.name: (get_origin(hints[each.name]) or hints[each.name], each.default is each.empty)
        for each in parameters
    }


def _refused() -> Invalid:
    return Invalid(
        "event.bad_argument",
        "The page sent something this action cannot read. Reload the page and try again.",
    )
