"""How a subscription looks: head, overview, and its dialogs."""

from typing import Any

import reflex as rx

from dashboard.components.band import band
from dashboard.components.data_table import plain_table, table_cell
from dashboard.components.detail import section
from dashboard.components.detail_page import detail_page
from dashboard.components.dialogs import reason_dialog, reason_field
from dashboard.components.feedback import empty_state
from dashboard.components.preview import bill, bill_line, why_button
from dashboard.components.preview_form import preview_dialog
from dashboard.pages.billing.coupon_dialog import coupon_dialogs, running_coupons
from dashboard.pages.billing.subscription_data import ActionView, ItemView
from dashboard.pages.billing.subscription_tabs import forecast_tab, schedule_tab
from models.billing import INVOICES

SHOWN = INVOICES.shown(["number", "status", "total", "due", "issued_on", "due_on"])


def body(state: Any) -> rx.Component:
    """The page of a subscription."""
    return detail_page(
        state,
        noun="subscription",
        list_label="Subscriptions",
        list_href="/billing/subscriptions",
        first_tab=_overview(state),
        tabs={"forecast": forecast_tab(state), "schedule": schedule_tab(state)},
        actions=(
            _button(state.quantity_action, state, is_main=False),
            _menu(state),
            _button(state.main_action, state, is_main=True),
        ),
        dialogs=(
            preview_dialog(
                state,
                title=state.change_title,
                is_open=state.dialog == "change",
                on_close=state.close_dialog,
                on_submit=state.commit_change,
                on_change=state.choose,
            ),
            _dialog(state, "unplan", "Cancel the planned change", "Cancel the change", state.unplan),
            _dialog(state, "keep", "Keep " + state.title, "Keep subscription", state.keep),
            *coupon_dialogs(state),
        ),
    )


def _button(action: rx.Var[ActionView], state: Any, *, is_main: bool) -> rx.Component:
    look = {} if is_main else {"variant": "soft", "color_scheme": "gray"}
    label = action.label if is_main else "Quantity"
    return rx.cond(
        action.refusal == "",
        rx.button(label, on_click=state.open_change(action.key, ""), high_contrast=True, **look),
        rx.tooltip(
            rx.button(
                label,
                variant="soft",
                color_scheme="gray",
                high_contrast=True,
                on_click=_refused(action),
                aria_disabled="true",
                opacity="0.6",
            ),
            content=action.refusal,
        ),
    )


def _refused(action: rx.Var[ActionView]) -> Any:
    return rx.toast.info(action.label + ": not possible", description=action.refusal)


def _menu(state: Any) -> rx.Component:
    return rx.menu.root(
        rx.menu.trigger(
            rx.icon_button(
                rx.icon("ellipsis", size=16),
                aria_label="More actions",
                variant="soft",
                color_scheme="gray",
                high_contrast=True,
            )
        ),
        rx.menu.content(rx.foreach(state.menu, lambda action: _menu_item(action, state)), width="320px"),
    )


def _menu_item(action: rx.Var[ActionView], state: Any) -> rx.Component:
    return rx.cond(
        action.refusal != "",
        rx.menu.item(
            rx.box(
                rx.text(action.label, size="2", as_="div"),
                rx.text(action.refusal, size="1", as_="div"),
            ),
            on_select=_refused(action),
            class_name="cf-menu-refused",
            aria_disabled="true",
        ),
        rx.menu.item(
            action.label,
            on_select=rx.match(
                action.key,
                ("keep", state.ask_keep()),
                ("give_coupon", state.ask_coupon()),
                state.open_change(action.key, ""),
            ),
        ),
    )


def _overview(state: Any) -> rx.Component:
    return rx.vstack(
        rx.cond(state.callout != "", _callout(state)),
        band(state.band, "Past, now and ahead"),
        section(
            "Items",
            plain_table(
                ["Plan or add-on", "Model", "Price", "Quantity", "Worth a period"],
                rx.foreach(state.items, _item),
                caption="Items",
                numeric=(3, 4),
            ),
        ),
        section(
            "Next invoice",
            rx.cond(state.next_text != "", rx.text(state.next_text, size="2"), bill(state.next_bill)),
        ),
        rx.cond(
            state.waiting.length() > 0,
            section(
                "Waiting for the next invoice",
                rx.el.ul(rx.foreach(state.waiting, bill_line), class_name="cf-bill-lines"),
            ),
        ),
        section("Coupons", running_coupons(state)),
        section("Latest invoices", _invoices(state)),
        spacing="4",
        width="100%",
    )


def _callout(state: Any) -> rx.Component:
    return rx.callout.root(
        rx.callout.icon(rx.icon("calendar-clock", size=16)),
        rx.callout.text(
            state.callout,
            " ",
            rx.link("Schedule", href=state.tabs[2].href, underline="always", color="inherit"),
        ),
        color_scheme="amber",
        variant="soft",
        high_contrast=True,
        width="100%",
    )


def _item(item: rx.Var[ItemView]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(item.name),
        rx.el.td(item.model),
        rx.el.td(item.price),
        rx.el.td(item.quantity, class_name="cf-num"),
        rx.el.td(item.worth, why_button(item.name, item.why), class_name="cf-num"),
    )


def _invoices(state: Any) -> rx.Component:
    return rx.cond(
        state.invoices.length() > 0,
        plain_table(
            [column.label for column in SHOWN],
            rx.foreach(state.invoices, lambda row: rx.el.tr(rx.foreach(row.cells, table_cell))),
            caption="Latest invoices",
            numeric=(2, 3),
        ),
        empty_state("receipt-text", "No invoices yet.", "The first one comes with the first period."),
    )


def _dialog(state: Any, name: str, title: Any, verb: str, on_submit: Any) -> rx.Component:
    return reason_dialog(
        title=title,
        effect=state.effect,
        undo="Can be planned again at any time until its day.",
        verb=verb,
        is_open=state.dialog == name,
        on_close=state.close_dialog,
        on_submit=on_submit,
        error=state.dialog_error,
        is_dangerous=False,
        fields=(reason_field("What has changed since?"),),
    )
