"""One subscription: what the customer has, what will be billed, when, and every change of it."""

from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from dashboard.components.band import BandView
from dashboard.components.preview import BillView, LineView
from dashboard.components.views import RowView, Tab
from dashboard.pages.billing import subscription_ahead as ahead
from dashboard.pages.billing import subscription_data as data
from dashboard.pages.billing import subscription_view as view
from dashboard.pages.billing.change_dialog import ChangeDialog
from dashboard.pages.billing.coupon_state import CouponDialog
from dashboard.shell.guard import current, requires
from dashboard.shell.page import page
from dashboard.shell.run import read
from dashboard.shell.timeline import timeline_items
from dashboard.states import list_views as looks
from dashboard.states.detail_state import DetailState
from dashboard.states.form_fields import as_id
from models.billing import (
    INVOICES,
    InvoiceRow,
    SubscriptionDetail,
    cancel_scheduled_change,
    get_subscription_detail,
    list_recent_invoices,
    undo_cancellation,
)
from models.compliance import TimelineEvent, list_timeline
from models.kernel.actor import Actor
from models.kernel.errors import NotFound
from models.kernel.events import Subject
from models.kernel.permissions import Permission

SPANS = ("3", "6", "12")


class SubscriptionState(ChangeDialog, CouponDialog, DetailState, rx.State):
    """The subscription shown, and its dialogs."""

    permission: ClassVar = Permission.subscriptions_read
    path: ClassVar = "/billing/subscriptions"
    tab_labels: ClassVar = (
        ("overview", "Overview"),
        ("forecast", "Forecast"),
        ("schedule", "Schedule"),
        ("timeline", "Timeline"),
    )

    main_action: data.ActionView = data.ActionView("change_plan", "Change plan", "arrow-left-right")
    quantity_action: data.ActionView = data.ActionView("change_quantity", "Change quantity", "hash")
    menu: list[data.ActionView] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    callout: str = ""
    items: list[data.ItemView] = []  # noqa: RUF012
    coupons: list[data.CouponView] = []  # noqa: RUF012
    waiting: list[LineView] = []  # noqa: RUF012
    planned: list[data.PlannedView] = []  # noqa: RUF012
    settled: list[data.PlannedView] = []  # noqa: RUF012
    next_bill: BillView = BillView("")
    next_text: str = ""
    band: list[BandView] = []  # noqa: RUF012
    invoices: list[RowView] = []  # noqa: RUF012
    spans: list[Tab] = []  # noqa: RUF012
    ahead: list[BillView] = []  # noqa: RUF012
    ahead_text: str = ""
    effect: str = ""

    _planned_id: UUID | None = None

    async def _fill(self) -> None:
        if self._id is None:
            raise NotFound("subscription")
        reader = current().actor
        asked = self.router.url.query_parameters.get("periods", SPANS[0])
        span = asked if asked in SPANS else SPANS[0]
        is_forecast = self.tab == "forecast"
        found, invoices, events = await read(_load, self._id, int(span) if is_forecast else 1)
        for name, value in data.show(found, reader).items():
            setattr(self, name, value)
        here = f"{self.path}/{self._id}?tab=forecast&periods="
        self.spans = [Tab(f"{each} periods", f"{here}{each}", each == span) for each in SPANS]
        self.ahead = ahead.forecast_bills(found.ahead, found, reader) if is_forecast else []
        self.ahead_text = ahead.forecast_text(found, reader)
        self.invoices = [looks.row(INVOICES, view.SHOWN, each, reader) for each in invoices]
        self.timeline = timeline_items(events, reader, is_own=True)
        self._subject = Subject("subscription", found.row.id, self.title, found.row.tenant_id)

    @rx.event
    @requires(Permission.subscriptions_write)
    async def ask_unplan(self, identifier: str) -> None:
        """Say what taking a planned change back means."""
        found = next((each for each in self.planned if each.id == identifier), None)
        if found is None:
            raise NotFound("scheduled_change", identifier)
        self._planned_id = as_id(identifier)
        self.effect = f"{found.words}, planned for {found.when}, will not happen."
        self.dialog, self.dialog_error = "unplan", ""

    @rx.event
    @requires(Permission.subscriptions_write)
    async def unplan(self, form: dict[str, str]) -> Any:
        """Take the planned change back."""
        if self._planned_id is None or self.dialog != "unplan":
            return None
        return await self._commit(
            cancel_scheduled_change,
            "The planned change was cancelled.",
            planned_id=self._planned_id,
            reason=str(form.get("reason", "")),
        )

    @rx.event
    @requires(Permission.subscriptions_write)
    async def ask_keep(self) -> None:
        """Say what keeping the subscription means."""
        self.effect = (
            "The planned cancellation is taken back. The subscription goes on and is billed as before."
        )
        self.dialog, self.dialog_error = "keep", ""

    @rx.event
    @requires(Permission.subscriptions_write)
    async def keep(self, form: dict[str, str]) -> Any:
        """Take the planned cancellation back."""
        if self._id is None or self.dialog != "keep":
            return None
        return await self._commit(
            undo_cancellation,
            "The subscription stays.",
            subscription_id=self._id,
            reason=str(form.get("reason", "")),
        )


def _load(
    session: Session, actor: Actor, subscription_id: UUID, periods: int
) -> tuple[SubscriptionDetail, list[InvoiceRow], list[TimelineEvent]]:
    found = get_subscription_detail(session, actor, subscription_id, periods=periods)
    may_see = actor.may(Permission.invoices_read)
    invoices = list_recent_invoices(session, actor, subscription_id=subscription_id) if may_see else []
    return found, invoices, list_timeline(session, actor, subject_id=subscription_id)


@page("/billing/subscriptions/[subscription_id]", "Subscription", SubscriptionState.load)
def subscription_page() -> rx.Component:
    """Head, time line, items, next invoice, forecast, schedule, timeline."""
    return view.body(SubscriptionState)
