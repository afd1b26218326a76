"""The mixin by which a row is looked at without leaving the list: who, facts, three actions."""

from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import parse_qs
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from dashboard.components.views import Cell, Fact, Peek, RowLink
from dashboard.shell.guard import Mark, current, requires
from dashboard.shell.run import read
from dashboard.states import list_views as looks
from dashboard.states.form_fields import as_id
from models.kernel.actor import Actor
from models.kernel.errors import Invalid, NotFound
from models.kernel.listing import ColumnKind, Listing, list_rows
from models.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class RowAction:
    """Something to do with a row, on the row's own page; `{id}` in the address becomes the row's."""

    label: str
    icon: str
    href: str
    permission: Permission
    key: str = ""


class PeekList(rx.State, mixin=True):
    """The row in the panel at the right; its id stands in the address, which the browser keeps."""

    listing: ClassVar[Listing[Any]]
    permission: ClassVar[Permission]
    row_actions: ClassVar[tuple[RowAction, ...]] = ()

    peek: Peek = Peek()

    @rx.event
    @requires(Mark.page)
    async def on_row(self, text: str) -> Any:
        """Show a row (`<id>`), close the panel (nothing), or do what a key stands for (`<id> e`)."""
        identifier, _, key = text.strip().partition(" ")
        if not key:
            await self._peek(identifier)
            return None
        action = next((each for each in self.row_actions if each.key == key), None)
        if action is None:
            raise Invalid("action.unknown", "This list has no such action. Reload the page.")
        current().actor.ensure(action.permission)
        return rx.redirect(action.href.format(id=as_id(identifier)))

    async def _peek(self, identifier: str) -> None:
        shown = await read(_row, self.listing, self.row_actions, as_id(identifier)) if identifier else Peek()
        if self.peek != shown:
            self.peek = shown

    async def _peek_asked(self) -> None:
        """Show the row that the address names, or none; one that is gone is no error of the list's."""
        asked = parse_qs(self.router.url.query.lstrip("?")).get("peek", [""])[0]
        if not asked and not self.peek.id:
            return
        try:
            await self._peek(asked)
        except (NotFound, Invalid):
            self.peek = Peek()


def _row(
    session: Session, actor: Actor, listing: Listing[Any], actions: tuple[RowAction, ...], identifier: UUID
) -> Peek:
    found = list_rows(session, actor, listing, [identifier])
    if not found:
        raise NotFound(listing.noun, identifier)
    columns = list(listing.columns)
    row = looks.row(listing, columns, found[0], actor)
    badge = next((cell for cell, column in zip(row.cells, columns, strict=True) if _is_badge(column)), None)
    facts = [
        Fact(column.label, _text(cell), cell.href, cell.title)
        for cell, column in zip(row.cells[1:], columns[1:], strict=True)
        if not _is_badge(column)
    ]
    return Peek(
        id=row.id,
        title=row.label,
        href=row.href,
        badge=badge.text if badge else "",
        tone=badge.tone if badge else "gray",
        note=badge.note if badge else "",
        note_tone=(badge.note_tone if badge else "") or "red",
        facts=facts,
        actions=[_link(each, row.id, actor) for each in actions],
    )


def _is_badge(column: Any) -> bool:
    return column.kind is ColumnKind.badge


def _text(cell: Cell) -> str:
    """A fact has room for what a cell cuts short."""
    if cell.kind == "code":
        return cell.title or cell.text or "\u2014"
    return f"{cell.text} {cell.code}".strip() or "\u2014"


def _link(action: RowAction, identifier: str, actor: Actor) -> RowLink:
    refusal = "" if actor.may(action.permission) else f"You need {action.permission} to do this."
    return RowLink(action.label, action.icon, action.href.format(id=identifier), action.key, refusal)
