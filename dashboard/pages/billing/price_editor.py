"""The form of a price: terms as typed, and beside it what customers would pay, recomputed at each change."""

from dataclasses import dataclass, replace
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from dashboard.pages.billing.plan_charges import StepView, each_words, steps_of
from dashboard.shell.guard import Mark, current, requires
from dashboard.shell.run import read, write
from dashboard.states.form_fields import as_id
from models.billing import (
    PriceDraft,
    PriceRow,
    TierDraft,
    change_price,
    compute_charge,
    create_price,
    get_plan,
    read_draft,
    read_quantity,
    show_draft,
)
from models.kernel.actor import Actor
from models.kernel.errors import DomainError, Invalid, NotFound
from models.kernel.money import Money
from models.kernel.permissions import Permission

EXAMPLES = (1, 10, 50, 250)
MAX_TIERS = 50
FIELDS = ("currency", "interval", "interval_count", "model", "unit_amount", "package_size", "tax_behavior")
BLANK = {
    "currency": "EUR",
    "interval": "month",
    "interval_count": "1",
    "model": "per_unit",
    "unit_amount": "",
    "package_size": "100",
    "tax_behavior": "exclusive",
}


@dataclass(frozen=True)
class TierView:
    """A tier as typed."""

    up_to: str = ""
    unit_amount: str = ""
    flat_amount: str = ""


@dataclass(frozen=True)
class ExampleView:
    """What a quantity would cost."""

    quantity: str
    amount: str
    each: str
    steps: list[StepView]


class PriceEditorState(rx.State):
    """A price being written; nothing is stored before it is saved."""

    permission: ClassVar[Permission] = Permission.plans_write

    is_open: bool = False
    is_new: bool = True
    fields: dict[str, str] = BLANK
    tiers: list[TierView] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    quantity: str = "25"
    examples: list[ExampleView] = []  # noqa: RUF012
    hint: str = ""
    error: str = ""

    _price_id: UUID | None = None

    @rx.event
    @requires(Mark.page)
    async def open_new(self) -> None:
        """Open an empty form."""
        self._start(None, dict(BLANK), [TierView("10"), TierView()])

    @rx.event
    @requires(Mark.page)
    async def open_price(self, identifier: str) -> None:
        """Open the form with a price of the plan shown."""
        found = await read(_price, self._plan_id(), as_id(identifier))
        draft = show_draft(found)
        fields = {name: str(getattr(draft, name)) for name in FIELDS}
        tiers = [TierView(each.up_to, each.unit_amount, each.flat_amount) for each in draft.tiers]
        self._start(found.id, fields, tiers or [TierView("10"), TierView()])

    @rx.event
    @requires(Mark.page)
    async def close(self) -> None:
        """Close the form; nothing is stored."""
        self.is_open = False

    @rx.event
    @requires(Mark.page)
    async def set_field(self, name: str, value: str) -> None:
        """Keep a field and compute the examples anew."""
        if name not in FIELDS:
            raise Invalid("field.unknown", "This form has no such field. Reload the page.")
        self.fields = {**self.fields, name: value}
        self._preview()

    @rx.event
    @requires(Mark.page)
    async def set_quantity(self, value: str) -> None:
        """Choose the quantity of the first example."""
        self.quantity = value
        self._preview()

    @rx.event
    @requires(Mark.page)
    async def set_tier(self, index: int, name: str, value: str) -> None:
        """Keep a field of a tier and compute the examples anew."""
        if name not in TierView.__dataclass_fields__ or not 0 <= index < len(self.tiers):
            raise Invalid("field.unknown", "This form has no such field. Reload the page.")
        changed = replace(self.tiers[index], **{name: value})
        self.tiers = [changed if place == index else each for place, each in enumerate(self.tiers)]
        self._preview()

    @rx.event
    @requires(Mark.page)
    async def add_tier(self) -> None:
        """One more tier before the last, open one."""
        if len(self.tiers) < MAX_TIERS:
            self.tiers = [*self.tiers[:-1], TierView(), *self.tiers[-1:]]
            self._preview()

    @rx.event
    @requires(Mark.page)
    async def drop_tier(self, index: int) -> None:
        """One tier less."""
        self.tiers = [each for place, each in enumerate(self.tiers) if place != index]
        self._preview()

    @rx.event
    @requires(Permission.plans_write)
    async def save(self, _form: dict[str, str]) -> Any:
        """Store the price; a refusal stays in the form with all input."""
        what = {"plan_id": self._plan_id()} if self._price_id is None else {"price_id": self._price_id}
        try:
            await write(create_price if self._price_id is None else change_price, **what, draft=self._draft())
        except DomainError as error:
            self.error = f"{error.sentence} ({error.code})"
            return None
        self.is_open = False
        here = self.router.url
        return [
            rx.redirect(f"{here.path}?{here.query}" if here.query else here.path),
            rx.toast.success("Price saved."),
        ]

    def _start(self, price_id: UUID | None, fields: dict[str, str], tiers: list[TierView]) -> None:
        self._price_id, self.is_new = price_id, price_id is None
        self.fields, self.tiers = fields, tiers
        self.is_open, self.error = True, ""
        self._preview()

    def _draft(self) -> PriceDraft:
        tiers = tuple(TierDraft(each.up_to, each.unit_amount, each.flat_amount) for each in self.tiers)
        return PriceDraft(**{**self.fields, "tiers": tiers})

    def _preview(self) -> None:
        self.error = ""
        try:
            self.examples, self.hint = _examples(self._draft(), self.quantity, current().actor.locale), ""
        except DomainError as refusal:
            self.examples, self.hint = [], refusal.sentence

    def _plan_id(self) -> UUID:
        return as_id(self.router.url.path.rstrip("/").rpartition("/")[2])


def _price(session: Session, actor: Actor, plan_id: UUID, price_id: UUID) -> PriceRow:
    found = next((each for each in get_plan(session, actor, plan_id).prices if each.id == price_id), None)
    if found is None:
        raise NotFound("price", price_id)
    return found


def _examples(draft: PriceDraft, quantity: str, locale: str) -> list[ExampleView]:
    offer = read_draft(draft)
    chosen = read_quantity(quantity)
    shown = []
    for each in (chosen, *(number for number in EXAMPLES if number != chosen)):
        charge = compute_charge(offer.terms, each)
        shown.append(
            ExampleView(
                f"{each:,} {'unit' if each == 1 else 'units'}",
                Money(charge.amount_minor, offer.currency).format(locale),
                each_words(charge, each, offer.currency),
                steps_of(charge, offer.currency, locale) if each == chosen else [],
            )
        )
    return shown
