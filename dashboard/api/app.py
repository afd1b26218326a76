"""The FastAPI application that stands beside the pages."""

from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.api import bank, docs, documents, exports, health, inbound, pay, problems
from dashboard.api.auth import sign_in
from dashboard.api.edge import Edge
from dashboard.api.openapi import TAGS, complete
from dashboard.api.v1 import accounts, billing, catalogue, subscription_changes
from dashboard.api.visitor import DEMANDS, admit, demand
from dashboard.shell.guard import Mark


class Api(FastAPI):
    """FastAPI whose description also tells permissions and problem documents."""

    def openapi(self) -> dict[str, Any]:
        """The description of every public address."""
        return complete(super().openapi(), self.routes)


def _operation_id(route: APIRoute) -> str:
    return route.name


api = Api(
    title="ClientForge Ops API",
    version="1.0",
    description="Customers, subscriptions and invoices over HTTP. Errors are problem documents (RFC 9457).",
    openapi_url=None,
    docs_url=None,
    redoc_url=None,
    redirect_slashes=False,
    openapi_tags=TAGS,
    generate_unique_id_function=_operation_id,
    dependencies=[Depends(admit)],
)
problems.install(api)
api.add_middleware(Edge)
for each in (
    sign_in,
    health,
    docs,
    documents,
    exports,
    inbound,
    pay,
    bank,
    accounts,
    billing,
    catalogue,
    subscription_changes,
):
    api.include_router(each.router)

# Below /api nothing falls through to the pages.
_rest = APIRouter(include_in_schema=False)
ALL_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]


@_rest.api_route("/api", methods=ALL_METHODS)
@_rest.api_route("/api/{path:path}", methods=ALL_METHODS)
@demand(Mark.public)
def answer_rest(request: Request) -> Response:
    """Say what an address takes, refuse its other methods, and refuse addresses that do not exist."""
    taken: set[str] = set()
    for route in iter_route_contexts(request.app.routes):
        if (
            route.endpoint in DEMANDS
            and route.endpoint is not answer_rest
            and route.path_regex.match(request.url.path)
        ):
            taken |= route.methods or set()
    if not taken:
        raise HTTPException(404)
    allow = ", ".join(sorted({*taken, "OPTIONS", *({"HEAD"} if "GET" in taken else ())}))
    if request.method != "OPTIONS":
        raise HTTPException(405, headers={"Allow": allow})
    return Response(status_code=204, headers={"Allow": allow})


api.include_router(_rest)


def with_pages(pages: ASGIApp) -> ASGIApp:
    """HTTP goes to the API and, where that has no such address, to the pages.

    Their websockets go straight to them: each would hold all of the API's wrappers as long as it is open, and pass
    each of its messages through them.
    """
    api.mount("", pages)

    async def choose(scope: Scope, receive: Receive, send: Send) -> None:
        await (pages if scope["type"] == "websocket" else api)(scope, receive, send)

    return choose
