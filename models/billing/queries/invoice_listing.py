"""The list of invoices: columns, filters and views."""

from datetime import date
from functools import partial

from sqlalchemy import ColumnElement, and_
from sqlmodel import col

from models.accounts import Tenant
from models.billing.queries.aging import Age, is_aged
from models.billing.queries.invoice_rows import InvoiceRow, build_invoice_row, invoice_statement
from models.billing.queries.invoice_search import matching_invoices
from models.billing.tables import Invoice, InvoiceStatus
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

AGE_WORDS = {
    each: "Not yet due" if each is Age.current else f"{each.value.replace('-', '–')} days" for each in Age
}


def _overdue() -> ColumnElement[bool]:
    return and_(col(Invoice.status) == InvoiceStatus.open, col(Invoice.due_on) < clock.today())


def _part_paid() -> ColumnElement[bool]:
    return and_(col(Invoice.status) == InvoiceStatus.open, col(Invoice.paid_minor) > 0)


def _to_review() -> ColumnElement[bool]:
    return and_(
        col(Invoice.status) == InvoiceStatus.draft,
        col(Invoice.approvals_needed) > 0,
        col(Invoice.held_reason) == "",
    )


def _held() -> ColumnElement[bool]:
    return and_(col(Invoice.status) == InvoiceStatus.draft, col(Invoice.held_reason) != "")


def _credited() -> ColumnElement[bool]:
    return col(Invoice.credited_minor) > 0


INVOICES: Listing[InvoiceRow] = register(
    Listing(
        key="invoices",
        title="Invoices",
        noun="invoice",
        path="/billing/invoices",
        permission=Permission.invoices_read,
        export_permission=Permission.invoices_export,
        statement=invoice_statement,
        build=build_invoice_row,
        identifier=col(Invoice.id),
        row_id=lambda row: row.id,
        columns=(
            Column(
                "number",
                "Number",
                ColumnKind.link,
                lambda row: row.number,
                "number",
                href=lambda row: f"/billing/invoices/{row.id}",
            ),
            Column(
                "customer",
                "Customer",
                ColumnKind.link,
                lambda row: row.customer,
                href=lambda row: f"/customers/{row.tenant_id}",
            ),
            Column(
                "status",
                "Status",
                ColumnKind.badge,
                lambda row: row.standing,
                note=lambda row: row.flag[0],
                note_tone=lambda row: row.flag[1],
            ),
            Column("total", "Total", ColumnKind.money, lambda row: money_of(row, "total"), "total"),
            Column(
                "due",
                "Due",
                ColumnKind.money,
                lambda row: money_of(row, "due") if row.status == InvoiceStatus.open else None,
            ),
            Column("issued_on", "Issued", ColumnKind.date, lambda row: row.issued_on, "issued_on"),
            Column("due_on", "Due on", ColumnKind.date, lambda row: row.due_on),
            Column("paid", "Paid", ColumnKind.money, lambda row: money_of(row, "paid"), is_default=False),
            Column("tax", "Tax", ColumnKind.money, lambda row: money_of(row, "tax"), is_default=False),
            Column(
                "credited",
                "Credited",
                ColumnKind.money,
                lambda row: money_of(row, "credited"),
                is_default=False,
            ),
            Column(
                "period_start_on",
                "Period from",
                ColumnKind.date,
                lambda row: row.period_start_on,
                is_default=False,
            ),
            Column("country", "Country", ColumnKind.text, lambda row: row.country, is_default=False),
            Column("id", "Id", ColumnKind.code, lambda row: str(row.id), is_default=False),
        ),
        sorts=(
            SortKey("issued_on", col(Invoice.issued_on), date.fromisoformat),
            SortKey("total", col(Invoice.total_minor), int),
            SortKey("number", col(Invoice.number), str),
        ),
        default_sort="-issued_on",
        filters=(
            Filter(
                "status",
                "Status",
                FilterKind.choice,
                col(Invoice.status),
                (
                    Choice("draft", "Draft"),
                    Choice("to_review", "To review", _to_review),
                    Choice("held", "Held", _held),
                    Choice("generating", "Stuck"),
                    Choice("open", "Open"),
                    Choice("overdue", "Overdue", _overdue),
                    Choice("part_paid", "Part paid", _part_paid),
                    Choice("credited", "Credited", _credited),
                    Choice("paid", "Paid"),
                    Choice("void", "Void"),
                    Choice("uncollectible", "Written off"),
                ),
            ),
            Filter(
                "aging",
                "Days overdue",
                FilterKind.choice,
                col(Invoice.status),
                tuple(Choice(each.value, AGE_WORDS[each], partial(is_aged, each)) for each in Age),
            ),
            Filter("currency", "Currency", FilterKind.text, col(Invoice.currency)),
            Filter("issued_on", "Issued", FilterKind.date, col(Invoice.issued_on)),
            Filter("due_on", "Due on", FilterKind.date, col(Invoice.due_on)),
            Filter("total", "Total", FilterKind.money, col(Invoice.total_minor)),
            Filter("country", "Country", FilterKind.text, col(Tenant.country)),
            Filter("customer", "Customer", FilterKind.text, col(Tenant.external_ref)),
            Filter("run", "Billing run", FilterKind.text, col(Invoice.run_id)),
        ),
        search=matching_invoices,
        search_hint="Number or customer",
        views=(
            View("all", "All", ""),
            View("to_review", "To review", "f=status:to_review"),
            View("open", "Open", "f=status:open"),
            View("overdue", "Overdue", "f=status:overdue"),
            View("paid", "Paid", "f=status:paid"),
            View("stuck", "Stuck", "f=status:generating"),
            View("void", "Written off and void", "f=status:void,uncollectible"),
        ),
        total=(col(Invoice.due_minor), col(Invoice.currency)),
        empty="Invoices appear when a subscription bills.",
        nouns=frozenset({"tenant", "invoice"}),
        labels={
            "generating": "Stuck",
            "to_review": "To review",
            "uncollectible": "Written off",
        },
    )
)
