"""Refusals in Stripe's words and shape."""

from typing import Any

Body = dict[str, Any]

DOCS = "https://stripe.com/docs/error-codes"


class ApiError(Exception):
    """An answer that is an error; nothing that its request did is kept."""

    def __init__(
        self,
        status: int,
        kind: str,
        message: str,
        *,
        code: str = "",
        param: str = "",
        **facts: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        error: Body = {"message": message, "type": kind, **facts}
        if code:
            error |= {"code": code, "doc_url": f"{DOCS}/{code.replace('_', '-')}"}
        if param:
            error["param"] = param
        self.error = error

    @property
    def body(self) -> Body:
        """What is sent."""
        return {"error": self.error}


class InvalidParameters(ApiError):
    """The parameters are refused before anything runs, so that an idempotency key is not used up."""


class Declined(ApiError):
    """A bank's answer: the attempt, its charge and its events are kept."""


def refused(message: str, *, code: str = "", param: str = "", **facts: Any) -> ApiError:
    """A request that cannot be carried out as things stand."""
    return ApiError(400, "invalid_request_error", message, code=code, param=param, **facts)


def missing(kind: str, identifier: str, *, param: str = "id") -> ApiError:
    """An object that does not exist."""
    word = kind.replace("checkout.", "checkout.").replace("billing_portal.", "")
    return ApiError(
        404, "invalid_request_error", f"No such {word}: '{identifier}'", code="resource_missing", param=param
    )


def invalid(message: str, *, code: str, param: str) -> InvalidParameters:
    """A parameter that is missing, unknown or not of its type."""
    return InvalidParameters(400, "invalid_request_error", message, code=code, param=param)
