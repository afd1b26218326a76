"""Assigning and tagging many customers: at once, with an undo, and a list of those left alone and why."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import reflex as rx

from dashboard.shell.guard import requires
from dashboard.shell.run import read, write
from dashboard.states.form_fields import as_id
from dashboard.states.list_counts import forget_counts
from dashboard.states.list_state import ListState
from models.accounts import (
    BulkAction,
    BulkRow,
    BulkStatus,
    assign_owners,
    change_tags,
    get_bulk_change,
    list_account_managers,
    undo_bulk_change,
)
from models.kernel.actor import Actor
from models.kernel.permissions import Permission

UNDO_MILLISECONDS = 10_000
NOBODY = "nobody"
MAY = Permission.customers_write


@dataclass(frozen=True)
class PersonChoice:
    """Somebody to assign to."""

    id: str
    name: str


@dataclass(frozen=True)
class Left:
    """A customer that was left as it was, and why."""

    name: str
    href: str
    reason: str


@dataclass(frozen=True)
class BulkView:
    """A change of many as shown; without text there is none to show."""

    text: str = ""
    is_running: bool = False
    percent: int = 0
    left: list[Left] | None = None
    more: str = ""


class BulkCustomers(ListState, mixin=True):
    """What the selected customers can be given."""

    people: list[PersonChoice] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    bulk: BulkView = BulkView()

    _bulk_id: UUID | None = None

    @rx.event
    @requires(MAY)
    async def open_people(self, is_open: bool) -> None:  # noqa: FBT001 -- Radix passes the new state
        """Offer the account managers."""
        if is_open:
            self.people = await read(_people)

    @rx.event
    @requires(MAY)
    async def assign_selected(self, person: str) -> Any:
        """Give the selected customers to somebody, or to nobody."""
        owner_id = None if person == NOBODY else as_id(person)
        self._bulk_id = await write(assign_owners, **self._chosen(), owner_id=owner_id)
        return [type(self).load, *(await self._report())]

    @rx.event
    @requires(MAY)
    async def tag_selected(self, form: dict[str, str]) -> Any:
        """Set the tags of the form on the selected customers, or take them away."""
        tags = str(form.get("tags", "")).split(",")
        way = {"add": tags} if form.get("way") == "add" else {"remove": tags}
        self._bulk_id = await write(change_tags, **self._chosen(), **way)
        return [type(self).load, *(await self._report())]

    @rx.event
    @requires(MAY)
    async def undo_bulk(self) -> Any:
        """Take the last change back."""
        if self._bulk_id is None:
            return rx.toast.info("There is nothing to undo.")
        await write(undo_bulk_change, bulk_id=self._bulk_id)
        return [type(self).load, *(await self._report())]

    @rx.event
    @requires(MAY)
    async def close_bulk(self) -> None:
        """Put the outcome away."""
        self.bulk, self._bulk_id = BulkView(), None

    def _chosen(self) -> dict[str, Any]:
        selection = None if self.is_whole else [as_id(each) for each in self.selected]
        return {"params": self._params, "selection": selection}

    async def _report(self) -> list[Any]:
        """Say what was done, and offer to take it back."""
        forget_counts(self.listing)
        found = await read(get_bulk_change, self._bulk_id)
        self.bulk = bulk_view(found)
        if found.is_running or not found.done:
            return []
        can_undo = found.status == BulkStatus.done
        # Of the class behind a background event's proxy, too.
        action = {"label": "Undo (z)", "on_click": self.__class__.undo_bulk} if can_undo else None
        return [rx.toast.success(bulk_sentence(found), duration=UNDO_MILLISECONDS, action=action, id="bulk")]

    async def _look_again(self) -> list[Any]:
        """How far the worker is; called whenever the list's rows change."""
        return await self._report() if self.bulk.is_running else []


def _people(session: Any, _actor: Actor) -> list[PersonChoice]:
    people = [PersonChoice(str(each.id), each.name) for each in list_account_managers(session)]
    return [*people, PersonChoice(NOBODY, "Nobody")]


def bulk_view(found: BulkRow) -> BulkView:
    """What the panel says: progress while the worker is at it, then those left alone."""
    if not found.is_running and not found.left:
        return BulkView()
    hidden = found.left - len(found.left_alone)
    return BulkView(
        text=bulk_sentence(found),
        is_running=found.is_running,
        percent=(found.total - found.waiting) * 100 // max(found.total, 1),
        left=[Left(each.name, f"/customers/{each.id}", each.reason) for each in found.left_alone],
        more=f"and {hidden:,} more" if hidden else "",
    )


def bulk_sentence(found: BulkRow) -> str:
    """What was done, in the past tense, with figures; what was left alone after it."""
    if found.is_running:
        word = "put back" if found.status == BulkStatus.undoing else "done"
        return (
            f"{found.total - found.waiting:,} of {found.total:,} customers {word}; this goes on without you."
        )
    many = "1 customer" if found.done == 1 else f"{found.done:,} customers"
    left = f" {found.left:,} left as they were." if found.left else ""
    ended = {BulkStatus.failed: f"Stopped after {many}.", BulkStatus.undone: f"{many} put back."}
    if found.status in ended:
        return f"{ended[BulkStatus(found.status)]}{left}"
    if found.action == BulkAction.assign:
        return f"{many} assigned to {found.owner or 'nobody'}.{left}"
    added, removed = ", ".join(found.tags_added), ", ".join(found.tags_removed)
    return f"{many} {f'tagged {added}' if added else f'no longer tagged {removed}'}.{left}"


def bulk_actions(state: Any) -> tuple[rx.Component, ...]:
    """The buttons in the bar of a selection."""
    return (
        rx.cond(state.can_write, _assign_menu(state)),
        rx.cond(state.can_write, _tag_form(state, "add", "Add tags", "tag")),
        rx.cond(state.can_write, _tag_form(state, "remove", "Remove tags", "eraser")),
    )


def _assign_menu(state: Any) -> rx.Component:
    return rx.menu.root(
        rx.menu.trigger(
            rx.button(rx.icon("user-check", size=14), "Assign", size="1", variant="soft", high_contrast=True)
        ),
        rx.menu.content(
            rx.foreach(
                state.people,
                lambda person: rx.menu.item(person.name, on_select=state.assign_selected(person.id)),
            )
        ),
        on_open_change=state.open_people,
    )


def _tag_form(state: Any, way: str, label: str, icon: str) -> rx.Component:
    return rx.popover.root(
        rx.popover.trigger(
            rx.button(rx.icon(icon, size=14), label, size="1", variant="soft", high_contrast=True)
        ),
        rx.popover.content(
            rx.form(
                rx.hstack(
                    rx.el.input(type="hidden", name="way", value=way, read_only=True),
                    rx.input(name="tags", placeholder="vip, renewal", aria_label="Tags", required=True),
                    rx.button(label, type="submit", high_contrast=True),
                ),
                on_submit=state.tag_selected,
            )
        ),
    )


def bulk_panel(state: Any) -> rx.Component:
    """How far a long change is, and whom a finished one left alone."""
    bulk = state.bulk
    return rx.cond(
        bulk.text != "",
        rx.card(
            rx.hstack(
                rx.text(bulk.text, size="2", role="status", custom_attrs={"data-testid": "bulk"}),
                rx.spacer(),
                rx.cond(
                    ~bulk.is_running,
                    rx.icon_button(
                        rx.icon("x", size=14),
                        on_click=state.close_bulk,
                        aria_label="Close the outcome",
                        variant="ghost",
                        color_scheme="gray",
                        high_contrast=True,
                    ),
                ),
                width="100%",
                align="center",
            ),
            rx.cond(bulk.is_running, rx.progress(value=bulk.percent, aria_label="Progress")),
            rx.cond(bulk.left, _left(bulk)),
            width="100%",
        ),
    )


def _left(bulk: Any) -> rx.Component:
    return rx.el.details(
        rx.el.summary("Left as they were, and why"),
        rx.el.dl(
            rx.foreach(
                bulk.left,
                lambda each: rx.fragment(
                    rx.el.dt(rx.link(each.name, href=each.href, underline="always")), rx.el.dd(each.reason)
                ),
            ),
            class_name="cf-facts",
        ),
        rx.text(bulk.more, size="1", color="var(--gray-11)"),
    )
