"""Where vendors call us: verified, stored, answered; the worker does the rest."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from pydantic import BaseModel

from dashboard.api.problems import documented
from dashboard.api.visitor import demand
from dashboard.shell.guard import Mark
from models.integrations.stripe import read_webhook
from models.kernel.actor import Cause, system_actor
from models.kernel.database import unit_of_work
from models.webhooks import store_message

router = APIRouter(prefix="/api/v1/inbound", tags=["inbound"])


class Received(BaseModel):
    """The vendor's message is stored; `is_new` is false where it was delivered before."""

    id: str
    is_new: bool


async def read_body(request: Request) -> bytes:
    """The body as it was signed, byte by byte."""
    return await request.body()


@router.post(
    "/stripe",
    summary="Webhooks of Stripe",
    responses=documented(403, 413, 422, 500, 503),
)
@demand(Mark.public)
def receive_stripe(
    request: Request,
    body: Annotated[bytes, Depends(read_body)],
    signature: Annotated[str, Header(alias="Stripe-Signature")] = "",
) -> Received:
    """Store an event of Stripe, whose signature stands for a sign-in. Nothing in it is believed but the ids."""
    event = read_webhook(body, signature)
    actor = system_actor("Stripe", Cause.event, request.state.request_id)
    with unit_of_work() as session:
        is_new = store_message(session, actor, source="stripe", message=event)
    return Received(id=event.id, is_new=is_new)
