"""The pages about the API: its description as JSON, and the same for people; both made by us, from one source."""

import base64
import hashlib
import json
import re
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from dashboard.api.error_codes import error_codes
from dashboard.api.openapi import TAGS, example_of, operations
from dashboard.api.visitor import demand
from dashboard.shell.guard import Mark
from models.kernel.settings import get_settings

router = APIRouter(include_in_schema=False)

STYLE = Path(__file__).with_name("docs.css").read_text("utf-8")
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; base-uri 'none'; frame-ancestors 'self'"
FIRST_PROBLEM = 400
CODE = re.compile("`([^`]+)`")

INTRODUCTION = """
<h1>{title}</h1>
<p>{description}</p>
<p>The description for programs: <a href="/api/openapi.json">/api/openapi.json</a>.</p>
<h2 id="sign-in">Signing in</h2>
<p>Requests carry the session cookie <code>{cookie}</code> that the sign-in page sets. A change made with it also
needs the header <code>Origin: {origin}</code>, as browsers send it. What you may do is what you may do on screen;
<a href="#get_me">/api/v1/me</a> lists it.</p>
<h2 id="lists">Lists</h2>
<p>A list answers <code>items</code> and two cursors. Pass <code>after</code> (the next page) or <code>before</code>
(the one before) as the parameter <code>after</code>, with the same search, filters and order; null means that there is
no such page. A filter is <code>f=field:value</code>, repeated for each further field.</p>
<h2 id="values">Values</h2>
<p>Money is whole minor units with its currency, instants are RFC 3339 in UTC, periods are half-open, ids are UUIDs.
Every answer carries <code>X-Request-Id</code>; quote it when something is wrong.</p>
"""


@router.get("/api/openapi.json")
@demand(Mark.public)
def get_description(request: Request) -> Response:
    """The OpenAPI description."""
    return JSONResponse(request.app.openapi())


@router.get("/api/docs")
@demand(Mark.public)
def get_docs(request: Request) -> Response:
    """The description and the list of errors, for people; needs no script and nothing from elsewhere."""
    return HTMLResponse(_page(json.dumps(request.app.openapi())), headers={"Content-Security-Policy": POLICY})


@lru_cache(maxsize=1)
def _page(text: str) -> str:
    description = json.loads(text)
    by_tag: dict[str, list[tuple[str, str, dict[str, Any]]]] = {each["name"]: [] for each in TAGS}
    for path, method, operation in operations(description):
        by_tag[operation["tags"][0]].append((path, method, operation))
    title = description["info"]["title"]
    introduction = INTRODUCTION.format(
        title=escape(title),
        description=escape(description["info"]["description"]),
        cookie=escape(description["components"]["securitySchemes"]["session"]["name"]),
        origin=escape(get_settings().base_url),
    )
    body = "".join(_tag(each, by_tag[each["name"]], description) for each in TAGS)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{STYLE}</style></head><body>{_contents(by_tag)}"
        f"<main>{introduction}{body}{_errors()}</main></body></html>"
    )


def _contents(by_tag: dict[str, list[tuple[str, str, dict[str, Any]]]]) -> str:
    def links(pairs: list[tuple[str, str]]) -> str:
        entries = [f'<li><a href="#{escape(anchor)}">{escape(label)}</a></li>' for anchor, label in pairs]
        return f"<ul>{''.join(entries)}</ul>"

    start = links([("sign-in", "Signing in"), ("lists", "Lists"), ("values", "Values"), ("errors", "Errors")])
    groups = [
        f"<h2>{escape(tag.capitalize())}</h2>"
        + links([(each["operationId"], each["summary"]) for *_, each in found])
        for tag, found in by_tag.items()
    ]
    return f'<nav aria-label="Contents">{start}{"".join(groups)}</nav>'


def _tag(
    tag: dict[str, str], found: list[tuple[str, str, dict[str, Any]]], description: dict[str, Any]
) -> str:
    shown = "".join(_operation(*each, description) for each in found)
    return (
        f'<h2>{escape(tag["name"].capitalize())}</h2><p class="soft">{escape(tag["description"])}</p>{shown}'
    )


def _operation(path: str, method: str, operation: dict[str, Any], description: dict[str, Any]) -> str:
    parts = [
        f'<section class="operation" id="{escape(operation["operationId"])}"><h3>{escape(operation["summary"])}</h3>',
        f'<p><code><span class="method">{method.upper()}</span> {escape(path)}</code></p>',
        f"<p>{_prose(operation.get('description', ''))}</p>",
        f'<p class="soft">Open to: <code>{escape(operation["x-permission"])}</code></p>',
        _parameters(operation.get("parameters", []), description),
    ]
    if "requestBody" in operation:
        parts.append("<h4>Body</h4>" + _sample(operation["requestBody"]["content"], description))
    good = {status: each for status, each in operation["responses"].items() if int(status) < FIRST_PROBLEM}
    parts += [
        f"<h4>Answer {status}</h4>" + _sample(each.get("content", {}), description)
        for status, each in good.items()
    ]
    problems = [
        (status, each["description"]) for status, each in operation["responses"].items() if status not in good
    ]
    if problems:
        rows = [[f"<code>{status}</code>", escape(meaning)] for status, meaning in problems]
        parts.append(f"<h4>Problems</h4>{_table(['Status', 'Meaning'], rows)}")
    return "".join(parts) + "</section>"


def _parameters(parameters: list[dict[str, Any]], description: dict[str, Any]) -> str:
    if not parameters:
        return ""
    rows = []
    for each in parameters:
        default = each["schema"].get("default")
        example = example_of({**each["schema"], **({"examples": [default]} if default else {})}, description)
        note = f" Default {default}." if default else ""
        rows.append(
            [
                f"<code>{escape(each['name'])}</code>",
                escape(each["in"] + (", needed" if each.get("required") else "")),
                _prose(each.get("description", "") + note),
                f"<code>{escape(example if isinstance(example, str) else json.dumps(example))}</code>",
            ]
        )
    return "<h4>Parameters</h4>" + _table(["Name", "Where", "What", "Example"], rows)


def _sample(content: dict[str, Any], description: dict[str, Any]) -> str:
    shown = []
    for kind, each in content.items():
        if kind == "application/json":
            example = json.dumps(
                example_of(each.get("schema", {}), description), indent=2, ensure_ascii=False
            )
            shown.append(f"<pre>{escape(example)}</pre>")
        else:
            shown.append(f"<p><code>{escape(kind)}</code></p>")
    return "".join(shown)


def _errors() -> str:
    rows = "".join(
        f'<tr id="error-{escape(each.code)}"><td><code>{escape(each.code)}</code></td><td>{each.status}</td>'
        f"<td>{escape(each.sentence)}</td></tr>"
        for each in error_codes()
    )
    return (
        '<h2 id="errors">Errors</h2><p>An error is a problem document: <code>code</code> is for programs and stays, '
        "<code>detail</code> is for people, <code>type</code> leads here. Where a sentence below has …, the answer "
        'has the figure.</p><div class="scroll"><table><thead><tr><th>Code</th><th>Status</th><th>Sentence</th></tr>'
        f"</thead><tbody>{rows}</tbody></table></div>"
    )


def _prose(text: str) -> str:
    return CODE.sub(r"<code>\1</code>", escape(text))


def _table(heads: list[str], rows: list[list[str]]) -> str:
    head = "".join(f"<th>{each}</th>" for each in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
