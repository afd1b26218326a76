"""The preview of what moves money: a sentence, lines that explain themselves, totals, and what comes next."""

from dataclasses import dataclass, field
from typing import Any

import reflex as rx

from dashboard.components.dialogs import error_callout
from dashboard.components.views import Change


@dataclass(frozen=True, slots=True)
class LineView:
    """A line of an invoice that may come, with how its amount comes about."""

    description: str
    period: str
    quantity: str
    amount: str
    why: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class TotalView:
    """One figure under the lines."""

    label: str
    amount: str
    is_main: bool = False


@dataclass(frozen=True, slots=True)
class BillView:
    """An invoice that may come: when, what it comes to, its lines and totals."""

    title: str
    amount: str = ""
    note: str = ""
    lines: list[LineView] = field(default_factory=list)
    totals: list[TotalView] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PreviewView:
    """What a change would do; `verb` is the button that does exactly this, `done` says it is done."""

    sentence: str = ""
    verb: str = ""
    done: str = ""
    undo: str = ""
    holds: str = ""
    changes: list[Change] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    now: BillView = field(default_factory=lambda: BillView(""))
    following: BillView = field(default_factory=lambda: BillView(""))


def preview_pane(preview: rx.Var[PreviewView], error: Any, was: Any) -> rx.Component:
    """The right pane of a dialog: the effect, or why there is none."""
    return rx.vstack(
        rx.cond(was.length() > 0, _was_now(was)),
        rx.cond(
            error != "",
            error_callout(error),
            rx.vstack(
                rx.text(
                    preview.sentence, size="3", weight="medium", custom_attrs={"data-testid": "sentence"}
                ),
                rx.foreach(preview.notes, lambda note: rx.text(note, size="2", color="var(--gray-11)")),
                rx.cond(preview.changes.length() > 0, change_table(preview.changes)),
                rx.cond(preview.now.title != "", bill(preview.now)),
                rx.cond(preview.following.title != "", bill(preview.following)),
                spacing="4",
                width="100%",
            ),
        ),
        spacing="3",
        width="100%",
        aria_live="polite",
        custom_attrs={"data-testid": "preview"},
    )


def _was_now(was: Any) -> rx.Component:
    return rx.callout.root(
        rx.callout.icon(rx.icon("triangle-alert", size=16)),
        rx.box(
            rx.text("The amounts have changed since. Look at them, then confirm again.", size="2"),
            rx.el.dl(rx.foreach(was, _difference), class_name="cf-facts"),
        ),
        color_scheme="amber",
        variant="soft",
        high_contrast=True,
        role="alert",
        width="100%",
    )


def _difference(change: rx.Var[Change]) -> rx.Component:
    return rx.fragment(rx.el.dt(change.field), rx.el.dd("was ", change.before, " \u2192 now ", change.after))


def change_table(changes: Any) -> rx.Component:
    """What differs, before and after."""
    return rx.el.dl(
        rx.foreach(
            changes,
            lambda each: rx.fragment(
                rx.el.dt(each.field), rx.el.dd(each.before, " \u2192 ", rx.el.strong(each.after))
            ),
        ),
        class_name="cf-facts",
        custom_attrs={"data-testid": "changes"},
    )


def bill(shown: rx.Var[BillView]) -> rx.Component:
    """An invoice that may come, in a frame of its own."""
    return rx.box(
        rx.flex(
            rx.text(shown.title, size="2", weight="medium", as_="div"),
            rx.text(shown.amount, size="2", weight="medium", as_="div"),
            justify="between",
            gap="var(--space-3)",
            width="100%",
        ),
        rx.cond(shown.note != "", rx.text(shown.note, size="1", color="var(--gray-11)")),
        rx.el.ul(rx.foreach(shown.lines, bill_line), class_name="cf-bill-lines"),
        rx.el.dl(rx.foreach(shown.totals, bill_total), class_name="cf-totals"),
        class_name="cf-bill",
        width="100%",
    )


def bill_line(line: rx.Var[LineView]) -> rx.Component:
    """A line with its period, amount and why."""
    return rx.el.li(
        rx.box(
            rx.text(
                line.description,
                rx.cond(line.why.length() > 0, why_button(line.description, line.why)),
                size="2",
                as_="div",
            ),
            rx.text(line.quantity, " \u00b7 ", line.period, size="1", color="var(--gray-11)", as_="div"),
        ),
        rx.text(line.amount, size="2", as_="div", class_name="cf-num"),
    )


def why_button(what: Any, why: Any, check: Any = "") -> rx.Component:
    """A small question mark that opens how a figure came about, and what computing it again gave."""
    return rx.popover.root(
        rx.popover.trigger(
            rx.icon_button(
                rx.icon("circle-help", size=14),
                aria_label="Why this amount? " + what,
                type="button",
                variant="ghost",
                color_scheme="gray",
                high_contrast=True,
                size="1",
                margin_left="var(--space-2)",
            )
        ),
        rx.popover.content(
            rx.text("How this was computed", size="2", weight="medium", as_="div"),
            rx.el.ol(rx.foreach(why, rx.el.li), class_name="cf-why", custom_attrs={"data-testid": "why"}),
            rx.cond(check != "", rx.text(check, size="1", color="var(--gray-11)")),
            max_width="460px",
            custom_attrs={"aria-label": "How this was computed"},
        ),
    )


def bill_total(total: rx.Var[TotalView]) -> rx.Component:
    """One figure under the lines."""
    weight = rx.cond(total.is_main, "bold", "regular")
    return rx.fragment(
        rx.el.dt(rx.text(total.label, size="2", weight=weight)),
        rx.el.dd(rx.text(total.amount, size="2", weight=weight)),
    )
