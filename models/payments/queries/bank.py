"""Money that came by bank transfer: the list, one line, and the invoices it may be for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlmodel import Session, col

from models.accounts import Tenant, matching_tenant_ids, scoped
from models.billing import Invoice, InvoiceStatus
from models.kernel.actor import Actor
from models.kernel.errors import NotFound
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
from models.payments.rules.bank_matching import Candidate, Suggestion, name_words, numbers_in, suggest
from models.payments.tables import BankLine, BankLineStatus, BankMatch, BankStatement

MOST_CANDIDATES, MOST_SHOWN = 200, 8
STANDINGS: Mapping[BankLineStatus, str] = {
    BankLineStatus.open: "To match",
    BankLineStatus.matched: "Matched",
    BankLineStatus.ignored: "Ignored",
}


@dataclass(frozen=True, slots=True)
class BankLineRow:
    """Money that came; `file_name` and `place` say where it stands."""

    id: UUID
    account: str
    booked_on: date
    currency: str
    amount_minor: int
    payer: str
    payer_account: str
    reference: str
    status: str
    ignored_reason: str
    settled_at: datetime | None
    settled_by: str
    file_name: str
    place: int


@dataclass(frozen=True, slots=True)
class MatchRow:
    """A part of a line that went to an invoice."""

    invoice_id: UUID
    number: str
    customer: str
    currency: str
    amount_minor: int
    to_balance_minor: int


_columns: tuple[Any, ...] = (
    *(
        getattr(BankLine, name)
        for name in BankLineRow.__dataclass_fields__
        if name not in {"file_name", "place"}
    ),
    BankStatement.file_name,
    BankLine.place,
)


def _statement(actor: Actor) -> Select[Any]:
    actor.ensure(Permission.bank_lines_read)
    return select(*_columns).join(BankStatement, col(BankStatement.id) == BankLine.statement_id)


def _build(row: Any) -> BankLineRow:
    return BankLineRow(*row[: len(_columns)])


def _select(*columns: Any) -> Select[Any]:
    return select(*columns)


def _search(_session: Session, text: str) -> ColumnElement[bool]:
    plain = text.strip()
    return or_(
        col(BankLine.payer).icontains(plain, autoescape=True),
        col(BankLine.reference).icontains(plain, autoescape=True),
        col(BankLine.payer_account) == plain.replace(" ", "").upper(),
    )


def get_bank_line(session: Session, actor: Actor, line_id: UUID) -> tuple[BankLineRow, list[MatchRow]]:
    """One line and what it was matched to; NotFound where there is none."""
    found = session.execute(_statement(actor).where(col(BankLine.id) == line_id)).first()
    if found is None:
        raise NotFound("bank_line", line_id)
    matches = scoped(
        _select(
            col(BankMatch.invoice_id),
            col(Invoice.number),
            col(Tenant.name),
            col(BankMatch.currency),
            col(BankMatch.amount_minor),
            col(BankMatch.to_balance_minor),
        )
        .join(Invoice, col(Invoice.id) == BankMatch.invoice_id)
        .join(Tenant, col(Tenant.id) == BankMatch.tenant_id)
        .where(col(BankMatch.line_id) == line_id),
        BankMatch.tenant_id,
        actor,
        Permission.invoices_read,
    )
    rows = session.execute(matches.order_by(col(BankMatch.id)))
    return _build(found), [MatchRow(*row) for row in rows]


def suggest_invoices(session: Session, actor: Actor, line_id: UUID, *, search: str = "") -> list[Suggestion]:
    """Open invoices within reach that the money may be for, the likeliest first, at most eight.

    With `search`, a number or a customer, those that fit it, whether anything else speaks for them or not.
    """
    line, _ = get_bank_line(session, actor, line_id)
    candidates = _candidates(session, actor, line, _wanted(session, line, search.strip()))
    found = list(suggest(line.amount_minor, line.payer, line.reference, candidates))
    if search.strip():
        known = {each.candidate.invoice_id for each in found}
        found += [Suggestion(each, 0, ()) for each in candidates if each.invoice_id not in known]
    return found[:MOST_SHOWN]


def _wanted(session: Session, line: BankLineRow, search: str) -> ColumnElement[bool]:
    if search:
        number = col(Invoice.number).startswith(search.upper(), autoescape=True)
        return or_(number, col(Invoice.tenant_id).in_(matching_tenant_ids(session, search, MOST_CANDIDATES)))
    numbers = numbers_in(line.reference)
    wanted = [col(Invoice.due_minor) == line.amount_minor]
    if numbers:
        wanted.append(func.regexp_replace(col(Invoice.number), "[^A-Z0-9]", "", "g").in_(numbers))
    payer = name_words(line.payer)
    if payer:
        wanted.append(col(Invoice.tenant_id).in_(matching_tenant_ids(session, payer, MOST_CANDIDATES)))
    return or_(*wanted)


def _candidates(
    session: Session, actor: Actor, line: BankLineRow, wanted: ColumnElement[bool]
) -> list[Candidate]:
    statement = scoped(
        _select(
            col(Invoice.id),
            col(Invoice.number),
            col(Invoice.tenant_id),
            col(Tenant.name),
            col(Tenant.external_ref),
            col(Invoice.due_minor),
        )
        .join(Tenant, col(Tenant.id) == Invoice.tenant_id)
        .where(
            col(Invoice.status) == InvoiceStatus.open,
            col(Invoice.currency) == line.currency,
            col(Invoice.due_minor) > 0,
            wanted,
        ),
        Invoice.tenant_id,
        actor,
        Permission.invoices_read,
    )
    rows = session.execute(statement.order_by(col(Invoice.issued_on)).limit(MOST_CANDIDATES))
    return [Candidate(*row) for row in rows]


BANK_LINES: Listing[BankLineRow] = register(
    Listing(
        key="bank_lines",
        title="Bank transfers",
        noun="line",
        path="/billing/bank",
        permission=Permission.bank_lines_read,
        export_permission=Permission.bank_lines_read,
        statement=_statement,
        build=_build,
        identifier=col(BankLine.id),
        row_id=lambda row: row.id,
        columns=(
            Column(
                "payer",
                "Payer",
                ColumnKind.link,
                lambda row: row.payer or "Unknown",
                href=lambda row: f"/billing/bank/{row.id}",
            ),
            Column("booked_on", "Booked", ColumnKind.date, lambda row: row.booked_on, "booked_on"),
            Column("amount", "Amount", ColumnKind.money, lambda row: money_of(row, "amount"), "amount"),
            Column("status", "Status", ColumnKind.badge, lambda row: row.status),
            Column("reference", "Text", ColumnKind.text, lambda row: row.reference),
            Column("settled_by", "By", ColumnKind.text, lambda row: row.settled_by or None),
            Column(
                "ignored_reason",
                "Why ignored",
                ColumnKind.text,
                lambda row: row.ignored_reason or None,
                is_default=False,
            ),
            Column("account", "Our account", ColumnKind.code, lambda row: row.account, is_default=False),
            Column(
                "payer_account",
                "Payer's account",
                ColumnKind.code,
                lambda row: row.payer_account or None,
                is_default=False,
            ),
            Column("file_name", "File", ColumnKind.text, lambda row: row.file_name, is_default=False),
        ),
        sorts=(
            SortKey("booked_on", col(BankLine.booked_on), date.fromisoformat),
            SortKey("amount", col(BankLine.amount_minor), int),
        ),
        default_sort="-booked_on",
        filters=(
            Filter(
                "status",
                "Status",
                FilterKind.choice,
                col(BankLine.status),
                tuple(Choice(each.value, label) for each, label in STANDINGS.items()),
            ),
            Filter("booked_on", "Booked", FilterKind.date, col(BankLine.booked_on)),
            Filter("amount", "Amount", FilterKind.money, col(BankLine.amount_minor)),
            Filter("account", "Our account", FilterKind.text, col(BankLine.account)),
        ),
        search=_search,
        search_hint="Payer, text, or the payer's account",
        views=(
            View("all", "All", ""),
            View("open", "To match", "f=status:open"),
            View("matched", "Matched", "f=status:matched"),
            View("ignored", "Ignored", "f=status:ignored"),
        ),
        total=(col(BankLine.amount_minor), col(BankLine.currency)),
        empty="Upload a statement of your bank, as CSV or CAMT.053: its credits wait here to be matched.",
        nouns=frozenset({"bank_line"}),
        labels={each.value: label for each, label in STANDINGS.items()},
    )
)
