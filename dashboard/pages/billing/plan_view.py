"""How a plan looks."""

from typing import Any

import reflex as rx

from dashboard.components.data_table import plain_table
from dashboard.components.detail import section
from dashboard.components.detail_page import detail_page
from dashboard.components.dialogs import action_button, reason_dialog, reason_field, text_field
from dashboard.components.feedback import empty_state
from dashboard.pages.billing.plan_calculator import calculator
from dashboard.pages.billing.plan_data import PriceView
from dashboard.pages.billing.plan_versions_view import moves_dialog, row_button, versions_tab
from dashboard.pages.billing.price_editor import PriceEditorState
from dashboard.pages.billing.price_editor_view import price_dialog

DIALOGS = ("edit", "archive")


def body(state: Any) -> rx.Component:
    """The page of a plan."""
    return detail_page(
        state,
        noun="plan",
        list_label="Plans",
        list_href="/billing/plans",
        first_tab=_prices(state),
        tabs={
            "calculator": calculator(state),
            "versions": versions_tab(state),
            "subscriptions": _subscriptions(state),
        },
        actions=(
            action_button("Edit", "pencil", state.ask("edit"), refusal=state.edit_refusal),
            rx.cond(
                state.is_archived,
                action_button("Sell again", "package-open", state.ask("archive")),
                action_button("Archive", "archive", state.ask("archive"), refusal=state.archive_refusal),
            ),
            rx.cond(
                state.is_draft,
                action_button("Publish", "rocket", state.ask_publish, is_main=True),
                action_button("New version", "copy-plus", state.new_version, is_main=True),
            ),
        ),
        dialogs=(
            _edit_dialog(state),
            _archive_dialog(state),
            _publish_dialog(state),
            moves_dialog(state),
            price_dialog(),
        ),
    )


def _prices(state: Any) -> rx.Component:
    return rx.vstack(
        rx.cond(
            state.prices.length() > 0,
            plain_table(
                ["Price", "Model", "Tax", "Taken by", ""],
                rx.foreach(state.prices, lambda price: _price_row(price, state)),
                caption="Prices",
                numeric=(3,),
            ),
            empty_state("tag", "No prices yet.", "A plan can be bought once it has a price and is on sale."),
        ),
        action_button("Add price", "plus", PriceEditorState.open_new, refusal=state.price_refusal),
        spacing="4",
        width="100%",
    )


def _price_row(price: rx.Var[PriceView], state: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.td(
            rx.text(price.words, size="2", weight="medium", as_="span"),
            rx.cond(
                price.is_archived,
                rx.badge(
                    "Archived", color_scheme="gray", variant="soft", high_contrast=True, class_name="cf-note"
                ),
            ),
            rx.cond(
                price.detail != "",
                rx.text(price.detail, size="1", color="var(--gray-11)", title=price.detail, as_="div"),
            ),
        ),
        rx.el.td(price.model),
        rx.el.td(price.tax),
        rx.el.td(price.uses, class_name="cf-num"),
        rx.el.td(
            rx.flex(
                rx.cond(
                    price.can_change,
                    row_button("Edit", PriceEditorState.open_price(price.id), price.words),
                ),
                row_button(
                    rx.cond(price.is_archived, "Offer again", "Archive"),
                    state.toggle_price(price.id, price.is_archived),
                    price.words,
                ),
                gap="var(--space-2)",
                justify="end",
            )
        ),
    )


def _subscriptions(state: Any) -> rx.Component:
    return section(
        "Subscriptions",
        rx.text(state.subscriptions_text, size="2", margin_bottom="var(--space-3)"),
        rx.link("All subscriptions on this version", href=state.subscriptions_href, size="2"),
    )


def _edit_dialog(state: Any) -> rx.Component:
    form = state.form
    return reason_dialog(
        title="Edit " + state.title,
        effect="Possible while it is a draft. The change stands on the timeline.",
        undo="Can be changed back until it is published.",
        verb="Save changes",
        is_open=state.dialog == "edit",
        on_close=state.close_dialog,
        on_submit=state.save,
        error=state.dialog_error,
        is_dangerous=False,
        fields=(
            text_field("Name", "name", default=form["name"]),
            text_field("Description", "description", default=form["description"], required=False),
            text_field("Trial in days", "trial_days", default=form["trial_days"]),
            text_field("Kind of product for tax", "tax_code", default=form["tax_code"]),
        ),
    )


def _archive_dialog(state: Any) -> rx.Component:
    return reason_dialog(
        title=rx.cond(state.is_archived, "Sell " + state.title + " again", "Archive " + state.title),
        effect=rx.cond(
            state.is_archived,
            "It can be bought again.",
            "It is sold no more. " + state.subscriptions_text + " They stay and are billed as before.",
        ),
        undo="Can be reversed at any time, while no other version is on sale.",
        verb=rx.cond(state.is_archived, "Sell again", "Archive plan"),
        is_open=state.dialog == "archive",
        on_close=state.close_dialog,
        on_submit=state.archive,
        error=state.dialog_error,
        is_dangerous=False,
        fields=(reason_field("Why?"),),
    )


def _publish_dialog(state: Any) -> rx.Component:
    return reason_dialog(
        title="Publish " + state.title,
        effect=state.effect,
        undo="Prices of a version on sale do not change any more. A further version can replace this one.",
        verb=state.verb,
        is_open=state.dialog == "publish",
        on_close=state.close_dialog,
        on_submit=state.publish,
        error=state.dialog_error,
        is_dangerous=False,
        fields=(reason_field("What changes, and why?"),),
    )
