"""How a request looks."""

from typing import Any

import reflex as rx

from dashboard.components.data_table import plain_table
from dashboard.components.detail import section
from dashboard.components.detail_page import detail_page
from dashboard.components.dialogs import action_button, reason_dialog, reason_field, text_field
from dashboard.pages.approvals.approval_data import FactView, SimilarView


def body(state: Any) -> rx.Component:
    """The page of a request."""
    return detail_page(
        state,
        noun="request",
        list_label="Approvals",
        list_href="/approvals",
        first_tab=_request(state),
        tabs={},
        actions=(_actions(state),),
        dialogs=(_approve_dialog(state), _reject_dialog(state), _withdraw_dialog(state)),
    )


def _actions(state: Any) -> rx.Component:
    """Whoever asked takes back, reminds, asks anew; everybody else decides."""
    own = (
        action_button("Withdraw", "undo-2", state.ask("withdraw"), refusal=state.own_refusal),
        rx.cond(
            state.is_stale,
            action_button("Ask again", "refresh-cw", state.renew, is_main=True),
            action_button("Remind", "bell", state.remind, refusal=state.own_refusal),
        ),
    )
    others = (
        action_button("Reject", "x", state.ask("reject"), refusal=state.reject_refusal, key="r"),
        action_button(
            "Approve", "check", state.ask("approve"), refusal=state.approve_refusal, is_main=True, key="a"
        ),
    )
    return rx.cond(state.is_open, rx.cond(state.is_own, rx.fragment(*own), rx.fragment(*others)))


def _request(state: Any) -> rx.Component:
    return rx.vstack(
        _callouts(state),
        section(
            rx.cond(state.is_open, "What will be done", "What was asked for"),
            rx.text(state.sentence, size="2", margin_bottom="var(--space-3)"),
            plain_table(
                ["", "When asked", "Afterwards"],
                rx.foreach(state.lines, _line),
                caption="What will be done",
                numeric=(1, 2),
            ),
        ),
        section(
            "Why a second person",
            rx.el.ul(
                rx.foreach(state.policy, lambda each: rx.el.li(rx.text(each, size="2", as_="span"))),
                class_name="cf-why",
                custom_attrs={"data-testid": "policy"},
            ),
        ),
        section("Similar requests, 90 days", _similar(state)),
        spacing="4",
        width="100%",
    )


def _callouts(state: Any) -> rx.Component:
    """What stands in the way of a yes, first of all."""
    return rx.fragment(
        rx.cond(
            state.is_open & (state.error != ""),
            _callout("Approved, but it could not be carried out: " + state.error, "red"),
        ),
        rx.cond(
            state.is_open & (state.impossible != ""),
            _callout("It cannot be carried out now: " + state.impossible, "amber"),
            rx.cond(state.is_stale, _stale(state)),
        ),
        rx.cond(
            state.is_open & state.is_own,
            _callout("You asked for this, so somebody else decides.", "violet"),
        ),
    )


def _stale(state: Any) -> rx.Component:
    return rx.callout.root(
        rx.callout.icon(rx.icon("triangle-alert", size=16)),
        rx.box(
            rx.text(
                "It has changed since it was asked for, so it cannot be approved. ",
                state.requester,
                " can ask again with a new preview.",
                size="2",
            ),
            rx.el.dl(rx.foreach(state.changes, _change), class_name="cf-facts"),
        ),
        color_scheme="amber",
        variant="soft",
        high_contrast=True,
        role="alert",
        width="100%",
        custom_attrs={"data-testid": "stale"},
    )


def _change(change: rx.Var[FactView]) -> rx.Component:
    return rx.fragment(rx.el.dt(change.label), rx.el.dd("was ", change.before, " \u2192 now ", change.after))


def _callout(words: Any, colour: str) -> rx.Component:
    return rx.callout(
        words,
        icon="info",
        color_scheme=colour,
        variant="soft",
        high_contrast=True,
        width="100%",
    )


def _line(line: rx.Var[FactView]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(line.label),
        rx.el.td(line.before, class_name="cf-num"),
        rx.el.td(rx.el.strong(line.after), class_name="cf-num"),
    )


def _similar(state: Any) -> rx.Component:
    return rx.cond(
        state.similar.length() > 0,
        plain_table(
            ["Request", "Status", "Requested by", "Asked", "Amount"],
            rx.foreach(state.similar, _similar_row),
            caption="Similar requests",
            numeric=(4,),
        ),
        rx.text("None of this customer, and none of whoever asked.", size="2", color="var(--gray-11)"),
    )


def _similar_row(row: rx.Var[SimilarView]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(rx.link(row.title, href=row.href)),
        rx.el.td(rx.badge(row.status, color_scheme=row.tone, variant="soft", high_contrast=True)),
        rx.el.td(row.requester),
        rx.el.td(rx.el.time(row.when, title=row.exact)),
        rx.el.td(row.amount, class_name="cf-num"),
    )


def _approve_dialog(state: Any) -> rx.Component:
    return reason_dialog(
        title="Approve: " + state.title,
        effect="It is carried out at once, on behalf of " + state.requester + ". " + state.sentence,
        undo="You stand on the timeline as the one who did it.",
        verb="Approve " + state.figure,
        is_open=state.dialog == "approve",
        on_close=state.close_dialog,
        on_submit=state.approve,
        error=state.dialog_error,
        is_dangerous=False,
    )


def _reject_dialog(state: Any) -> rx.Component:
    return reason_dialog(
        title="Reject: " + state.title,
        effect="Nothing is done. " + state.requester + " reads your reason and can ask anew.",
        undo="Cannot be undone. It can be asked for again.",
        verb="Reject request",
        is_open=state.dialog == "reject",
        on_close=state.close_dialog,
        on_submit=state.reject,
        error=state.dialog_error,
        fields=(reason_field("What should happen instead?"),),
    )


def _withdraw_dialog(state: Any) -> rx.Component:
    return reason_dialog(
        title="Withdraw: " + state.title,
        effect="Nobody has to decide any more, and nothing is done.",
        undo="It can be asked for again.",
        verb="Withdraw request",
        is_open=state.dialog == "withdraw",
        on_close=state.close_dialog,
        on_submit=state.withdraw,
        error=state.dialog_error,
        is_dangerous=False,
        fields=(text_field("Note", "note", placeholder="Why it is not needed", required=False),),
    )
