"""How the form of a new invoice looks."""

from typing import Any

import reflex as rx

from dashboard.components.data_table import plain_table
from dashboard.components.detail import section
from dashboard.components.dialogs import error_callout
from dashboard.pages.billing.new_invoice_data import Hit, PaperLine, PriceChoice, Row


def body(state: Any) -> rx.Component:
    """Customer, lines and terms; the draft they make beside them."""
    return rx.vstack(
        rx.el.nav(rx.link("Invoices", href="/billing/invoices", size="2"), aria_label="Breadcrumb"),
        rx.heading("New invoice", size="5", as_="h1"),
        rx.text("A draft by hand. Somebody else approves it before it is issued.", size="2"),
        rx.box(
            rx.vstack(
                section("Customer", _customer(state)),
                section("Lines", _lines(state)),
                section("Terms", _terms(state)),
                spacing="4",
                width="100%",
                min_width="0",
            ),
            _paper(state),
            class_name="cf-detail",
            width="100%",
        ),
        spacing="4",
        width="100%",
    )


def _customer(state: Any) -> rx.Component:
    return rx.vstack(
        rx.cond(state.customer != "", rx.text(state.customer, size="3", weight="medium")),
        rx.input(
            rx.input.slot(rx.icon("search", size=16)),
            value=state.search,
            on_change=state.find,
            placeholder="Name, reference or e-mail",
            aria_label="Find a customer",
            width="100%",
        ),
        rx.foreach(state.hits, lambda hit: _hit(hit, state)),
        width="100%",
        spacing="2",
    )


def _hit(hit: rx.Var[Hit], state: Any) -> rx.Component:
    return rx.button(
        hit.label,
        on_click=state.choose(hit.id),
        variant="soft",
        color_scheme="gray",
        high_contrast=True,
        size="1",
    )


def _lines(state: Any) -> rx.Component:
    return rx.vstack(
        rx.foreach(state.rows, lambda row: _row(row, state)),
        rx.hstack(
            rx.button(
                rx.icon("plus", size=16),
                "Add line",
                on_click=state.add_row(""),
                variant="soft",
                color_scheme="gray",
                high_contrast=True,
            ),
            rx.cond(
                state.prices.length() > 0,
                rx.menu.root(
                    rx.menu.trigger(
                        rx.button(
                            "From the catalogue", variant="soft", color_scheme="gray", high_contrast=True
                        )
                    ),
                    rx.menu.content(rx.foreach(state.prices, lambda each: _price(each, state))),
                ),
            ),
            wrap="wrap",
        ),
        width="100%",
    )


def _price(price: rx.Var[PriceChoice], state: Any) -> rx.Component:
    return rx.menu.item(price.label, on_select=state.add_row(price.id))


def _row(row: rx.Var[Row], state: Any) -> rx.Component:
    return rx.flex(
        _cell(row, state, "Description", "description", row.description, "280px"),
        _cell(row, state, "Quantity", "quantity", row.quantity, "100px"),
        rx.cond(
            row.price_id != "",
            rx.el.label(
                rx.text("Unit price", size="2", weight="medium", as_="div"),
                rx.input(value=row.unit_amount, read_only=True, width="130px"),
            ),
            _cell(row, state, "Unit price", "unit_amount", row.unit_amount, "130px"),
        ),
        rx.icon_button(
            rx.icon("x", size=16),
            aria_label="Take this line out",
            on_click=state.drop_row(row.id),
            variant="ghost",
            color_scheme="gray",
            high_contrast=True,
        ),
        gap="var(--space-3)",
        align="end",
        wrap="wrap",
        width="100%",
    )


def _cell(row: rx.Var[Row], state: Any, label: str, name: str, value: Any, width: str) -> rx.Component:
    return rx.el.label(
        rx.text(label, size="2", weight="medium", as_="div"),
        rx.input(value=value, on_change=state.type_cell(row.id, name), width=width, max_width="100%"),
    )


def _terms(state: Any) -> rx.Component:
    fields = (
        ("Currency", "currency", state.currency, "EUR"),
        ("Days to pay", "terms", state.terms, "The customer's"),
        ("Note on the invoice", "memo", state.memo, ""),
    )
    return rx.flex(
        *[
            rx.el.label(
                rx.text(label, size="2", weight="medium", as_="div"),
                rx.input(value=value, on_change=state.type_text(name), placeholder=hint),
            )
            for label, name, value, hint in fields
        ],
        gap="var(--space-3)",
        wrap="wrap",
    )


def _paper(state: Any) -> rx.Component:
    paper = state.paper
    return rx.vstack(
        section(
            "The draft",
            rx.cond(
                paper.total != "",
                rx.vstack(
                    plain_table(
                        ["Line", "Tax", "Amount"],
                        rx.foreach(paper.lines, _paper_line),
                        caption="Preview",
                        numeric=(1, 2),
                    ),
                    rx.el.dl(
                        rx.el.dt("Subtotal"),
                        rx.el.dd(paper.subtotal),
                        rx.el.dt("Tax"),
                        rx.el.dd(paper.tax),
                        rx.el.dt("Total"),
                        rx.el.dd(rx.el.strong(paper.total, custom_attrs={"data-testid": "total"})),
                        rx.el.dt("Due, if issued today"),
                        rx.el.dd(paper.due),
                        class_name="cf-facts",
                    ),
                    rx.cond(paper.note != "", rx.text(paper.note, size="1", color="var(--gray-11)")),
                    width="100%",
                ),
                rx.text("Choose a customer and write a line.", size="2", color="var(--gray-11)"),
            ),
        ),
        rx.cond(state.error != "", error_callout(state.error)),
        rx.button(
            "Make draft", on_click=state.create, disabled=paper.total == "", high_contrast=True, width="100%"
        ),
        width="100%",
    )


def _paper_line(line: rx.Var[PaperLine]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(line.description),
        rx.el.td(line.tax, class_name="cf-num"),
        rx.el.td(line.amount, class_name="cf-num"),
    )
