"""The form for a new customer, which shows whom the name looks like before there are two of one."""

from dataclasses import dataclass
from typing import Any

import reflex as rx
from sqlmodel import Session

from dashboard.components.dialogs import reason_dialog, select_field, text_field
from dashboard.shell.guard import current, requires
from dashboard.shell.run import read, write
from dashboard.states.form_fields import as_id
from dashboard.states.list_counts import forget_counts
from models.accounts import LOCALES, create_tenant, find_tenants, list_account_managers
from models.billing import CUSTOMERS
from models.kernel.actor import Actor
from models.kernel.errors import DomainError
from models.kernel.permissions import Permission

MAY = Permission.customers_write
NOBODY = "nobody"
LANGUAGES = {"de": "German", "en": "English", "es": "Spanish", "fr": "French", "ja": "Japanese"}
SHORTEST = 3
FIELDS = ("name", "country", "currency", "time_zone", "locale", "email")


@dataclass(frozen=True)
class Manager:
    """Somebody who may look after the customer."""

    id: str
    name: str


@dataclass(frozen=True)
class Similar:
    """A customer whose name begins alike."""

    label: str
    href: str


class NewCustomer(rx.State, mixin=True):
    """The form and its refusal."""

    is_new_open: bool = False
    new_error: str = ""
    new_owner: str = NOBODY
    managers: list[Manager] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    similar: list[Similar] = []  # noqa: RUF012

    @rx.event
    @requires(MAY)
    async def open_new(self) -> None:
        """Open the form; whoever opens it is the account manager unless they choose another."""
        self.managers = await read(_managers)
        self.new_owner = str(current().actor.id or NOBODY)
        self.is_new_open, self.new_error, self.similar = True, "", []

    @rx.event
    @requires(MAY)
    async def close_new(self) -> None:
        """Close the form."""
        self.is_new_open = False

    @rx.event
    @requires(MAY)
    async def look_for_similar(self, name: str) -> None:
        """Show customers that the name may mean already."""
        self.similar = await read(_similar, name) if len(name.strip()) >= SHORTEST else []

    @rx.event
    @requires(MAY)
    async def create(self, form: dict[str, str]) -> Any:
        """Make the customer and open its page; a refusal stays in the form with all input."""
        owner = str(form.get("owner", NOBODY))
        try:
            made = await write(
                create_tenant,
                owner_id=None if owner == NOBODY else as_id(owner),
                **{key: str(form.get(key, "")) for key in FIELDS},
            )
        except DomainError as error:
            self.new_error = f"{error.sentence} ({error.code})"
            return None
        self.is_new_open = False
        forget_counts(CUSTOMERS)
        return [rx.redirect(f"/customers/{made.id}"), rx.toast.success(f"Customer {made.name} added.")]


def _managers(session: Session, _actor: Actor) -> list[Manager]:
    people = [Manager(str(each.id), each.name) for each in list_account_managers(session)]
    return [*people, Manager(NOBODY, "Nobody")]


def _similar(session: Session, actor: Actor, name: str) -> list[Similar]:
    found = find_tenants(session, actor, name, limit=3)
    return [
        Similar(f"{title} \u00b7 {reference} \u00b7 {status}", f"/customers/{identifier}")
        for identifier, title, reference, status in found
    ]


def new_button(state: Any) -> rx.Component:
    """The list's one primary action."""
    return rx.cond(
        state.can_write,
        rx.button(
            rx.icon("plus", size=16),
            "New customer",
            on_click=state.open_new,
            high_contrast=True,
            custom_attrs={"data-key": "n"},
        ),
    )


def new_dialog(state: Any) -> rx.Component:
    """Name, country, currency, language, time zone and account manager."""
    return reason_dialog(
        title="New customer",
        effect="Starts on trial. Nothing is billed before there is a subscription.",
        undo="Cannot be deleted here; its status can be set to churned.",
        verb="Add customer",
        is_open=state.is_new_open,
        on_close=state.close_new,
        on_submit=state.create,
        error=state.new_error,
        is_dangerous=False,
        fields=(
            _name(state),
            rx.cond(state.similar.length() > 0, _already(state)),
            text_field("Billing e-mail", "email", required=False),
            text_field("Country", "country", placeholder="DE"),
            text_field("Currency", "currency", placeholder="EUR"),
            select_field("Language", "locale", [(key, LANGUAGES[key]) for key in LOCALES], "en"),
            text_field("Time zone", "time_zone", placeholder="Europe/Berlin", default="UTC"),
            _owner(state),
        ),
    )


def _name(state: Any) -> rx.Component:
    return rx.el.label(
        rx.text("Name", size="2", weight="medium", as_="span"),
        rx.input(
            name="name",
            required=True,
            max_length=200,
            auto_focus=True,
            on_change=state.look_for_similar.debounce(300),
            width="100%",
        ),
        width="100%",
    )


def _already(state: Any) -> rx.Component:
    return rx.box(
        rx.text("Is it one of these?", size="2", weight="medium"),
        rx.el.ul(
            rx.foreach(state.similar, lambda each: rx.el.li(rx.link(each.label, href=each.href, size="2")))
        ),
        role="status",
    )


def _owner(state: Any) -> rx.Component:
    return rx.el.label(
        rx.text("Account manager", size="2", weight="medium", as_="div"),
        rx.select.root(
            rx.select.trigger(width="100%"),
            rx.select.content(
                rx.foreach(state.managers, lambda each: rx.select.item(each.name, value=each.id))
            ),
            name="owner",
            default_value=state.new_owner,
        ),
        width="100%",
    )
