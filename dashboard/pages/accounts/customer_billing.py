"""The billing details of a customer: what invoices say of them, and on which terms."""

from typing import Any
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from dashboard.components.views import Fact
from dashboard.pages.accounts.customer_data import Choice
from dashboard.shell.guard import current, requires
from dashboard.shell.run import read
from dashboard.states.form_fields import day_or_none, texts
from models.billing import BillingProfileRow, get_billing_profile, list_legal_entities, update_billing_profile
from models.kernel.actor import Actor
from models.kernel.listing import show_date
from models.kernel.permissions import Permission

POLICIES = {"by_rule": "By the rules for all", "always": "Always a person"}
FIELDS = (
    "legal_name",
    "address",
    "region",
    "tax_id",
    "exempt_reason",
    "net_terms_days",
    "legal_entity",
    "review_policy",
)


class BillingTab(rx.State, mixin=True):
    """Variables and handlers of the tab; the page's state is a `DetailState` of a customer."""

    billing: list[Fact] = []  # noqa: RUF012 -- Reflex copies defaults for each state
    billing_form: dict[str, str] = {}  # noqa: RUF012
    entities: list[Choice] = []  # noqa: RUF012

    _billing_version: int = 0

    async def _fill_billing(self) -> None:
        profile, entities = await read(load_billing, self._required_id())
        for name, value in show_billing(profile, entities, current().actor).items():
            setattr(self, name, value)
        self._billing_version = profile.version

    @rx.event
    @requires(Permission.billing_profiles_write)
    async def open_billing(self) -> None:
        """Open the form of the billing details."""
        self.dialog, self.dialog_error = "billing", ""

    @rx.event
    @requires(Permission.billing_profiles_write)
    async def save_billing(self, form: dict[str, str]) -> Any:
        """Change the billing details; a newer version is not overwritten."""
        return await self._commit(
            update_billing_profile,
            "Billing details changed.",
            tenant_id=self._required_id(),
            exempt_until_on=day_or_none(form, "exempt_until_on"),
            version=self._billing_version,
            **texts(form, *FIELDS),
        )


def load_billing(
    session: Session, actor: Actor, tenant_id: UUID
) -> tuple[BillingProfileRow, list[tuple[str, str]]]:
    """The details, and the companies of ours to choose from."""
    return get_billing_profile(session, actor, tenant_id), list_legal_entities(session, actor)


def show_billing(found: BillingProfileRow, entities: list[tuple[str, str]], reader: Actor) -> dict[str, Any]:
    """The state's variables for these details."""
    until = found.exempt_until_on
    exempt = found.exempt_reason + (f", until before {show_date(until, reader.locale)}" if until else "")
    terms = found.net_terms_days
    return {
        "billing": [
            Fact("Legal name", found.legal_name or "\u2014"),
            Fact("Address", found.address.replace(";", ",") or "\u2014"),
            Fact("Region", found.region or "\u2014"),
            Fact("Tax id", found.tax_id or "\u2014", title="Checked by its form only"),
            Fact("Exempt from tax", exempt or "No"),
            Fact("Net terms", "As for all" if terms is None else f"{terms} days"),
            Fact("Issued by", dict(entities).get(found.legal_entity, found.legal_entity)),
            Fact("Drafts are reviewed", POLICIES.get(found.review_policy, found.review_policy)),
        ],
        "billing_form": {
            **{name: str(getattr(found, name)) for name in FIELDS},
            "net_terms_days": "" if terms is None else str(terms),
            "exempt_until_on": until.isoformat() if until else "",
        },
        "entities": [Choice(key, name) for key, name in entities],
    }
