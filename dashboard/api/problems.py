"""Errors over HTTP: `application/problem+json` after RFC 9457."""

import json
from collections.abc import Mapping
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from models.kernel.errors import DomainError, Kind
from models.kernel.settings import get_settings

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = "5"
STATUS = {
    Kind.not_found: 404,
    Kind.conflict: 409,
    Kind.forbidden: 403,
    Kind.invalid: 422,
    Kind.unavailable: 503,
}
# Where HTTP has a finer word than the kind.
STATUS_OF_CODE = {"session.missing": 401, "link.expired": 410, "export.expired": 410}
# Refusals of HTTP itself: code and sentence by status.
HTTP_FACTS: Mapping[int, tuple[str, str]] = {
    400: ("body.unreadable", "The body cannot be read. Send what its content type announces."),
    404: ("address.unknown", "There is nothing at this address. /api/docs lists what there is."),
    405: (
        "method.not_allowed",
        "This address does not take that method; the Allow header names those it takes.",
    ),
    413: ("body.too_large", "A request carries 1 MB at most. Send less."),
    422: ("request.unreadable", "A part of the request is missing or not of its form; `errors` names each."),
    500: (
        "internal.error",
        "The program failed; nothing was changed. Quote the request id if it happens twice.",
    ),
}
TITLES = {
    401: "Signed out",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    410: "Gone",
    413: "Too large",
    422: "Invalid",
    500: "Internal error",
    503: "Unavailable",
}
MEANINGS = {
    401: "No session, or one that has ended: sign in.",
    403: "The permission is missing, or the request came from another site.",
    404: "It does not exist, or it is out of your reach.",
    409: "It is not in a state that allows this; `detail` says why and what to do instead.",
    410: "The link or file has expired: make a new one.",
    413: "The body is larger than 1 MB.",
    422: "A part of the request breaks a rule; `field` names it.",
    500: "The program failed; nothing was changed.",
    503: "The database or another service does not answer: try again in a moment.",
}


class FieldError(BaseModel):
    """One part of the request that cannot be read."""

    field: str = Field(examples=["size"])
    rule: str = Field(examples=["Input should be less than or equal to 100"])


class Problem(BaseModel):
    """Why a request was refused (RFC 9457); further members carry the facts behind it."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(
        description="Leads to the code in the list of errors.", examples=["/api/docs#error-invoice.not_found"]
    )
    title: str = Field(examples=["Not found"])
    status: int = Field(examples=[404])
    detail: str = Field(
        description="A sentence for people, which says what to do.",
        examples=["There is no such invoice, or you may not see it. Check the address or search."],
    )
    code: str = Field(description="Stable; programs decide by this.", examples=["invoice.not_found"])
    instance: str = Field(examples=["/api/v1/invoices/0192f0c1-2b6e-7c1d-9a55-6f1f0a9b1c2d"])
    request_id: str = Field(description="Also in the X-Request-Id header.", examples=["4b1f0a9b1c2d6e7c"])
    field: str | None = Field(None, description="The part of the request at fault.", examples=[None])
    errors: list[FieldError] | None = Field(
        None, description="Every part that cannot be read.", examples=[None]
    )


class ProblemResponse(JSONResponse):
    """A problem document; a character that UTF-8 does not have cannot break it."""

    media_type = MEDIA_TYPE

    def render(self, content: Any) -> bytes:
        """The bytes of the document."""
        return json.dumps(content, ensure_ascii=False, default=str).encode("utf-8", "replace")


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems that a route answers with, for its description."""
    return {status: {"model": Problem, "description": MEANINGS[status]} for status in sorted(statuses)}


def problem(
    request: Request, status: int, code: str, detail: str, facts: Mapping[str, Any] | None = None
) -> ProblemResponse:
    """A problem document; `type` is stable and leads to the list of errors in the docs.

    Facts become members of their own; none can take the place of those that RFC 9457 names.
    """
    body = {
        **(facts or {}),
        "type": f"{get_settings().base_url}/api/docs#error-{code}",
        "title": TITLES.get(status, "Refused"),
        "status": status,
        "detail": detail,
        "code": code,
        "instance": request.url.path,
        "request_id": getattr(request.state, "request_id", ""),
    }
    headers = {"Cache-Control": "no-store"}
    if status == 401:  # noqa: PLR2004 -- the RFC's own number
        # RFC 9110, 15.5.2 demands a challenge; browsers pass over a scheme they do not know.
        headers["WWW-Authenticate"] = 'Cookie realm="/sign-in"'
    if status == STATUS[Kind.unavailable]:
        headers["Retry-After"] = RETRY_SECONDS
    return ProblemResponse(body, status, headers)


def answer_http(request: Request, error: HTTPException) -> ProblemResponse:
    """The problem of a refusal that HTTP itself makes."""
    code, detail = HTTP_FACTS.get(error.status_code, ("request.refused", str(error.detail)))
    answer = problem(request, error.status_code, code, detail)
    answer.headers.update(error.headers or {})
    return answer


def answer_unexpected(request: Request, error: Exception) -> ProblemResponse:
    """The problem of a failure of ours: the log has the trace, the answer has the id to find it by."""
    log.error("request failed", path=request.url.path, exc_info=error)
    return problem(request, 500, *HTTP_FACTS[500])


def status_of(error: DomainError) -> int:
    """The HTTP status of a refusal."""
    return STATUS_OF_CODE.get(error.code, STATUS[error.kind])


def _refused(request: Request, error: Exception) -> ProblemResponse:
    if not isinstance(error, DomainError):
        raise error
    facts = {**error.data, "field": error.field} if error.field else error.data
    return problem(request, status_of(error), error.code, error.sentence, facts)


def _unreadable(request: Request, error: Exception) -> ProblemResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    found = [
        {"field": ".".join(str(part) for part in each["loc"][1:]) or "body", "rule": each["msg"]}
        for each in error.errors()[:20]
    ]
    code, sentence = HTTP_FACTS[422]
    detail = "; ".join(f"{each['field']}: {each['rule']}" for each in found) or sentence
    field = found[0]["field"] if found else "body"
    return problem(request, 422, code, detail, {"field": field, "errors": found})


def _http(request: Request, error: Exception) -> ProblemResponse:
    if not isinstance(error, HTTPException):
        raise error
    return answer_http(request, error)


def install(api: FastAPI) -> None:
    """Answer every refusal of this application with a problem document."""
    api.add_exception_handler(DomainError, _refused)
    api.add_exception_handler(RequestValidationError, _unreadable)
    api.add_exception_handler(HTTPException, _http)
