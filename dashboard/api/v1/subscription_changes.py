"""Changing subscriptions over HTTP: a preview, the change exactly as previewed, and what is ahead."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query, Security

from dashboard.api.problems import documented
from dashboard.api.v1.billing_shapes import Subscription, show_subscription
from dashboard.api.v1.change_shapes import (
    ChangeRequest,
    Preview,
    PreviewRequest,
    SubscriptionForecast,
    made,
    show_forecast,
    show_preview,
)
from dashboard.api.visitor import SESSION, SignedInActor, demand
from models.billing import (
    MAX_PERIODS,
    change_subscription,
    get_forecast,
    get_subscription,
    preview_change,
)
from models.kernel.database import read_session, unit_of_work
from models.kernel.permissions import Permission

router = APIRouter(prefix="/api/v1", dependencies=[Security(SESSION)])


@router.post(
    "/subscriptions/{subscription_id}/preview",
    tags=["subscriptions"],
    summary="Preview a change of a subscription",
    responses=documented(401, 403, 404, 409, 413, 422, 500, 503),
)
@demand(Permission.subscriptions_write)
def post_preview(
    actor: SignedInActor, subscription_id: UUID, asked: Annotated[PreviewRequest, Body()]
) -> Preview:
    """What the change would do now, with its invoice and the next one; nothing is written. The token commits it."""
    with read_session() as session:
        return show_preview(
            preview_change(session, actor, subscription_id=subscription_id, change=made(asked.change))
        )


@router.post(
    "/subscriptions/{subscription_id}/change",
    tags=["subscriptions"],
    summary="Change a subscription as previewed",
    responses=documented(401, 403, 404, 409, 413, 422, 500, 503),
)
@demand(Permission.subscriptions_write)
def post_change(
    actor: SignedInActor, subscription_id: UUID, asked: Annotated[ChangeRequest, Body()]
) -> Subscription:
    """Exactly what the preview of this token showed. 409 `preview.stale` where it has changed since."""
    with unit_of_work() as session:
        change_subscription(
            session,
            actor,
            subscription_id=subscription_id,
            change=made(asked.change),
            token=asked.token,
            reason=asked.reason,
        )
        return show_subscription(get_subscription(session, actor, subscription_id))


@router.get(
    "/subscriptions/{subscription_id}/forecast",
    tags=["subscriptions"],
    summary="Forecast a subscription's invoices",
    responses=documented(401, 403, 404, 422, 500, 503),
)
@demand(Permission.subscriptions_read)
def get_subscription_forecast(
    actor: SignedInActor,
    subscription_id: UUID,
    periods: Annotated[int, Query(ge=1, le=MAX_PERIODS)] = 3,
) -> SubscriptionForecast:
    """The next periods by the rules that bill, planned changes carried out; nothing is written."""
    with read_session() as session:
        return show_forecast(get_forecast(session, actor, subscription_id, periods))
