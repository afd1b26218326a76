"""One subscription: what the customer has, and what is billed next."""

from typing import Any, ClassVar

import reflex as rx
from sqlmodel import Session

from dashboard.components.data_table import plain_table, table_cell
from dashboard.components.detail import section
from dashboard.components.detail_page import detail_page
from dashboard.components.feedback import empty_state
from dashboard.components.views import Fact, RowView
from dashboard.shell.formats import period_text
from dashboard.shell.guard import current
from dashboard.shell.page import page
from dashboard.shell.run import read
from dashboard.shell.theme import tone
from dashboard.shell.timeline import timeline_items
from dashboard.states import list_views as looks
from dashboard.states.detail_state import DetailState
from models.billing import (
    INVOICES,
    InvoiceRow,
    SubscriptionRow,
    get_subscription,
    list_recent_invoices,
)
from models.compliance import TimelineEvent, list_timeline
from models.kernel.actor import Actor
from models.kernel.errors import NotFound
from models.kernel.events import Subject
from models.kernel.listing import show_date
from models.kernel.money import Money
from models.kernel.permissions import Permission

SHOWN = INVOICES.shown(["number", "status", "total", "due", "issued_on", "due_on"])


class SubscriptionState(DetailState, rx.State):
    """The subscription shown."""

    permission: ClassVar = Permission.subscriptions_read
    path: ClassVar = "/billing/subscriptions"
    tab_labels: ClassVar = (("overview", "Overview"), ("timeline", "Timeline"))

    next_text: str = ""
    invoices: list[RowView] = []  # noqa: RUF012 -- Reflex copies defaults for each state

    async def _fill(self) -> None:
        if self._id is None:
            raise NotFound("subscription")
        reader = current().actor
        row, invoices, events = await read(_load, self._id)
        self.title = f"{row.customer}: {row.plan}"
        self.badge, self.tone = row.status.capitalize(), tone("subscriptions", row.status)
        price = Money(row.mrr_minor, row.currency).format(reader.locale)
        self.figure = f"{price} a month"
        self.next_text = _next(row, reader)
        self.facts = _facts(row, reader)
        self.invoices = [looks.row(INVOICES, SHOWN, each, reader) for each in invoices]
        self.timeline = timeline_items(events, reader, is_own=True)
        self._subject = Subject("subscription", row.id, self.title, row.tenant_id)


def _load(
    session: Session, actor: Actor, subscription_id: Any
) -> tuple[SubscriptionRow, list[InvoiceRow], list[TimelineEvent]]:
    row = get_subscription(session, actor, subscription_id)
    may_see = actor.may(Permission.invoices_read)
    invoices = list_recent_invoices(session, actor, subscription_id=subscription_id) if may_see else []
    return row, invoices, list_timeline(session, actor, subject_id=subscription_id)


def _next(row: SubscriptionRow, reader: Actor) -> str:
    if row.cancelled_on:
        return f"Cancelled as of {show_date(row.cancelled_on, reader.locale)}. Nothing is billed any more."
    amount = Money(row.unit_amount_minor * row.quantity, row.currency).format(reader.locale)
    return (
        f"{amount} on {show_date(row.period_until_on, reader.locale)}, for the current period, without tax."
    )


def _facts(row: SubscriptionRow, reader: Actor) -> list[Fact]:
    locale = reader.locale
    return [
        Fact("Customer", row.customer, f"/customers/{row.tenant_id}"),
        Fact("Plan", f"{row.plan} (version {row.plan_version})"),
        Fact("Price", Money(row.unit_amount_minor, row.currency).format(locale)),
        Fact("Quantity", str(row.quantity)),
        Fact("Period", period_text(row.period_start_on, row.period_until_on, locale)),
        Fact("Started", show_date(row.started_on, locale)),
        Fact("Collection", row.collection or "\u2014"),
        Fact("Account manager", row.owner or "Nobody"),
        Fact("Id", str(row.id)),
    ]


@page("/billing/subscriptions/[subscription_id]", "Subscription", SubscriptionState.load)
def subscription_page() -> rx.Component:
    """Head, next invoice, recent invoices, timeline."""
    return detail_page(
        SubscriptionState,
        noun="subscription",
        list_label="Subscriptions",
        list_href="/billing/subscriptions",
        first_tab=_overview(SubscriptionState),
        tabs={},
    )


def _overview(state: Any) -> rx.Component:
    return rx.vstack(
        section("Next invoice", rx.text(state.next_text, size="2")),
        section(
            "Latest invoices",
            rx.cond(
                state.invoices.length() > 0,
                plain_table(
                    [column.label for column in SHOWN],
                    rx.foreach(state.invoices, lambda row: rx.el.tr(rx.foreach(row.cells, table_cell))),
                    caption="Latest invoices",
                    numeric=(2, 3),
                ),
                empty_state("receipt-text", "No invoices yet.", "The first one comes when a period ends."),
            ),
        ),
        spacing="4",
        width="100%",
    )
