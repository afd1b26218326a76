"""Subscriptions and invoices over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Security

from dashboard.api.problems import documented
from dashboard.api.v1.billing_shapes import (
    Invoice,
    InvoiceSummary,
    Subscription,
    VoidRequest,
    show_invoice,
    show_subscription,
    summarise_invoice,
)
from dashboard.api.v1.lists import Asked, answer_list, describe_list
from dashboard.api.v1.shapes import Listed
from dashboard.api.visitor import SESSION, SignedInActor, demand
from models.billing import INVOICES, SUBSCRIPTIONS, get_invoice, get_subscription, void_invoice
from models.kernel.database import read_session, unit_of_work
from models.kernel.permissions import Permission

router = APIRouter(prefix="/api/v1", dependencies=[Security(SESSION)])


@router.get(
    "/subscriptions",
    tags=["subscriptions"],
    summary="List subscriptions",
    description=describe_list(SUBSCRIPTIONS),
    responses=documented(401, 403, 422, 500, 503),
)
@demand(Permission.subscriptions_read)
def list_subscriptions(actor: SignedInActor, asked: Asked) -> Listed[Subscription]:
    """A page of the list."""
    return answer_list(actor, SUBSCRIPTIONS, asked, show_subscription)


@router.get(
    "/subscriptions/{subscription_id}",
    tags=["subscriptions"],
    summary="Get a subscription",
    responses=documented(401, 403, 404, 422, 500, 503),
)
@demand(Permission.subscriptions_read)
def get_one_subscription(actor: SignedInActor, subscription_id: UUID) -> Subscription:
    """One subscription with its plan."""
    with read_session() as session:
        return show_subscription(get_subscription(session, actor, subscription_id))


@router.get(
    "/invoices",
    tags=["invoices"],
    summary="List invoices",
    description=describe_list(INVOICES),
    responses=documented(401, 403, 422, 500, 503),
)
@demand(Permission.invoices_read)
def list_invoices(actor: SignedInActor, asked: Asked) -> Listed[InvoiceSummary]:
    """A page of the list."""
    return answer_list(actor, INVOICES, asked, summarise_invoice)


@router.get(
    "/invoices/{invoice_id}",
    tags=["invoices"],
    summary="Get an invoice",
    responses=documented(401, 403, 404, 422, 500, 503),
)
@demand(Permission.invoices_read)
def get_one_invoice(actor: SignedInActor, invoice_id: UUID) -> Invoice:
    """One invoice with its lines, how each was computed, and its payments."""
    with read_session() as session:
        return show_invoice(get_invoice(session, actor, invoice_id))


@router.post(
    "/invoices/{invoice_id}/void",
    tags=["invoices"],
    summary="Void an invoice",
    responses=documented(401, 403, 404, 409, 413, 422, 500, 503),
)
@demand(Permission.invoices_void)
def post_void_invoice(
    actor: SignedInActor, invoice_id: UUID, asked: Annotated[VoidRequest, Body()]
) -> Invoice:
    """It is no longer due and its number stays used. Cannot be undone; one on which something was paid is refused."""
    with unit_of_work() as session:
        void_invoice(session, actor, invoice_id=invoice_id, reason=asked.reason)
        return show_invoice(get_invoice(session, actor, invoice_id))
