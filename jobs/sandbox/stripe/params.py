"""Form bodies with nested names, and what a route accepts in them: parameters described as data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl

from jobs.sandbox.stripe.errors import invalid

MAX_TEXT = 5000
MAX_METADATA = 50
SPAN = ("gt", "gte", "lt", "lte")


def decode_form(text: str) -> dict[str, Any]:
    """`a[b][0]=c` as nested dictionaries, `{"a": {"b": {"0": "c"}}}`; `a[]=c` counts up."""
    decoded: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        place = decoded
        *path, last = name.replace("]", "").split("[")
        for step in path:
            found = place.setdefault(step, {})
            place = found if isinstance(found, dict) else place
        place[last or str(len(place))] = value
    return decoded


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter: how its text is read, and the parameters inside it where it has any."""

    read: Callable[["Param", Any, str], Any]
    is_required: bool = False
    choices: tuple[str, ...] = ()
    fields: Mapping[str, "Param"] = field(default_factory=dict)
    minimum: int | None = None


Params = Mapping[str, Param]


def read_params(params: Params, given: Mapping[str, Any], *, within: str = "") -> dict[str, Any]:
    """The given values by their types; refuses what is unknown, missing or unreadable, as Stripe does."""
    for name in given:
        if name not in params:
            full = _full(within, name)
            raise invalid(f"Received unknown parameter: {full}", code="parameter_unknown", param=full)
    for name, param in params.items():
        if param.is_required and given.get(name) in (None, ""):
            full = _full(within, name)
            raise invalid(f"Missing required param: {full}.", code="parameter_missing", param=full)
    return {
        name: params[name].read(params[name], value, _full(within, name)) for name, value in given.items()
    }


def text(*choices: str, is_required: bool = False) -> Param:
    """A string, one of `choices` where there are any."""
    return Param(_read_text, is_required=is_required, choices=choices)


def integer(*, is_required: bool = False, minimum: int | None = None) -> Param:
    """A whole number, also an instant in seconds."""
    return Param(_read_integer, is_required=is_required, minimum=minimum)


def flag() -> Param:
    """True or false."""
    return Param(_read_flag)


def texts(*choices: str, is_required: bool = False) -> Param:
    """A list of strings."""
    return Param(_read_texts, is_required=is_required, choices=choices)


def keyed() -> Param:
    """Metadata: strings by names of the caller's own; an empty one removes its name."""
    return Param(_read_keyed)


def record(**fields: Param) -> Param:
    """An object."""
    return Param(_read_record, fields=fields)


def records(**fields: Param) -> Param:
    """A list of objects."""
    return Param(_read_records, fields=fields)


def required(param: Param) -> Param:
    """The parameter, which must be given."""
    return replace(param, is_required=True)


def span() -> Param:
    """An instant, or bounds around it."""
    return Param(_read_span, fields={name: integer() for name in SPAN})


def _full(within: str, name: str) -> str:
    return f"{within}[{name}]" if within else name


def _read_text(param: Param, value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise invalid("Invalid string: a string is expected.", code="parameter_invalid_string", param=name)
    if len(value) > MAX_TEXT:
        raise invalid(f"{name} is longer than {MAX_TEXT} characters.", code="parameter_too_long", param=name)
    if param.choices and value and value not in param.choices:
        known = ", ".join(param.choices[:-1])
        known = f"{known}, or {param.choices[-1]}" if known else param.choices[-1]
        raise invalid(f"Invalid {name}: must be one of {known}", code="parameter_invalid_enum", param=name)
    return value


def _read_integer(param: Param, value: Any, name: str) -> int:
    try:
        found = int(value)
    except (TypeError, ValueError):
        raise invalid(f"Invalid integer: {value}", code="parameter_invalid_integer", param=name) from None
    if param.minimum is not None and found < param.minimum:
        raise invalid(
            f"This value must be greater than or equal to {param.minimum}.",
            code="parameter_invalid_integer",
            param=name,
        )
    return found


def _read_flag(_param: Param, value: Any, name: str) -> bool:
    if value not in {"true", "false"}:
        raise invalid(f"Invalid boolean: {value}", code="parameter_invalid_boolean", param=name)
    return bool(value == "true")


def _read_texts(param: Param, value: Any, name: str) -> list[str]:
    if value == "":
        return []
    return [_read_text(param, each, name) for each in _listed(value, name)]


def _read_keyed(_param: Param, value: Any, name: str) -> dict[str, str]:
    if value == "":
        return {}
    if not isinstance(value, dict) or len(value) > MAX_METADATA:
        raise invalid(
            f"Metadata is at most {MAX_METADATA} keys.", code="parameter_invalid_string", param=name
        )
    return {key: _read_text(text(), each, f"{name}[{key}]") for key, each in value.items()}


def _read_record(param: Param, value: Any, name: str) -> Any:
    if value == "":
        return {}
    if not isinstance(value, dict):
        raise invalid("Invalid object", code="parameter_invalid_object", param=name)
    return read_params(param.fields, value, within=name)


def _read_records(param: Param, value: Any, name: str) -> list[Any]:
    return [_read_record(param, each, f"{name}[{index}]") for index, each in enumerate(_listed(value, name))]


def _read_span(param: Param, value: Any, name: str) -> dict[str, int]:
    if isinstance(value, dict):
        return read_params(param.fields, value, within=name)
    exact = _read_integer(param, value, name)
    return {"gte": exact, "lte": exact}


def _listed(value: Any, name: str) -> list[Any]:
    if not isinstance(value, dict) or not all(key.isdigit() for key in value):
        raise invalid("Invalid array", code="parameter_invalid_array", param=name)
    return [value[key] for key in sorted(value, key=int)]
