"""A new invoice by hand: customer, lines, terms, and the draft it would make."""

from dataclasses import dataclass, replace
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from dashboard.pages.billing import new_invoice_view as view
from dashboard.pages.billing.new_invoice_data import (
    Hit,
    Paper,
    PriceChoice,
    Row,
    find_hits,
    order_of,
    show_paper,
    show_prices,
)
from dashboard.shell.guard import Mark, current, requires
from dashboard.shell.page import page
from dashboard.shell.run import read, write
from dashboard.states.form_fields import as_id
from models.accounts import get_tenant
from models.billing import create_one_off_invoice, list_sellable_prices, preview_one_off
from models.kernel.actor import Actor
from models.kernel.columns import new_id
from models.kernel.errors import DomainError, NotFound
from models.kernel.permissions import Permission

FIELDS = ("description", "quantity", "unit_amount")
MAX_ROWS = 50


@dataclass(frozen=True, slots=True)
class Chosen:
    """The customer of the invoice."""

    name: str
    currency: str


class NewInvoiceState(rx.State):
    """The form; each change runs the real operation's preview."""

    permission: ClassVar = Permission.invoices_create

    search: str = ""
    hits: list[Hit] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    customer: str = ""
    customer_id: str = ""
    currency: str = ""
    terms: str = ""
    memo: str = ""
    rows: list[Row] = []  # noqa: RUF012
    prices: list[PriceChoice] = []  # noqa: RUF012
    paper: Paper = Paper()
    error: str = ""

    _token: str = ""
    _draft_id: str = ""

    @rx.event
    @requires(Mark.page, opens_page=True)
    async def load(self) -> None:
        """An empty form, for the customer of the address where it names one."""
        self.reset()
        self.rows = [Row(new_id().hex)]
        self._draft_id = str(new_id())
        asked = self.router.url.query_parameters.get("customer", "")
        if asked:
            await self._choose(asked)

    @rx.event
    @requires(Mark.page)
    async def find(self, text: str) -> None:
        """Find customers by what was typed."""
        self.search = text
        self.hits = await read(find_hits, text.strip()) if text.strip() else []

    @rx.event
    @requires(Mark.page)
    async def choose(self, identifier: str) -> None:
        """Take the customer."""
        await self._choose(identifier)

    @rx.event
    @requires(Mark.page)
    async def type_text(self, name: str, value: str) -> None:
        """Take currency, terms or memo as typed."""
        if name == "currency":
            self.currency = value.strip().upper()
            self.prices = (
                show_prices(await read(list_sellable_prices, self.currency)) if self.currency else []
            )
        elif name == "terms":
            self.terms = value
        elif name == "memo":
            self.memo = value
        await self._preview()

    @rx.event
    @requires(Mark.page)
    async def type_cell(self, row: str, name: str, value: str) -> None:
        """Take one cell of a line as typed."""
        if name in FIELDS:
            self.rows = [replace(each, **{name: value}) if each.id == row else each for each in self.rows]
            await self._preview()

    @rx.event
    @requires(Mark.page)
    async def add_row(self, price_id: str) -> None:
        """Add an empty line, or one from the catalogue."""
        found = next((each for each in self.prices if each.id == price_id), None)
        if len(self.rows) < MAX_ROWS:
            new = Row(new_id().hex)
            if found is not None:
                new = replace(new, description=found.plan, unit_amount=found.unit, price_id=found.id)
            self.rows = [*[each for each in self.rows if not each.is_empty or not found], new]
        await self._preview()

    @rx.event
    @requires(Mark.page)
    async def drop_row(self, row: str) -> None:
        """Take a line out."""
        self.rows = [each for each in self.rows if each.id != row] or [Row(new_id().hex)]
        await self._preview()

    @rx.event
    @requires(Permission.invoices_create)
    async def create(self) -> Any:
        """Make the draft as previewed; the same form sent twice makes one."""
        try:
            draft = await write(
                create_one_off_invoice,
                order=order_of(self.customer_id, self.currency, self.terms, self.memo, self.rows),
                invoice_id=as_id(self._draft_id),
                token=self._token,
            )
        except DomainError as error:
            self.error = f"{error.sentence} ({error.code})"
            return None
        return [rx.toast.success(f"Draft {draft.number} made."), rx.redirect(f"/billing/invoices/{draft.id}")]

    async def _choose(self, identifier: str) -> None:
        try:
            chosen = await read(_customer, as_id(identifier))
        except NotFound as error:
            self.error = error.sentence
            return
        self.customer, self.customer_id, self.hits, self.search = chosen.name, identifier, [], ""
        self.currency = chosen.currency
        self.prices = show_prices(await read(list_sellable_prices, self.currency))
        await self._preview()

    async def _preview(self) -> None:
        """The draft as it would be; what cannot be read yet is said beside it."""
        self.paper, self.error, self._token = Paper(), "", ""
        if not self.customer_id or all(each.is_empty for each in self.rows):
            return
        try:
            order = order_of(self.customer_id, self.currency, self.terms, self.memo, self.rows)
            preview = await read(preview_one_off, order=order)
        except DomainError as error:
            self.error = f"{error.sentence} ({error.code})"
            return
        self.paper, self._token = show_paper(preview, current().actor.locale), preview.token


def _customer(session: Session, actor: Actor, tenant_id: UUID) -> Chosen:
    tenant = get_tenant(session, actor, tenant_id)
    return Chosen(tenant.name, tenant.currency)


@page("/billing/invoices/new", "New invoice", NewInvoiceState.load)
def new_invoice_page() -> rx.Component:
    """The form at the left, the draft at the right."""
    return view.body(NewInvoiceState)
