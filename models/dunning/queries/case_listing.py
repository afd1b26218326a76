"""The queue: who owes, why did it fail, what happens next and when?"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, or_
from sqlmodel import Session, col

from models.accounts import StaffUser, Tenant, matches, matching_tenant_ids
from models.billing import Invoice
from models.dunning.operations.locking import is_open
from models.dunning.queries.case_rows import ENDING_DAYS, CaseRow, build_case_row, case_statement
from models.dunning.rules.campaign import NO_DECLINE, DeclineClass
from models.dunning.tables import Campaign, CaseStatus, DunningCase
from models.kernel import clock
from models.kernel.listing import (
    Choice,
    Column,
    ColumnKind,
    Filter,
    FilterKind,
    Listing,
    SortKey,
    View,
    money_of,
    register,
)
from models.kernel.permissions import Permission

FEW_TENANTS = 1_000


def _search(session: Session, text: str) -> ColumnElement[bool]:
    plain = text.strip().upper()
    if plain.startswith("INV"):
        return col(Invoice.number).startswith(plain, autoescape=True)
    ids = matching_tenant_ids(session, text, FEW_TENANTS)
    if len(ids) <= FEW_TENANTS:
        # Written into the statement: a plan for any ids would walk the order of the queue instead.
        return col(DunningCase.tenant_id).in_(bindparam(None, ids, expanding=True, literal_execute=True))
    return matches(text)


def needs_person() -> ColumnElement[bool]:
    """Somebody was called."""
    return and_(col(DunningCase.needs_person), is_open())


def _soon() -> ColumnElement[bool]:
    return and_(is_open(), col(DunningCase.next_at) <= clock.now() + timedelta(hours=24))


def is_ending() -> ColumnElement[bool]:
    """Its campaign ends within three days."""
    return and_(is_open(), col(DunningCase.ends_at) <= clock.now() + timedelta(days=ENDING_DAYS))


def _no_decline() -> ColumnElement[bool]:
    return col(DunningCase.failure_class) == ""


def _resting() -> ColumnElement[bool]:
    return or_(col(DunningCase.status) == CaseStatus.paused, col(DunningCase.status) == CaseStatus.promised)


def _next(row: CaseRow) -> str:
    return row.next_words


def _money_back(row: CaseRow) -> Any:
    return money_of(row, "recovered") if row.status == CaseStatus.recovered else None


_CLASSES = tuple(Choice(each.value, each.value.replace("_", " ").capitalize()) for each in DeclineClass)

CASES: Listing[CaseRow] = register(
    Listing(
        key="dunning_cases",
        title="Dunning cases",
        noun="case",
        path="/billing/dunning",
        permission=Permission.dunning_read,
        export_permission=Permission.dunning_read,
        statement=case_statement,
        build=build_case_row,
        identifier=col(DunningCase.id),
        row_id=lambda row: row.id,
        columns=(
            Column(
                "customer",
                "Customer",
                ColumnKind.link,
                lambda row: row.customer,
                href=lambda row: f"/billing/dunning/{row.id}",
            ),
            Column(
                "number",
                "Invoice",
                ColumnKind.link,
                lambda row: row.number,
                href=lambda row: f"/billing/invoices/{row.invoice_id}",
            ),
            Column("owed", "Owed", ColumnKind.money, lambda row: money_of(row, "amount"), "owed"),
            Column("days", "Days", ColumnKind.number, lambda row: row.days),
            Column(
                "status",
                "Status",
                ColumnKind.badge,
                lambda row: row.status,
                note=lambda row: row.flag[0],
                note_tone=lambda row: row.flag[1],
            ),
            Column("step", "Step", ColumnKind.text, lambda row: row.steps),
            Column("failure", "Last failure", ColumnKind.text, lambda row: row.failure_words),
            Column("next", "Next", ColumnKind.text, _next, "next_at"),
            Column("tries", "Tries", ColumnKind.text, lambda row: f"{row.tries_used} of {row.budget}"),
            Column("campaign", "Campaign", ColumnKind.text, lambda row: f"{row.campaign} v{row.version}"),
            Column("owner", "Owner", ColumnKind.text, lambda row: row.owner, is_default=False),
            Column(
                "promise_on", "Promised for", ColumnKind.date, lambda row: row.promise_on, is_default=False
            ),
            Column(
                "person_why", "Why a person", ColumnKind.text, lambda row: row.person_why, is_default=False
            ),
            Column("recovered", "Recovered", ColumnKind.money, _money_back, is_default=False),
            Column(
                "opened_at",
                "Since",
                ColumnKind.instant,
                lambda row: row.opened_at,
                "opened_at",
                is_default=False,
            ),
        ),
        sorts=(
            SortKey("next_at", col(DunningCase.next_at), datetime.fromisoformat),
            SortKey("owed", col(DunningCase.amount_minor), int),
            SortKey("opened_at", col(DunningCase.opened_at), datetime.fromisoformat),
        ),
        default_sort="next_at",
        filters=(
            Filter(
                "status",
                "Status",
                FilterKind.choice,
                col(DunningCase.status),
                (
                    Choice("open", "Open", is_open),
                    Choice("running", "Running"),
                    Choice("waiting_action", "Waiting for the customer"),
                    Choice("resting", "Resting", _resting),
                    Choice("paused", "Paused"),
                    Choice("promised", "Promised"),
                    Choice("recovered", "Recovered"),
                    Choice("ended", "Ended unpaid"),
                    Choice("stopped", "Stopped"),
                ),
            ),
            Filter(
                "attention",
                "Attention",
                FilterKind.choice,
                col(DunningCase.needs_person),
                (
                    Choice("person", "Needs a person", needs_person),
                    Choice("soon", "Next 24 h", _soon),
                    Choice("ending", "Ending", is_ending),
                ),
            ),
            Filter(
                "class",
                "Decline",
                FilterKind.choice,
                col(DunningCase.failure_class),
                (*_CLASSES, Choice(NO_DECLINE, "None, only overdue", _no_decline)),
            ),
            Filter("owed", "Owed", FilterKind.money, col(DunningCase.amount_minor)),
            Filter("next_action", "Next step", FilterKind.text, col(DunningCase.next_action)),
            Filter("campaign", "Campaign", FilterKind.text, col(Campaign.name)),
            Filter("owner", "Owner", FilterKind.text, col(StaffUser.name)),
            Filter("customer", "Customer", FilterKind.text, col(Tenant.external_ref)),
        ),
        search=_search,
        search_hint="Invoice number or customer",
        views=(
            View("all", "All", ""),
            View("person", "Needs a person", "f=attention:person"),
            View("soon", "Next 24 h", "f=attention:soon"),
            View("ending", "Ending", "f=attention:ending&sort=next_at"),
            View("paused", "Paused", "f=status:paused"),
            View("promised", "Promised", "f=status:promised"),
            View("recovered", "Recovered", "f=status:recovered&sort=-opened_at"),
            View("ended", "Ended unpaid", "f=status:ended&sort=-opened_at"),
        ),
        total=(col(DunningCase.amount_minor), col(DunningCase.currency)),
        empty="Nobody owes. A case begins when a charge fails or an invoice is overdue.",
        nouns=frozenset({"invoice", "tenant"}),
        labels={
            "waiting_action": "Waiting for the customer",
            "ended": "Ended unpaid",
        },
    )
)
