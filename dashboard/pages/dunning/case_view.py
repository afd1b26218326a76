"""How one case looks: one vertical line through past and future, and the dialogs."""

from typing import Any

import reflex as rx

from dashboard.components.detail import section
from dashboard.components.detail_page import detail_page
from dashboard.components.dialogs import action_button, reason_dialog, reason_field, text_field
from dashboard.pages.dunning.act_forms import FORMS, act_fields
from dashboard.pages.dunning.case_data import PointView
from models.dunning import CaseAct

MENU = (CaseAct.grace, CaseAct.skip, CaseAct.own, CaseAct.task_done, CaseAct.write_off, CaseAct.stop)


def body(state: Any) -> rx.Component:
    """Everything about the case."""
    return detail_page(
        state,
        noun="case",
        list_label="Dunning",
        list_href="/billing/dunning",
        first_tab=_line(state),
        tabs={},
        actions=(rx.cond(state.can_act, _actions(state)),),
        dialogs=(_act_dialog(state), _promise_dialog(state), _move_dialog(state)),
    )


def _actions(state: Any) -> rx.Component:
    return rx.fragment(
        action_button("Try now", "zap", state.ask_act(CaseAct.retry.value), is_main=True),
        rx.cond(
            state.is_resting,
            action_button("Resume", "play", state.ask_act(CaseAct.resume.value)),
            action_button("Pause", "pause", state.ask_act(CaseAct.pause.value)),
        ),
        action_button("Promise to pay", "handshake", state.ask_promise),
        rx.menu.root(
            rx.menu.trigger(
                rx.icon_button(
                    rx.icon("ellipsis", size=16),
                    aria_label="More actions",
                    variant="soft",
                    color_scheme="gray",
                    high_contrast=True,
                )
            ),
            rx.menu.content(
                rx.menu.item(rx.icon("shuffle", size=14), "Change campaign", on_select=state.ask_move),
                *[
                    rx.menu.item(
                        rx.icon(FORMS[act].icon, size=14),
                        FORMS[act].label,
                        on_select=state.ask_act(act.value),
                        color="red" if FORMS[act].is_dangerous else "gray",
                    )
                    for act in MENU
                ],
            ),
        ),
    )


def _line(state: Any) -> rx.Component:
    return rx.vstack(
        rx.cond(
            state.person_why != "",
            rx.callout(
                state.person_why, icon="user-round", color_scheme="red", high_contrast=True, width="100%"
            ),
        ),
        section(
            "Steps",
            rx.el.ol(
                rx.foreach(state.points, _point), class_name="cf-line", custom_attrs={"data-testid": "line"}
            ),
            rx.cond(state.assumption != "", rx.text(state.assumption, size="1", color="var(--gray-11)")),
        ),
        width="100%",
        spacing="4",
    )


def _point(point: rx.Var[PointView]) -> rx.Component:
    return rx.el.li(
        rx.el.span(rx.icon(tag=point.icon, size=14, aria_hidden="true"), class_name="cf-line-mark"),
        rx.box(
            rx.flex(
                rx.text(point.title, size="2", weight="medium", as_="span"),
                rx.cond(
                    point.badge != "",
                    rx.badge(point.badge, color_scheme=point.tone, variant="soft", high_contrast=True),
                ),
                rx.spacer(),
                rx.el.time(point.exact, title=point.when, class_name="cf-currency"),
                gap="var(--space-2)",
                wrap="wrap",
                align="center",
                width="100%",
            ),
            rx.text(point.why, size="2", color="var(--gray-11)"),
            rx.cond(
                point.template != "",
                rx.text("Template: ", point.template, size="1", color="var(--gray-11)"),
            ),
        ),
        key=point.key,
        custom_attrs={"data-phase": point.phase},
    )


def _act_dialog(state: Any) -> rx.Component:
    return reason_dialog(
        title=rx.cond(state.act == "try", "Try now", state.verb),
        effect=state.effect,
        undo=state.undo,
        verb=state.verb,
        is_open=state.dialog == "act",
        on_close=state.close_dialog,
        on_submit=state.submit_act,
        error=state.dialog_error,
        fields=act_fields(state),
        is_dangerous=False,
    )


def _promise_dialog(state: Any) -> rx.Component:
    return reason_dialog(
        title="Promise to pay",
        effect="Nothing happens until 8:00 of the morning after. Without the money the case goes on and a person is called.",
        undo="Can be undone with Resume.",
        verb="Note the promise",
        is_open=state.dialog == "promise",
        on_close=state.close_dialog,
        on_submit=state.promise,
        error=state.dialog_error,
        is_dangerous=False,
        fields=(
            text_field("Promised for", "on", kind="date", default=state.first_day),
            text_field("Amount", "amount", placeholder="All that is due", required=False),
            text_field("Note", "reason", placeholder="Who promised, and how", required=False),
        ),
    )


def _move_dialog(state: Any) -> rx.Component:
    return reason_dialog(
        title="Change campaign",
        effect=rx.cond(
            state.moved != "",
            state.moved,
            "Steps whose day has passed count as taken; tries that were used stay used.",
        ),
        undo="Can be moved back.",
        verb=rx.cond(state.moved != "", "Change campaign", "Show what happens"),
        is_open=state.dialog == "move",
        on_close=state.close_dialog,
        on_submit=state.move,
        error=state.dialog_error,
        is_dangerous=False,
        fields=(
            rx.el.label(
                rx.text("Campaign", size="2", weight="medium", as_="div"),
                rx.el.select(
                    rx.foreach(state.campaigns, lambda each: rx.el.option(each.name, value=each.id)),
                    name="campaign",
                    class_name="cf-select",
                    on_change=state.choose_campaign,
                ),
                width="100%",
            ),
            reason_field("Why another campaign?"),
        ),
    )
