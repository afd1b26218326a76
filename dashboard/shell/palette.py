"""The palette: Ctrl/Cmd-K finds any customer, invoice or page."""

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from dashboard.shell import navigation
from dashboard.shell.guard import Mark, current, requires
from dashboard.shell.run import read
from models.accounts import find_tenants
from models.billing import InvoiceRow, find_invoices
from models.kernel.actor import Actor
from models.kernel.permissions import Permission

MAX_TEXT = 100


@dataclass(frozen=True)
class Hit:
    """One line of the palette."""

    section: str
    icon: str
    label: str
    hint: str
    href: str


class PaletteState(rx.State):
    """What was typed and what was found."""

    permission: ClassVar[Permission] = Permission.profile_write
    is_open: bool = False
    hits: list[Hit] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    nothing: str = ""

    @rx.event
    @requires(Mark.page)
    async def show(self, is_open: bool) -> None:  # noqa: FBT001 -- Radix passes the new state
        """Open with the pages, or close."""
        self.is_open = is_open
        self.nothing = ""
        self.hits = _pages(current().actor, "") if is_open else []

    @rx.event
    @requires(Mark.page)
    async def find(self, text: str) -> None:
        """Find customers, invoices and pages by what was typed."""
        typed = text.strip()[:MAX_TEXT]
        self.hits = [*_pages(current().actor, typed), *(await read(_objects, typed) if typed else [])]
        self.nothing = "" if self.hits else f"Nothing named “{typed}”."

    @rx.event
    @requires(Mark.page)
    async def leave(self) -> Any:
        """Close when something was chosen."""
        self.is_open = False


def _pages(actor: Actor, typed: str) -> list[Hit]:
    entries = [entry for group in navigation.visible(actor) for entry in group.entries]
    return [
        Hit("Go to", entry.icon, entry.label, entry.shortcut, entry.href)
        for entry in entries
        if typed.lower().removeprefix(":") in entry.label.lower()
    ]


def _objects(session: Session, actor: Actor, typed: str) -> list[Hit]:
    hits: list[Hit] = []
    if actor.may(Permission.invoices_read):
        hits += [_invoice(row) for row in find_invoices(session, actor, typed)]
    if actor.may(Permission.customers_read):
        words = typed.removeprefix("@")
        hits += [_customer(*found) for found in find_tenants(session, actor, words)]
    return hits


def _invoice(row: InvoiceRow) -> Hit:
    return Hit(
        "Invoices",
        "receipt-text",
        row.number,
        f"{row.customer} · {row.status}",
        f"/billing/invoices/{row.id}",
    )


def _customer(identifier: UUID, name: str, reference: str, status: str) -> Hit:
    return Hit("Customers", "building-2", name, f"{reference} · {status}", f"/customers/{identifier}")


def palette_button() -> rx.Component:
    """The search field of the header, which opens the palette."""
    return rx.button(
        rx.icon("search", size=16),
        rx.text("Search", as_="span"),
        rx.el.span(
            rx.code("Ctrl K", size="2", color_scheme="gray", variant="ghost"), class_name="cf-only-wide"
        ),
        on_click=PaletteState.show(True),  # noqa: FBT003 -- what Radix would pass
        variant="surface",
        color_scheme="gray",
        high_contrast=True,
        custom_attrs={"data-palette-open": "true"},
    )


def palette() -> rx.Component:
    """The dialog; arrows walk the hits, Enter opens."""
    return rx.dialog.root(
        rx.dialog.content(
            rx.dialog.title("Find anything", class_name="cf-visually-hidden"),
            rx.dialog.description("Customers, invoices and pages", class_name="cf-visually-hidden"),
            rx.input(
                rx.input.slot(rx.icon("search", size=16)),
                placeholder="Customer, invoice number or page",
                on_change=PaletteState.find.debounce(120),
                auto_focus=True,
                size="3",
                aria_label="Customer, invoice number or page",
                custom_attrs={"data-palette-input": "true"},
            ),
            rx.box(
                rx.foreach(PaletteState.hits, _hit),
                rx.cond(
                    PaletteState.nothing != "",
                    rx.text(PaletteState.nothing, color="var(--gray-11)", padding="var(--space-3)"),
                ),
                margin_top="var(--space-3)",
                max_height="60vh",
                overflow_y="auto",
                aria_live="polite",
            ),
            max_width="640px",
        ),
        open=PaletteState.is_open,
        on_open_change=PaletteState.show,
    )


def _hit(hit: rx.Var[Hit]) -> rx.Component:
    return rx.link(
        rx.icon(hit.icon, size=16, aria_hidden="true"),
        rx.text(hit.label, as_="span", weight="medium"),
        rx.text(hit.hint, as_="span", size="1", color="var(--gray-11)"),
        rx.spacer(),
        rx.text(hit.section, as_="span", size="1", color="var(--gray-11)"),
        href=hit.href,
        on_click=PaletteState.leave,
        class_name="cf-palette-item",
        custom_attrs={"data-palette-item": "true"},
    )
