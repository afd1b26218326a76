"""How a line of a bank statement looks."""

from typing import Any

import reflex as rx

from dashboard.components.callouts import callout
from dashboard.components.data_table import plain_table
from dashboard.components.detail import section
from dashboard.components.detail_page import detail_page
from dashboard.components.dialogs import action_button, error_callout, reason_dialog, reason_field
from dashboard.components.feedback import empty_state


def body(state: Any) -> rx.Component:
    """The page of a line."""
    return detail_page(
        state,
        noun="bank transfer",
        list_label="Bank transfers",
        list_href="/billing/bank",
        first_tab=rx.vstack(
            section(
                "What the payer wrote", rx.text(rx.cond(state.text != "", state.text, "Nothing."), size="2")
            ),
            rx.match(
                state.standing,
                ("open", _matching(state)),
                ("ignored", callout(rx.fragment("Ignored: ", state.ignored_reason), "gray", "eye-off")),
                _matched(state),
            ),
            spacing="4",
            width="100%",
        ),
        tabs={},
        actions=(_actions(state),),
        dialogs=(_match_dialog(state), _ignore_dialog(state)),
    )


def _actions(state: Any) -> rx.Component:
    return rx.match(
        state.standing,
        (
            "open",
            rx.fragment(
                action_button("Ignore", "eye-off", state.ask("ignore")),
                action_button(
                    "Match",
                    "link-2",
                    state.ask("match"),
                    refusal=rx.cond(state.verb != "", "", "Choose the invoices first, so that the sum fits."),
                    is_main=True,
                ),
            ),
        ),
        ("ignored", action_button("Take up again", "rotate-ccw", state.reopen, is_main=True)),
        rx.fragment(),
    )


def _matching(state: Any) -> rx.Component:
    return rx.fragment(
        section(
            "Invoices it may be for",
            _search(state),
            rx.cond(
                state.suggestions.length() > 0,
                plain_table(
                    ["Invoice", "Customer", "Why", "Due", ""],
                    rx.foreach(state.suggestions, lambda each: _suggestion(each, state)),
                    caption="Suggestions",
                    numeric=(3,),
                ),
                empty_state(
                    "search-x",
                    "No open invoice fits.",
                    "Search for a number or a customer, or ignore the line with a reason.",
                ),
            ),
        ),
        rx.cond(state.parts.length() > 0, _chosen(state)),
    )


def _search(state: Any) -> rx.Component:
    return rx.form(
        rx.hstack(
            rx.input(
                name="search",
                placeholder="Invoice number or customer",
                aria_label="Search for invoices",
                width="100%",
            ),
            rx.button("Search", type="submit", variant="soft", color_scheme="gray", high_contrast=True),
            width="100%",
            margin_bottom="var(--space-3)",
        ),
        on_submit=state.find,
        reset_on_submit=False,
        width="100%",
    )


def _suggestion(each: Any, state: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.td(rx.link(each.number, href="/billing/invoices/" + each.id)),
        rx.el.td(each.customer),
        rx.el.td(each.reasons, title=each.reasons),
        rx.el.td(each.due, class_name="cf-num"),
        rx.el.td(
            rx.button(
                "Take",
                aria_label="Take " + each.number,
                on_click=state.take(each.id),
                size="1",
                variant="soft",
                high_contrast=True,
            )
        ),
    )


def _chosen(state: Any) -> rx.Component:
    return section(
        "It pays",
        plain_table(
            ["Invoice", "Customer", "Due", "Amount", ""],
            rx.foreach(state.parts, lambda part: _part(part, state)),
            caption="Chosen invoices",
            numeric=(2, 3),
        ),
        rx.box(
            rx.cond(state.effect_error != "", error_callout(state.effect_error)),
            rx.text(state.effect, size="2", custom_attrs={"data-testid": "effect"}),
            margin_top="var(--space-3)",
            aria_live="polite",
        ),
    )


def _part(part: Any, state: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.td(part.number),
        rx.el.td(part.customer),
        rx.el.td(part.due, class_name="cf-num"),
        rx.el.td(
            rx.input(
                value=part.typed,
                on_change=lambda text: state.type_amount(part.id, text),
                aria_label="Amount for " + part.number,
                width="120px",
                class_name="cf-num-input",
            ),
            class_name="cf-num",
        ),
        rx.el.td(
            rx.icon_button(
                rx.icon("x", size=14),
                on_click=state.drop(part.id),
                aria_label="Leave out " + part.number,
                size="1",
                variant="ghost",
                color_scheme="gray",
                high_contrast=True,
            )
        ),
    )


def _matched(state: Any) -> rx.Component:
    return section(
        "It paid",
        plain_table(
            ["Invoice", "Customer", "To the balance", "Amount"],
            rx.foreach(
                state.matches,
                lambda each: rx.el.tr(
                    rx.el.td(rx.link(each.number, href=each.id)),
                    rx.el.td(each.customer),
                    rx.el.td(each.due, class_name="cf-num"),
                    rx.el.td(each.typed, class_name="cf-num"),
                ),
            ),
            caption="Paid invoices",
            numeric=(2, 3),
        ),
    )


def _match_dialog(state: Any) -> rx.Component:
    return reason_dialog(
        title="Enter " + state.figure + " of " + state.title,
        effect=state.effect,
        undo="Cannot be undone. A credit note with a refund gives the money back.",
        verb=state.verb,
        is_open=state.dialog == "match",
        on_close=state.close_dialog,
        on_submit=state.match,
        error=state.dialog_error,
        is_dangerous=False,
    )


def _ignore_dialog(state: Any) -> rx.Component:
    return reason_dialog(
        title="Ignore " + state.figure + " of " + state.title,
        effect="It is entered nowhere and leaves the list of what is to match.",
        undo="Can be taken up again at any time.",
        verb="Ignore line",
        is_open=state.dialog == "ignore",
        on_close=state.close_dialog,
        on_submit=state.ignore,
        error=state.dialog_error,
        is_dangerous=False,
        fields=(reason_field("What is the money for instead?"),),
    )
