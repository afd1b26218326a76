"""The table of every list: sorted by its heads, one line a row, a card on a phone."""

from typing import Any

import reflex as rx

from dashboard.components.views import Cell, Head, RowView


def data_table(state: Any, *, caption: str) -> rx.Component:
    """Rows of a `ListState`, with checkboxes."""
    return rx.box(
        rx.el.table(
            rx.el.caption(caption, class_name="cf-visually-hidden"),
            rx.el.thead(
                rx.el.tr(
                    rx.el.th(
                        rx.checkbox(
                            checked=state.selected.length() > 0,
                            on_change=lambda _checked: state.toggle_all(),
                            aria_label="Select all rows shown",
                        ),
                        width="40px",
                        class_name="cf-check",
                    ),
                    rx.foreach(state.heads, _head),
                )
            ),
            rx.el.tbody(rx.foreach(state.rows, lambda row: _row(row, state))),
        ),
        class_name="cf-table cf-cards",
        custom_attrs={"data-testid": "rows"},
    )


def plain_table(
    heads: list[str], body: rx.Component, *, caption: str, numeric: tuple[int, ...] = ()
) -> rx.Component:
    """A small table inside a page; `numeric` names the columns that are set right."""
    return rx.box(
        rx.el.table(
            rx.el.caption(caption, class_name="cf-visually-hidden"),
            rx.el.thead(
                rx.el.tr(
                    *[
                        rx.el.th(
                            head or rx.el.span("Actions", class_name="cf-visually-hidden"),
                            scope="col",
                            class_name="cf-num" if index in numeric else "",
                        )
                        for index, head in enumerate(heads)
                    ]
                )
            ),
            rx.el.tbody(body),
        ),
        class_name="cf-table",
    )


def _head(head: rx.Var[Head]) -> rx.Component:
    return rx.el.th(
        rx.cond(
            head.href != "",
            rx.link(
                head.label,
                rx.match(
                    head.direction,
                    ("asc", rx.icon("arrow-up", size=14, aria_hidden="true")),
                    ("desc", rx.icon("arrow-down", size=14, aria_hidden="true")),
                    rx.fragment(),
                ),
                rx.cond(head.is_second, rx.el.span("2", class_name="cf-second", title="Second order")),
                href=head.href,
                size="1",
            ),
            head.label,
        ),
        # Its width is dragged here; the columns menu does the same by keyboard.
        rx.el.span(class_name="cf-resize", aria_hidden="true", custom_attrs={"data-resize": head.key}),
        scope="col",
        aria_sort=head.aria,
        class_name=rx.cond(head.is_number, "cf-num", ""),
    )


def _row(row: rx.Var[RowView], state: Any) -> rx.Component:
    is_selected = state.selected.contains(row.id)
    return rx.el.tr(
        rx.el.td(
            rx.checkbox(
                checked=is_selected,
                on_change=lambda _checked: state.toggle(row.id),
                aria_label="Select " + row.label,
            ),
            class_name="cf-check",
        ),
        rx.foreach(row.cells, table_cell),
        tab_index=-1,
        custom_attrs={"data-row": row.id, "data-selected": rx.cond(is_selected, "true", "false")},
    )


def table_cell(cell: rx.Var[Cell]) -> rx.Component:
    """One cell, drawn by its kind."""
    return rx.el.td(
        rx.match(
            cell.kind,
            (
                "link",
                rx.cond(cell.href, rx.link(cell.text, href=cell.href, title=cell.title), cell.text),
            ),
            ("badge", _badge(cell)),
            ("money", rx.fragment(cell.text, rx.el.span(cell.code, class_name="cf-currency"))),
            ("code", rx.cond(cell.text != "", rx.code(cell.text, size="2", title=cell.title), "")),
            rx.el.span(cell.text, title=cell.title),
        ),
        class_name=rx.match(cell.kind, ("money", "cf-num"), ("number", "cf-num"), ""),
    )


def _badge(cell: rx.Var[Cell]) -> rx.Component:
    return rx.fragment(
        rx.badge(cell.text, color_scheme=cell.tone, variant="soft", high_contrast=True),
        rx.cond(
            cell.note,
            rx.badge(
                cell.note,
                color_scheme=rx.cond(cell.note_tone, cell.note_tone, "red"),
                variant="soft",
                high_contrast=True,
                class_name="cf-note",
            ),
        ),
    )
