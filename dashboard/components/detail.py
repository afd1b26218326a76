"""The pieces of a detail page: head, facts, tabs."""

from typing import Any

import reflex as rx

from dashboard.components.views import Fact, Tab


def detail_head(  # noqa: PLR0913 -- the parts of a head
    *,
    list_label: str,
    list_href: str,
    title: Any,
    badge: Any,
    tone: Any,
    note: Any,
    figure: Any,
    note_tone: Any = "red",
    actions: tuple[rx.Component, ...] = (),
) -> rx.Component:
    """Way back, name, status, the one number that matters, and the actions."""
    return rx.vstack(
        rx.el.nav(rx.link(list_label, href=list_href, size="2"), aria_label="Breadcrumb"),
        rx.flex(
            rx.heading(title, size="5", as_="h1"),
            rx.badge(badge, color_scheme=tone, variant="soft", high_contrast=True),
            rx.cond(note != "", rx.badge(note, color_scheme=note_tone, variant="soft", high_contrast=True)),
            rx.text(figure, size="4", weight="medium"),
            rx.spacer(),
            # Together, so that none is left behind on a line of its own.
            rx.flex(*actions, gap="var(--space-3)", wrap="wrap", justify="end") if actions else rx.fragment(),
            width="100%",
            align="center",
            wrap="wrap",
            gap="var(--space-3)",
        ),
        spacing="1",
        width="100%",
    )


def people_here(people: Any) -> rx.Component:
    """Who else has the thing open."""
    return rx.el.ul(
        rx.foreach(
            people,
            lambda person: rx.el.li(
                rx.avatar(
                    fallback=person.initials, size="2", radius="full", high_contrast=True, aria_hidden="true"
                ),
                rx.el.span(person.name + " is here too", class_name="cf-visually-hidden"),
                title=person.name + " is here too",
            ),
        ),
        class_name="cf-people",
        aria_label="Also on this page",
        aria_live="polite",
    )


def news_line(news: Any, on_refresh: Any) -> rx.Component:
    """What somebody else changed while something is being edited here, and the way to see it."""
    return rx.cond(
        news != "",
        rx.callout.root(
            rx.callout.icon(rx.icon("refresh-cw", size=16)),
            rx.callout.text(
                news,
                rx.button(
                    "Refresh",
                    on_click=on_refresh,
                    size="1",
                    variant="soft",
                    high_contrast=True,
                    margin_left="var(--space-3)",
                ),
            ),
            color_scheme="amber",
            variant="soft",
            high_contrast=True,
            size="1",
            role="status",
            width="100%",
            custom_attrs={"data-testid": "changed"},
        ),
    )


def fact_rail(facts: Any, title: str = "Facts") -> rx.Component:
    """Labels and values at the side."""
    return rx.card(
        rx.text(title, size="2", weight="medium", margin_bottom="var(--space-3)", as_="div"),
        rx.el.dl(fact_rows(facts), class_name="cf-facts"),
        width="100%",
    )


def fact_rows(facts: Any) -> rx.Component:
    """The terms and definitions of a `dl`."""
    return rx.foreach(facts, _fact)


def _fact(fact: rx.Var[Fact]) -> rx.Component:
    return rx.fragment(
        rx.el.dt(fact.label),
        rx.el.dd(
            rx.cond(
                fact.href != "",
                rx.link(fact.value, href=fact.href, title=fact.title),
                rx.el.span(fact.value, title=fact.title),
            )
        ),
    )


def tab_bar(tabs: Any) -> rx.Component:
    """Tabs that live in the address."""
    return rx.el.nav(
        rx.foreach(
            tabs,
            lambda tab: rx.link(
                tab.label, href=tab.href, aria_current=rx.cond(tab.is_current, "page", "false")
            ),
        ),
        class_name="cf-tabs",
        aria_label="Sections",
    )


def build_tabs(path: str, current: str, tabs: tuple[tuple[str, str], ...]) -> list[Tab]:
    """Tabs of a page from (key, label); the first one is the page's own address."""
    first = tabs[0][0]
    known = current if current in dict(tabs) else first
    return [
        Tab(label, path if key == first else f"{path}?tab={key}", key == known, key) for key, label in tabs
    ]


def section(title: Any, *children: rx.Component, **props: Any) -> rx.Component:
    """A card with a title."""
    return rx.card(
        rx.heading(title, size="3", as_="h2", margin_bottom="var(--space-3)"),
        *children,
        width="100%",
        **props,
    )
