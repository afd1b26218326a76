"""What comes in and what goes out, without the server around it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jobs.sandbox.stripe.store import Body


@dataclass(frozen=True, slots=True)
class Request:
    """A request: `query` and `body` as sent; header names in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: str


@dataclass(frozen=True, slots=True)
class Response:
    """An answer."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class ConnectionBroken(Exception):
    """No answer: the connection is reset instead."""


def as_json(status: int, body: Body | list[Any], **headers: str) -> Response:
    """An answer in JSON."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, json.dumps(body).encode(), {"Content-Type": "application/json", **names})


def as_page(text: str, status: int = 200) -> Response:
    """An answer that people read."""
    return Response(status, text.encode(), {"Content-Type": "text/html; charset=utf-8"})


def redirect(address: str) -> Response:
    """Go on there, with a GET."""
    return Response(303, b"", {"Location": address})
