"""Where vendors call us: verified, stored, answered; the worker does the rest."""

import threading
from collections import deque
from concurrent.futures import Future
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from pydantic import BaseModel

from dashboard.api.problems import documented
from dashboard.api.visitor import demand
from dashboard.shell.guard import Mark
from models.integrations.stripe import VendorEvent, read_webhook
from models.kernel.actor import Cause, system_actor
from models.kernel.database import unit_of_work
from models.webhooks import store_messages

router = APIRouter(prefix="/api/v1/inbound", tags=["inbound"])


class Received(BaseModel):
    """The vendor's message is stored; `is_new` is false where it was delivered before."""

    id: str
    is_new: bool


class _Together:
    """Stores what arrives while another commit is under way with the next one: a rush waits for few commits."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._waiting: deque[tuple[VendorEvent, Future[bool]]] = deque()
        self._writing = threading.Lock()

    def store(self, event: VendorEvent) -> bool:
        """Return, once the event is committed, whether it is new; raises what the database refuses."""
        mine: Future[bool] = Future()
        self._waiting.append((event, mine))
        with self._writing:
            if not mine.done():
                # Whoever appends later waits for the lock and finds itself still waiting.
                self._write([self._waiting.popleft() for _ in range(len(self._waiting))])
        return mine.result()

    def _write(self, taken: list[tuple[VendorEvent, Future[bool]]]) -> None:
        actor = system_actor("Stripe", Cause.event)
        try:
            with unit_of_work() as session:
                new = store_messages(
                    session, actor, source=self._source, messages=[event for event, _ in taken]
                )
        except Exception as error:  # noqa: BLE001 -- whoever waits for it is told, and the vendor delivers again
            for _, waiter in taken:
                waiter.set_exception(error)
            return
        for event, waiter in taken:
            waiter.set_result(event.id in new)


_stripe = _Together("stripe")


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
    body: Annotated[bytes, Depends(read_body)],
    signature: Annotated[str, Header(alias="Stripe-Signature")] = "",
) -> Received:
    """Store an event of Stripe, whose signature stands for a sign-in. Nothing in it is believed but the ids."""
    event = read_webhook(body, signature)
    return Received(id=event.id, is_new=_stripe.store(event))
