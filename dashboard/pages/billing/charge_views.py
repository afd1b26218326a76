"""A charge, a refund and a round of attempts as pages of billing show them."""

from dataclasses import dataclass
from typing import Any

import reflex as rx

from dashboard.components.data_table import plain_table
from dashboard.components.feedback import empty_state
from dashboard.shell.formats import relative_instant
from dashboard.shell.theme import TONES, tone
from models.kernel.actor import Actor
from models.kernel.listing import show_instant
from models.kernel.money import Money
from models.payments import CAUSES, CHARGES, CLASSES, MOVES, ChargeCause, ChargeRow, DeclineClass, RefundRow


@dataclass(frozen=True)
class ChargeView:
    """One charge as shown; `move` is who does something next, in words."""

    id: str
    href: str
    when: str
    exact: str
    amount: str
    badge: str
    tone: str
    flag: str
    flag_tone: str
    method: str
    sentence: str
    decline: str
    move: str
    cause: str
    is_here: bool


@dataclass(frozen=True)
class RefundView:
    """One refund as shown."""

    id: str
    when: str
    exact: str
    amount: str
    badge: str
    tone: str
    credit_note: str
    credit_note_href: str
    reason: str
    sentence: str
    vendor_id: str
    can_retry: bool


def charge_view(row: ChargeRow, reader: Actor, *, is_here: bool = False) -> ChargeView:
    """The row in the reader's words."""
    flag, role = row.flag
    class_words = CLASSES[DeclineClass(row.decline_class)] if row.decline_class else ""
    mover = MOVES[row.move]
    return ChargeView(
        str(row.id),
        f"/billing/charges/{row.id}",
        relative_instant(row.created_at),
        show_instant(row.created_at, reader.locale, reader.time_zone),
        Money(row.amount_minor, row.currency).format(reader.locale),
        CHARGES.labels[row.standing],
        tone("charges", row.standing),
        flag,
        TONES.get(role, "red"),
        row.method,
        row.sentence,
        " \u00b7 ".join(part for part in (row.decline_code, class_words) if part),
        f"{mover} next" if mover else "",
        CAUSES[ChargeCause(row.cause)],
        is_here,
    )


def refund_view(row: RefundRow, reader: Actor) -> RefundView:
    """The row in the reader's words."""
    return RefundView(
        str(row.id),
        relative_instant(row.created_at),
        show_instant(row.created_at, reader.locale, reader.time_zone),
        Money(row.amount_minor, row.currency).format(reader.locale),
        row.status.capitalize(),
        tone("refunds", row.status),
        row.credit_note,
        f"/billing/credit-notes/{row.credit_note_id}",
        row.reason,
        row.sentence or "\u2014",
        row.vendor_id or "",
        row.status == "failed",
    )


def charge_line(charges: Any, *, nothing: str) -> rx.Component:
    """Attempts on a time line: what was tried, with what, and what became of it."""
    return rx.cond(
        charges.length() > 0,
        rx.el.ol(
            rx.foreach(charges, _attempt),
            class_name="cf-timeline",
            aria_label="Charges",
            custom_attrs={"data-testid": "charges"},
        ),
        empty_state("zap", "Nothing was charged yet.", nothing),
    )


def _attempt(charge: rx.Var[ChargeView]) -> rx.Component:
    return rx.el.li(
        rx.icon("zap", size=16, color="var(--gray-11)", aria_hidden="true"),
        rx.box(
            rx.flex(
                rx.cond(
                    charge.is_here,
                    rx.text(charge.amount, size="2", weight="medium", as_="span"),
                    rx.link(charge.amount, href=charge.href, size="2", weight="medium"),
                ),
                rx.badge(charge.badge, color_scheme=charge.tone, variant="soft", high_contrast=True),
                rx.cond(
                    charge.flag != "",
                    rx.badge(charge.flag, color_scheme=charge.flag_tone, variant="soft", high_contrast=True),
                ),
                rx.text(charge.method, size="2", as_="span"),
                rx.text(rx.el.time(charge.when, title=charge.exact), size="2", color="var(--gray-11)"),
                gap="var(--space-2)",
                wrap="wrap",
                align="center",
            ),
            rx.cond(charge.sentence != "", rx.text(charge.sentence, size="2")),
            rx.text(
                charge.cause,
                rx.cond(charge.move != "", rx.fragment(" \u00b7 ", charge.move)),
                rx.cond(charge.decline != "", rx.fragment(" \u00b7 ", charge.decline)),
                size="1",
                color="var(--gray-11)",
            ),
        ),
    )


def refund_table(refunds: Any, on_retry: Any) -> rx.Component:
    """What went back, with the way to send a failed one again."""
    return rx.cond(
        refunds.length() > 0,
        plain_table(
            ["Asked", "Amount", "Status", "Credit note", "Reason", "What happened", ""],
            rx.foreach(refunds, lambda each: _refund(each, on_retry)),
            caption="Refunds",
            numeric=(1,),
        ),
        empty_state("rotate-ccw", "Nothing went back.", "Refund gives back all or part of this charge."),
    )


def _refund(refund: rx.Var[RefundView], on_retry: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.td(rx.el.time(refund.when, title=refund.exact)),
        rx.el.td(refund.amount, class_name="cf-num"),
        rx.el.td(rx.badge(refund.badge, color_scheme=refund.tone, variant="soft", high_contrast=True)),
        rx.el.td(rx.link(refund.credit_note, href=refund.credit_note_href)),
        rx.el.td(refund.reason, title=refund.reason),
        rx.el.td(refund.sentence, title=refund.sentence),
        rx.el.td(
            rx.cond(
                refund.can_retry,
                rx.button(
                    "Send again",
                    aria_label="Send " + refund.amount + " again",
                    on_click=on_retry(refund.id),
                    size="1",
                    variant="soft",
                    high_contrast=True,
                ),
            )
        ),
    )
