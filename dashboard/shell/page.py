"""The frame around every page, and the decorator that registers one."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from dashboard.components.native import native_form
from dashboard.shell import navigation
from dashboard.shell.banner import payments_line
from dashboard.shell.palette import palette, palette_button
from dashboard.shell.state import NavEntry, NavGroup, ShellState

PRODUCT = "ClientForge Ops"


def page(
    route: str, title: str, on_load: Any
) -> Callable[[Callable[[], rx.Component]], Callable[[], rx.Component]]:
    """Register a page of signed-in staff: frame, title, and the guarded handlers that fill it."""

    def register(body: Callable[[], rx.Component]) -> Callable[[], rx.Component]:
        def framed() -> rx.Component:
            return frame(body())

        framed.__name__ = body.__name__
        framed.__module__ = body.__module__
        loads = on_load if isinstance(on_load, list) else [on_load]
        rx.page(route, title=f"{title} · {PRODUCT}", on_load=[ShellState.load, *loads])(framed)
        return body

    return register


def frame(body: rx.Component) -> rx.Component:
    """Navigation, header and the page; a refusal stands in the page's place."""
    return rx.box(
        rx.el.a("Skip to content", href="#content", class_name="cf-skip"),
        rx.box(
            _navigation(),
            rx.box(
                payments_line(),
                _header(),
                rx.el.main(
                    rx.cond(ShellState.is_denied, _denied(), body),
                    id="content",
                    tab_index=-1,
                    class_name="cf-main",
                ),
                min_width="0",
            ),
            class_name="cf-frame",
        ),
        native_form(rx.fragment(), action="/api/auth/sign-out", id="sign-out"),
        palette(),
        _shortcuts(),
        id="frame",
    )


def _navigation() -> rx.Component:
    return rx.el.nav(
        rx.hstack(
            rx.icon("anvil", size=18, aria_hidden="true"),
            rx.text(PRODUCT, weight="bold", size="2", class_name="cf-label"),
            padding="var(--space-2)",
            align="center",
        ),
        rx.foreach(ShellState.groups, _group),
        class_name="cf-nav",
        aria_label="Main",
    )


def _group(group: rx.Var[NavGroup]) -> rx.Component:
    return rx.box(
        rx.cond(
            group.label != "",
            rx.text(
                group.label,
                size="1",
                weight="medium",
                color="var(--gray-11)",
                class_name="cf-label",
                padding="var(--space-4) var(--space-2) var(--space-1)",
            ),
        ),
        rx.foreach(group.links, _entry),
    )


def _entry(entry: rx.Var[NavEntry]) -> rx.Component:
    return rx.link(
        rx.icon(entry.icon, size=16, aria_hidden="true"),
        rx.el.span(entry.label, class_name="cf-label"),
        rx.cond(
            entry.count != "",
            rx.badge(
                entry.count,
                color_scheme="violet",
                variant="soft",
                high_contrast=True,
                class_name="cf-nav-count",
                aria_label=entry.count + " waiting for you",
            ),
        ),
        href=entry.href,
        aria_current=rx.cond(entry.is_current, "page", "false"),
        custom_attrs={"data-go": entry.shortcut, "title": entry.label},
    )


def _header() -> rx.Component:
    return rx.el.header(
        rx.icon_button(
            rx.icon("menu", size=16),
            aria_label="Navigation",
            variant="ghost",
            color_scheme="gray",
            high_contrast=True,
            class_name="cf-only-narrow",
            custom_attrs={"data-nav-toggle": "true"},
        ),
        palette_button(),
        rx.spacer(),
        rx.icon_button(
            rx.color_mode_cond(rx.icon("moon", size=16), rx.icon("sun", size=16)),
            on_click=rx.toggle_color_mode,
            aria_label="Switch between light and dark",
            title="Switch between light and dark",
            variant="ghost",
            color_scheme="gray",
            high_contrast=True,
        ),
        _account_menu(),
        class_name="cf-header",
    )


def _account_menu() -> rx.Component:
    return rx.menu.root(
        rx.menu.trigger(
            rx.button(
                ShellState.user_initials,
                variant="soft",
                high_contrast=True,
                size="2",
                aria_label="Your account",
            )
        ),
        rx.menu.content(
            rx.menu.item(ShellState.user_name, disabled=True),
            rx.menu.separator(),
            rx.menu.item("Profile and sessions", on_select=rx.redirect("/me")),
            rx.menu.item("Keyboard shortcuts", on_select=rx.call_script("window.cfShortcuts()")),
            rx.menu.separator(),
            rx.menu.item(
                "Sign out", on_select=rx.call_script("document.getElementById('sign-out').submit()")
            ),
        ),
    )


def _denied() -> rx.Component:
    denial = ShellState.denial
    return rx.card(
        rx.vstack(
            rx.icon("lock", size=20),
            rx.heading(denial.title, size="5", as_="h1"),
            rx.text(denial.sentence),
            rx.el.dl(
                rx.el.dt("Missing permission"),
                rx.el.dd(rx.code(denial.permission, size="2")),
                rx.el.dt("Roles that carry it"),
                rx.el.dd(denial.roles),
                rx.el.dt("Who can grant it"),
                rx.el.dd(denial.grantors),
                class_name="cf-facts",
            ),
            rx.button("Back", on_click=rx.call_script("history.back()"), variant="soft", high_contrast=True),
            spacing="4",
            align="start",
        ),
        size="3",
        max_width="560px",
    )


# Keys, what they do, and what must be on the page for them to do it.
SHORTCUTS = (
    ("Ctrl/Cmd K", "Find anything", ""),
    ("/", "Search this list", "[data-search]"),
    ("f", "Filter", "[data-filter]"),
    ("n", "New", 'main [data-key="n"]'),
    ("j  k  \u2191 \u2193", "Move between rows", "tr[data-row]"),
    ("Enter", "Open the row", "tr[data-row] a"),
    ("Space", "Look at the row without leaving", "[data-on-row]"),
    (".", "Actions", "[data-on-row], main [data-action]"),
    ("e", "Edit", '[data-edits], main [data-key="e"]'),
    ("x", "Select the row", "tr[data-row] [role=checkbox]"),
    ("Shift click", "Second order, on a column head", "th a"),
    ("z", "Undo, while a message offers it", "[data-on-row]"),
    ("Esc", "Close what is open", ""),
    *(
        (entry.shortcut, f"Go to {entry.label.lower()}", f'[data-go="{entry.shortcut}"]')
        for group in navigation.NAVIGATION
        for entry in group.entries
        if entry.shortcut
    ),
    ("a  h", "Approve or hold the draft that is reviewed", 'main [data-key="h"]'),
    ("a  r", "Approve or reject the request", 'main [data-key="r"]'),
    ("[", "Fold the navigation", ""),
    ("?", "This list", ""),
)


def _shortcuts() -> rx.Component:
    return rx.el.dialog(
        rx.heading("Keyboard shortcuts", size="3", margin_bottom="var(--space-3)"),
        rx.el.dl(
            *[
                rx.el.div(
                    rx.el.dt(rx.code(keys, size="2")),
                    rx.el.dd(text),
                    custom_attrs={"data-when": when} if when else {},
                )
                for keys, text, when in SHORTCUTS
            ],
            class_name="cf-facts",
        ),
        rx.el.form(rx.el.button("Close", class_name="cf-visually-hidden"), method="dialog"),
        id="shortcuts",
        class_name="cf-dialog",
        aria_label="Keyboard shortcuts",
    )
