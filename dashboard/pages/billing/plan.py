"""One plan in one version: its prices, what a quantity costs, its other versions."""

from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from dashboard.pages.billing import plan_data as data
from dashboard.pages.billing import plan_moves_data as moving
from dashboard.pages.billing import plan_view as view
from dashboard.pages.billing.plan_charges import ChargeView, charges
from dashboard.shell.guard import Mark, current, requires
from dashboard.shell.page import page
from dashboard.shell.run import read, write
from dashboard.shell.timeline import timeline_items
from dashboard.states.detail_state import DetailState
from dashboard.states.form_fields import as_id, texts
from models.billing import (
    PublishPreview,
    archive_plan,
    archive_price,
    draft_version,
    preview_moves,
    preview_publish,
    preview_version_move,
    publish_version,
    read_quantity,
    request_moves,
    unarchive_plan,
    unarchive_price,
    update_plan,
)
from models.kernel.actor import Actor
from models.kernel.errors import DomainError, Invalid, NotFound
from models.kernel.events import Subject
from models.kernel.permissions import Permission


class PlanState(DetailState, rx.State):
    """The version shown, its dialogs and what they do."""

    permission: ClassVar = Permission.plans_read
    path: ClassVar = "/billing/plans"
    tab_labels: ClassVar = (
        ("prices", "Prices"),
        ("calculator", "Calculator"),
        ("versions", "Versions"),
        ("subscriptions", "Subscriptions"),
        ("timeline", "Timeline"),
    )

    name: str = ""
    is_draft: bool = False
    is_archived: bool = False
    archive_refusal: str = ""
    edit_refusal: str = ""
    price_refusal: str = ""
    form: dict[str, str] = {}  # noqa: RUF012 -- Reflex copies defaults for each state
    prices: list[data.PriceView] = []  # noqa: RUF012
    versions: list[data.VersionView] = []  # noqa: RUF012
    compared_id: str = ""
    compared: str = ""
    differences: list[data.DifferenceView] = []  # noqa: RUF012
    moves: list[moving.MoveView] = []  # noqa: RUF012
    moves_text: str = ""
    moves_verb: str = ""
    moves_refusal: str = ""
    subscriptions_text: str = ""
    subscriptions_href: str = ""
    quantity: str = ""
    quantity_error: str = ""
    charges: list[ChargeView] = []  # noqa: RUF012
    effect: str = ""
    verb: str = ""

    _plan: Any = None
    _token: str = ""

    async def _fill(self) -> None:
        reader = current().actor
        other = self._asked_id("compare")
        found = await read(data.load_plan, self._required_id(), other)
        self._plan = found.plan
        for name, value in data.show(found).items():
            setattr(self, name, value)
        self.timeline = timeline_items(found.events, reader, is_own=True)
        self._subject = Subject("plan", found.plan.row.id, self.title)
        self.moves, self.moves_text = [], ""
        self._calculate(self.router.url.query_parameters.get("quantity", "") or self.quantity or "10")

    def _is_editing(self) -> bool:
        # A computed quantity or a list of moves that somebody reads would go with the page.
        return bool(self.dialog) or self.tab == "calculator" or bool(self.moves_text)

    def _calculate(self, text: str) -> None:
        self.quantity = text
        try:
            self.charges = charges(self._plan, read_quantity(text), current().actor.locale)
            self.quantity_error = ""
        except DomainError as refusal:
            self.quantity_error = refusal.sentence

    def _asked_id(self, name: str) -> UUID | None:
        text = self.router.url.query_parameters.get(name, "")
        return as_id(text) if text else None

    @rx.event
    @requires(Mark.page)
    async def set_quantity(self, text: str) -> None:
        """Compute every price for another quantity."""
        if self._plan is None:
            raise NotFound("plan")
        self._calculate(text)

    @rx.event
    @requires(Mark.page)
    async def compare(self, identifier: str) -> Any:
        """Compare with another version."""
        return rx.redirect(f"{self.path}/{self._required_id()}?tab=versions&compare={as_id(identifier)}")

    @rx.event
    @requires(Permission.subscriptions_read)
    async def show_moves(self) -> None:
        """Who would pay what, were everybody on this version moved to the compared one."""
        found = await read(
            preview_version_move, plan_id=self._required_id(), target_id=as_id(self.compared_id)
        )
        self.moves, self.moves_text = moving.show_moves(found, current().actor.locale)
        number = len(found.moving)
        self.moves_verb = moving.moves_verb(number)
        self.moves_refusal = "" if number else "Nobody is left to move to that version."

    @rx.event
    @requires(Permission.plans_write)
    async def ask_moves(self) -> None:
        """Show how many would move and what that comes to; a refusal is told instead."""
        outlook = await read(preview_moves, plan_id=self._required_id(), target_id=as_id(self.compared_id))
        self.effect, self._token = moving.moves_effect(outlook, current().actor.locale), outlook.token
        self.verb = moving.moves_verb(outlook.count)
        self.dialog, self.dialog_error = "moves", ""

    @rx.event
    @requires(Permission.plans_write)
    async def move_everybody(self, form: dict[str, str]) -> Any:
        """Ask for the moves as previewed."""
        arguments = {"plan_id": self._required_id(), "token": self._token, **texts(form, "reason")}
        return await self._commit(
            request_moves, "The moves are being planned. The timeline says when that is done.", **arguments
        )

    @rx.event
    @requires(Permission.plans_write)
    async def ask(self, name: str) -> None:
        """Open a dialog that needs no preview."""
        if name not in view.DIALOGS:
            raise Invalid("dialog.unknown", "This page has no such dialog. Reload it.")
        self.dialog, self.dialog_error = name, ""

    @rx.event
    @requires(Permission.plans_write)
    async def save(self, form: dict[str, str]) -> Any:
        """Change the draft's facts."""
        return await self._commit(
            update_plan,
            "Plan changed.",
            plan_id=self._required_id(),
            **texts(form, "name", "description", "trial_days", "tax_code"),
        )

    @rx.event
    @requires(Permission.plans_write)
    async def ask_publish(self) -> None:
        """Show who stays on the version sold so far; a refusal is told instead."""
        preview = await read(preview_publish, plan_id=self._required_id())
        self.effect, self._token = _effect(preview, current().actor.locale), preview.token
        self.verb = f"Publish version {preview.version}"
        self.dialog, self.dialog_error = "publish", ""

    @rx.event
    @requires(Permission.plans_write)
    async def publish(self, form: dict[str, str]) -> Any:
        """Put the draft on sale as previewed."""
        arguments = {"plan_id": self._required_id(), "token": self._token, **texts(form, "reason")}
        return await self._commit(publish_version, f"{self.title} is on sale.", **arguments)

    @rx.event
    @requires(Permission.plans_write)
    async def archive(self, form: dict[str, str]) -> Any:
        """Sell the version no more, or again."""
        operation, done = (
            (unarchive_plan, "Back on sale.") if self.is_archived else (archive_plan, "Archived.")
        )
        return await self._commit(operation, done, plan_id=self._required_id(), **texts(form, "reason"))

    @rx.event
    @requires(Permission.plans_write)
    async def new_version(self) -> Any:
        """Make the next version as a draft and go there."""
        made = await write(_draft, plan_id=self._required_id())
        return rx.redirect(f"{self.path}/{made}")

    @rx.event
    @requires(Permission.plans_write)
    async def toggle_price(self, identifier: str, is_archived: bool) -> Any:  # noqa: FBT001 -- from the row
        """Offer a price no more, or again."""
        operation = unarchive_price if is_archived else archive_price
        await write(operation, price_id=as_id(identifier))
        await self._refill()
        return rx.toast.success(
            "Offered again." if is_archived else "Archived. Who pays it goes on paying it."
        )

    def _required_id(self) -> UUID:
        if self._id is None:
            raise NotFound("plan")
        return self._id


def _draft(session: Session, actor: Actor, **facts: Any) -> UUID:
    return draft_version(session, actor, **facts).id


def _effect(preview: PublishPreview, locale: str) -> str:
    if preview.replaced_version is None:
        return f"{preview.name} can be bought from now on."
    worth = " + ".join(amount.format(locale) for amount in preview.staying_mrr)
    staying = f"{preview.staying:,} active subscriptions stay on version {preview.replaced_version}"
    return (
        f"Version {preview.version} is sold instead of version {preview.replaced_version}. {staying}"
        f"{f', worth {worth} a month,' if worth else ''} and pay what they pay now. Nobody moves."
    )


@page("/billing/plans/[plan_id]", "Plan", PlanState.load)
def plan_page() -> rx.Component:
    """Head, prices, calculator, versions, timeline; facts at the side."""
    return view.body(PlanState)
