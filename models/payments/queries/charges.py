"""The list of charges: did the money arrive, and if not, whose move is it?"""

from datetime import UTC, datetime, time
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col

from models.accounts import Tenant, matches
from models.billing import Invoice
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
from models.kernel.money import Money
from models.kernel.permissions import Permission
from models.payments.queries.charge_rows import (
    CAUSES,
    UNKNOWN,
    ChargeRow,
    build_charge_row,
    charge_statement,
    is_move_of,
    is_unknown,
)
from models.payments.rules.whose_move import Mover
from models.payments.tables import Charge, ChargeCause, ChargeStatus

MOVES = {Mover.us: "Us", Mover.customer: "Customer", Mover.bank: "Bank", Mover.nobody: ""}
STANDINGS = {
    ChargeStatus.requested: "Requested",
    ChargeStatus.sent: "Sent",
    ChargeStatus.needs_action: "Needs customer",
    ChargeStatus.processing: "Processing",
    ChargeStatus.succeeded: "Succeeded",
    ChargeStatus.failed: "Failed",
    ChargeStatus.cancelled: "Cancelled",
    UNKNOWN: "Unknown outcome",
}


def _failed_today() -> ColumnElement[bool]:
    today = datetime.combine(clock.today(), time(), UTC)
    return and_(col(Charge.status) == ChargeStatus.failed, col(Charge.finished_at) >= today)


def _sent() -> ColumnElement[bool]:
    return and_(col(Charge.status) == ChargeStatus.sent, ~is_unknown())


def _search(_session: Session, text: str) -> ColumnElement[bool]:
    plain = text.strip()
    if plain.startswith(("pi_", "cs_")):
        return or_(col(Charge.vendor_payment_id) == plain, col(Charge.vendor_page_id) == plain)
    number = plain.upper()
    if number.startswith("INV"):
        return col(Invoice.number).startswith(number, autoescape=True)
    return matches(text)


def _fee(row: ChargeRow) -> Money | None:
    return None if row.fee_minor is None else Money(row.fee_minor, row.fee_currency or row.currency)


_CLAUSES = {ChargeStatus.sent: _sent, UNKNOWN: is_unknown}

CHARGES: Listing[ChargeRow] = register(
    Listing(
        key="charges",
        title="Charges",
        noun="charge",
        path="/billing/charges",
        permission=Permission.payments_read,
        export_permission=Permission.invoices_export,
        statement=charge_statement,
        build=build_charge_row,
        identifier=col(Charge.id),
        row_id=lambda row: row.id,
        columns=(
            Column(
                "number",
                "Charge of",
                ColumnKind.link,
                lambda row: row.number,
                href=lambda row: f"/billing/charges/{row.id}",
            ),
            Column("created_at", "When", ColumnKind.instant, lambda row: row.created_at, "created_at"),
            Column(
                "customer",
                "Customer",
                ColumnKind.link,
                lambda row: row.customer,
                href=lambda row: f"/customers/{row.tenant_id}",
            ),
            Column("amount", "Amount", ColumnKind.money, lambda row: money_of(row, "amount"), "amount"),
            Column(
                "status",
                "Status",
                ColumnKind.badge,
                lambda row: row.standing,
                note=lambda row: row.flag[0],
                note_tone=lambda row: row.flag[1],
            ),
            Column("move", "Whose move", ColumnKind.text, lambda row: MOVES[row.move] or None),
            Column("sentence", "Failure", ColumnKind.text, lambda row: row.sentence or None),
            Column("method", "Method", ColumnKind.text, lambda row: row.method),
            Column("fee", "Fee", ColumnKind.money, _fee),
            Column("cause", "Cause", ColumnKind.text, lambda row: CAUSES[ChargeCause(row.cause)]),
            Column(
                "invoice",
                "Invoice",
                ColumnKind.link,
                lambda row: row.number,
                href=lambda row: f"/billing/invoices/{row.invoice_id}",
                is_default=False,
            ),
            Column(
                "decline_code",
                "Decline code",
                ColumnKind.code,
                lambda row: row.decline_code or None,
                is_default=False,
            ),
            Column(
                "finished_at", "Finished", ColumnKind.instant, lambda row: row.finished_at, is_default=False
            ),
            Column("id", "Id", ColumnKind.code, lambda row: str(row.id), is_default=False),
        ),
        sorts=(
            SortKey("created_at", col(Charge.id), UUID),
            SortKey("amount", col(Charge.amount_minor), int),
        ),
        default_sort="-created_at",
        filters=(
            Filter(
                "status",
                "Status",
                FilterKind.choice,
                col(Charge.status),
                (
                    *(Choice(key, label, _CLAUSES.get(key)) for key, label in STANDINGS.items()),
                    Choice("failed_today", "Failed today", _failed_today),
                ),
            ),
            Filter(
                "move",
                "Whose move",
                FilterKind.choice,
                col(Charge.status),
                (
                    Choice("us", "Us", lambda: is_move_of(Mover.us)),
                    Choice("customer", "Customer", lambda: is_move_of(Mover.customer)),
                    Choice("bank", "Bank", lambda: is_move_of(Mover.bank)),
                ),
            ),
            Filter(
                "cause",
                "Cause",
                FilterKind.choice,
                col(Charge.cause),
                tuple(Choice(key.value, label) for key, label in CAUSES.items()),
            ),
            Filter("created", "When", FilterKind.date, col(Charge.created_at)),
            Filter("amount", "Amount", FilterKind.money, col(Charge.amount_minor)),
            Filter("decline", "Decline code", FilterKind.text, col(Charge.decline_code)),
            Filter("customer", "Customer", FilterKind.text, col(Tenant.external_ref)),
        ),
        search=_search,
        search_hint="Invoice number, customer, or pi_…",
        views=(
            View("all", "All", ""),
            View("failed_today", "Failed today", "f=status:failed_today"),
            View("customer", "Needs the customer", "f=move:customer"),
            View("processing", "Processing", "f=status:processing"),
            View("unknown", "Unknown outcome", "f=status:unknown"),
        ),
        total=(col(Charge.amount_minor), col(Charge.currency)),
        empty="A charge appears when an invoice is collected: by rule at its issue, by hand, or by a payment link.",
        nouns=frozenset({"tenant", "invoice"}),
        labels={str(key): label for key, label in STANDINGS.items()},
    )
)
