"""Pages of objects, and objects in place of their ids: what every resource shares."""

from collections.abc import Mapping
from typing import Any

from jobs.sandbox.stripe.account import Account
from jobs.sandbox.stripe.blanks import PREFIXES
from jobs.sandbox.stripe.errors import refused
from jobs.sandbox.stripe.params import Param, integer, span, text, texts
from jobs.sandbox.stripe.store import Body

MOST = 100
USUAL = 10
NOT_DELETED = "json_extract(body, '$.deleted') IS NULL"
EXPAND: dict[str, Param] = {"expand": texts()}
PAGE: dict[str, Param] = {
    **EXPAND,
    "limit": integer(minimum=1),
    "starting_after": text(),
    "ending_before": text(),
}
PAGE_BY_TIME: dict[str, Param] = {**PAGE, "created": span()}

KINDS = {prefix: kind for kind, prefix in PREFIXES.items()}
MAX_DEPTH = 4


def page(
    account: Account,
    kind: str,
    params: Mapping[str, Any],
    *,
    url: str,
    where: Mapping[str, Any] | None = None,
    condition: str = "",
) -> Body:
    """A list object; `where` is matched exactly, and what is None in it is not asked for."""
    limit = params.get("limit", USUAL)
    if limit > MOST:
        raise refused(f"Invalid limit: must be at most {MOST}.", param="limit")
    for name in ("starting_after", "ending_before"):
        if cursor := params.get(name):
            account.get(kind, cursor, param=name)
    asked = {path: value for path, value in (where or {}).items() if value is not None}
    found, has_more = account.store.listed(
        kind,
        asked,
        created=params.get("created"),
        after=params.get("starting_after", ""),
        before=params.get("ending_before", ""),
        limit=limit,
        condition=f"{NOT_DELETED} AND {condition}" if condition else NOT_DELETED,
    )
    return {"object": "list", "data": found, "has_more": has_more, "url": url}


def expanded(account: Account, body: Body, paths: list[str]) -> Body:
    """The body with the objects at these paths in place of their ids, e.g. `data.latest_charge`."""
    for path in paths:
        steps = path.split(".")
        if len(steps) > MAX_DEPTH:
            raise refused("You cannot expand more than 4 levels of a property.", param="expand")
        _expand(account, body, steps, path)
    return body


def _expand(account: Account, place: Any, steps: list[str], path: str) -> None:
    if isinstance(place, list):
        for each in place:
            _expand(account, each, steps, path)
        return
    if not isinstance(place, dict) or not steps:
        return
    name, *rest = steps
    if name not in place:
        raise refused(f"This property cannot be expanded ({path}).", param="expand")
    value = place[name]
    if isinstance(value, str):
        kind = KINDS.get(value.rpartition("_")[0])
        if kind is None:
            raise refused(f"This property cannot be expanded ({path}).", param="expand")
        place[name] = value = account.get(kind, value)
    _expand(account, value, rest, path)
