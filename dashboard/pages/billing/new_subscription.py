"""A new subscription: customer, plan, start; what the first two invoices will be; started as shown."""

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from dashboard.components.preview import PreviewView
from dashboard.components.preview_form import FieldView
from dashboard.components.views import Change
from dashboard.pages.billing import new_subscription_form as forms
from dashboard.pages.billing import new_subscription_view as view
from dashboard.pages.billing.change_form import ensure_known
from dashboard.pages.billing.change_preview import show_start, was_now
from dashboard.shell.guard import Mark, current, requires
from dashboard.shell.page import page
from dashboard.shell.run import read, write
from dashboard.states.form_fields import as_id
from models.accounts import find_tenants, get_tenant
from models.billing import list_price_choices, preview_start, start_subscription
from models.kernel.actor import Actor
from models.kernel.errors import Conflict, DomainError, NotFound
from models.kernel.permissions import Permission

MAX_TEXT = 100
STALE = "preview.stale"


@dataclass(frozen=True)
class CustomerHit:
    """A customer that was found."""

    id: str
    name: str
    hint: str


class NewSubscriptionState(rx.State):
    """The order being written; nothing is stored before it is started."""

    permission: ClassVar[Permission] = Permission.subscriptions_write

    hits: list[CustomerHit] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    nothing: str = ""
    customer: str = ""
    currency: str = ""
    fields: list[FieldView] = []  # noqa: RUF012
    preview: PreviewView = PreviewView()
    preview_error: str = ""
    was: list[Change] = []  # noqa: RUF012
    is_busy: bool = False

    _buyer: forms.Buyer | None = None
    _values: dict[str, str] = {}  # noqa: RUF012
    # Of what is shown; empty where there is nothing to start.
    _token: str = ""

    @rx.event
    @requires(Mark.page, opens_page=True)
    async def load(self) -> None:
        """An empty form, or the form for the customer that the address names."""
        self.reset()
        asked = self.router.url.query_parameters.get("customer", "")
        if asked:
            await self._choose_customer(as_id(asked))

    @rx.event
    @requires(Mark.page)
    async def find_customer(self, text: str) -> None:
        """Customers in whose name or reference the words begin."""
        typed = text.strip()[:MAX_TEXT]
        found = await read(find_tenants, typed) if typed else []
        self.hits = [
            CustomerHit(str(identifier), name, f"{reference} · {status}")
            for identifier, name, reference, status in found
        ]
        self.nothing = f"No customer named “{typed}”." if typed and not found else ""

    @rx.event
    @requires(Mark.page)
    async def choose_customer(self, identifier: str) -> None:
        """Show the prices this customer can have."""
        await self._choose_customer(as_id(identifier))

    @rx.event
    @requires(Mark.page)
    async def other_customer(self) -> None:
        """Start over with another customer."""
        self.reset()

    @rx.event
    @requires(Mark.page)
    async def choose(self, name: str, value: str) -> None:
        """Keep a field and compute the first invoices anew."""
        ensure_known(self.fields, name, value)
        self._values, self.was = {**self._values, name: value}, []
        if name == "price":
            self._values["add_on"] = forms.NO_ADD_ON
        await self._compute()

    @rx.event
    @requires(Permission.subscriptions_write)
    async def start(self, form: dict[str, str]) -> Any:
        """Start what is shown, once: what was started leaves nothing to start."""
        token, buyer = self._token, self._buyer
        if not token or buyer is None:
            return
        self._token, self.is_busy = "", True
        yield
        try:
            order = forms.read_order(buyer, self._values)
            row = await write(start_subscription, order=order, token=token, reason=str(form.get("note", "")))
        except DomainError as error:
            await self._refused(error)
            return
        finally:
            self.is_busy = False
        yield rx.redirect(f"/billing/subscriptions/{row.id}")
        yield rx.toast.success(f"Started. {self.preview.sentence}")

    async def _choose_customer(self, tenant_id: UUID) -> None:
        buyer = await read(_load_buyer, tenant_id)
        self._buyer, self._values = buyer, forms.first_values(buyer)
        self.customer, self.currency, self.hits = buyer.name, buyer.currency, []
        await self._compute()

    async def _refused(self, error: DomainError) -> None:
        before = self.preview
        await self._compute()
        if isinstance(error, Conflict) and error.code == STALE:
            self.was = was_now(before, self.preview)
        else:
            self.preview_error = f"{error.sentence} ({error.code})"

    async def _compute(self) -> None:
        buyer, reader = self._buyer, current().actor
        if buyer is None:
            raise NotFound("tenant")
        self.fields = forms.fields_of(buyer, self._values, reader)
        self._token, self.preview_error = "", ""
        try:
            found = await read(preview_start, order=forms.read_order(buyer, self._values))
            self.preview, self._token = show_start(found, reader), found.token
        except DomainError as error:
            self.preview, self.preview_error = PreviewView(), f"{error.sentence} ({error.code})"


def _load_buyer(session: Session, actor: Actor, tenant_id: UUID) -> forms.Buyer:
    tenant = get_tenant(session, actor, tenant_id)
    prices = list_price_choices(session, actor, currency=tenant.currency)
    add_ons = list_price_choices(session, actor, currency=tenant.currency, is_add_on=True)
    return forms.Buyer(tenant.id, tenant.name, tenant.currency, tuple(prices), tuple(add_ons))


@page("/billing/subscriptions/new", "New subscription", NewSubscriptionState.load)
def new_subscription_page() -> rx.Component:
    """Customer, then form and preview side by side."""
    return view.body(NewSubscriptionState)
