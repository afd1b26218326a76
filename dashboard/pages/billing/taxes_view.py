"""How the tax rules look."""

from typing import Any

import reflex as rx

from dashboard.components.detail import section
from dashboard.components.dialogs import (
    action_button,
    error_callout,
    reason_dialog,
    reason_field,
    select_field,
    text_field,
)
from dashboard.components.list_page import list_page
from models.billing import TAX_RULES

DIALOGS = ("correct", "end")
TREATMENTS = {
    "taxed": "Taxed",
    "reverse_charge": "Reverse charge: the customer owes the tax",
    "exempt": "Exempt",
    "outside": "Outside of what we tax",
    "missing": "No rule, though one is needed: enter it first",
}


def body(state: Any) -> rx.Component:
    """The page of tax rules."""
    rules = list_page(
        state,
        TAX_RULES,
        bulk=(
            _on_selected("Correct", state.ask_for_selected("correct")),
            _on_selected("End", state.ask_for_selected("end")),
        ),
        actions=(
            action_button("Load the EU standard VAT rates", "download", state.ask_eu),
            action_button("New tax rule", "plus", state.ask_rule, is_main=True, key="n"),
        ),
    )
    dialogs = (_eu_dialog(state), _rule_dialog(state), _end_dialog(state), _correct_dialog(state))
    return rx.vstack(rules, _try_box(state), *dialogs, spacing="4", width="100%")


def _on_selected(label: str, on_click: Any) -> rx.Component:
    return rx.button(label, on_click=on_click, size="1", variant="soft", high_contrast=True)


def _try_box(state: Any) -> rx.Component:
    return section(
        "What would a customer pay?",
        rx.form(
            rx.box(
                text_field("We sell from", "seller_country", placeholder="DE", default=state.seller),
                text_field("Customer in", "country", placeholder="FR"),
                text_field("Region", "region", placeholder="Only where rules name one", required=False),
                text_field("VAT id", "tax_id", placeholder="FR40303265045", required=False),
                text_field("Amount", "amount", default="100.00"),
                text_field("Currency", "currency", default="EUR"),
                text_field("Kind of product", "tax_code", default="standard"),
                text_field("On", "on", kind="date", default=state.today),
                select_field(
                    "Tax",
                    "is_inclusive",
                    [("exclusive", "Comes on top"), ("inclusive", "Is contained")],
                    "exclusive",
                ),
                class_name="cf-tiles",
                align_items="end",
                width="100%",
            ),
            rx.button(
                "Compute", type="submit", variant="soft", high_contrast=True, margin_top="var(--space-4)"
            ),
            on_submit=state.try_taxes,
            reset_on_submit=False,
        ),
        rx.cond(
            state.answer_error != "", rx.box(error_callout(state.answer_error), margin_top="var(--space-4)")
        ),
        _answer(state),
    )


def _answer(state: Any) -> rx.Component:
    return rx.cond(
        state.answer.length() > 0,
        rx.box(
            rx.el.dl(
                rx.foreach(
                    state.answer, lambda line: rx.fragment(rx.el.dt(line.label), rx.el.dd(line.value))
                ),
                class_name="cf-facts",
                custom_attrs={"data-testid": "tax-answer"},
            ),
            rx.text(state.answer_note, size="1", color="var(--gray-11)"),
            role="status",
            margin_top="var(--space-4)",
        ),
    )


def _eu_dialog(state: Any) -> rx.Component:
    return reason_dialog(
        title="Load the EU standard VAT rates",
        effect="Enters the standard rate of each of the 27 member states, with the day it holds from and its source, "
        "where no rule named VAT is valid. Rates change: check them, and correct or end what has changed.",
        undo="Each can be corrected or ended, never deleted.",
        verb="Load 27 rates",
        is_open=state.dialog == "eu",
        on_close=state.close_dialog,
        on_submit=state.load_eu,
        error=state.dialog_error,
        is_dangerous=False,
    )


def _rule_dialog(state: Any) -> rx.Component:
    return reason_dialog(
        title="New tax rule",
        effect="Holds for invoices of its days. Rules of other names for the same place add up with it.",
        undo="Can be ended or corrected, never deleted.",
        verb="Create tax rule",
        is_open=state.dialog == "rule",
        on_close=state.close_dialog,
        on_submit=state.create,
        error=state.dialog_error,
        is_dangerous=False,
        fields=(
            rx.flex(
                text_field("Country", "country", placeholder="DE"),
                text_field("Region", "region", placeholder="The whole country", required=False),
                gap="var(--space-3)",
                width="100%",
            ),
            rx.flex(
                text_field("Name", "name", default="VAT"),
                text_field("Rate in percent", "rate", placeholder="19"),
                gap="var(--space-3)",
                width="100%",
            ),
            text_field("Kind of product, * for all", "tax_code", default="*"),
            rx.flex(
                text_field("From", "valid_from_on", kind="date", default=state.today),
                text_field("No longer from", "valid_until_on", kind="date", required=False),
                gap="var(--space-3)",
                width="100%",
            ),
            text_field("Note", "note", placeholder="The law or page it is from", required=False),
        ),
    )


def _end_dialog(state: Any) -> rx.Component:
    return reason_dialog(
        title="End " + state.chosen,
        effect="From that day on it holds no more. Issued invoices keep what they were issued with.",
        undo="The day can be moved later.",
        verb="End tax rule",
        is_open=state.dialog == "end",
        on_close=state.close_dialog,
        on_submit=state.end,
        error=state.dialog_error,
        fields=(
            text_field("First day without it", "valid_until_on", kind="date", default=state.today),
            reason_field("Which law or decision ends it?"),
        ),
    )


def _correct_dialog(state: Any) -> rx.Component:
    return reason_dialog(
        title="Correct " + state.chosen,
        effect="For a rate that was entered wrongly. One that changes by law is ended, and the new one entered.",
        undo="Can be corrected again. Issued invoices keep what they were issued with.",
        verb="Correct tax rule",
        is_open=state.dialog == "correct",
        on_close=state.close_dialog,
        on_submit=state.correct,
        error=state.dialog_error,
        fields=(
            text_field("Rate in percent", "rate", default=state.rate),
            text_field("Note", "note", default=state.rule_note, required=False),
            reason_field("What was wrong?"),
        ),
    )
