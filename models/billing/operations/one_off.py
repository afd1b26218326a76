"""Invoices by hand: lines free or from the catalogue, taxed and reviewed like any other draft."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from models.accounts import Tenant, get_scoped
from models.billing import events
from models.billing.operations.balance import ensure_currency
from models.billing.operations.draft_lines import MAX_LINES, read_quantity
from models.billing.operations.draft_totals import lines_of, review_draft
from models.billing.operations.invoices import invoice_subject
from models.billing.operations.numbering import draft_number
from models.billing.queries.tax_context import get_tax_context
from models.billing.rules.hand_lines import ONE_OFF, HandAmount, compute_hand_amount, ensure_description
from models.billing.rules.pricing import terms_of
from models.billing.rules.tax import Taxable, TaxResult, TaxTreatment
from models.billing.tables import (
    BillingProfile,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    InvoiceStatus,
    LineKind,
    Plan,
    Price,
    PriceModel,
    TaxBehavior,
)
from models.kernel import clock
from models.kernel.actor import Actor
from models.kernel.errors import Conflict, Invalid, NotFound
from models.kernel.events import record_event
from models.kernel.money import Money
from models.kernel.permissions import Permission

MAX_TERMS_DAYS = 365
DEFAULT_TERMS_DAYS = 14
MAX_MEMO = 1_000


@dataclass(frozen=True, slots=True)
class OneOffLine:
    """A line as typed: free with a unit price in the major unit, or what a price of the catalogue asks."""

    description: str = ""
    quantity: str = "1"
    unit_amount: str = ""
    tax_code: str = "standard"
    price_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class OneOffOrder:
    """A whole invoice by hand; `terms_days` None means the customer's terms."""

    tenant_id: UUID
    currency: str
    lines: tuple[OneOffLine, ...]
    terms_days: int | None = None
    memo: str = ""


@dataclass(frozen=True, slots=True)
class OneOffPreview:
    """The invoice that would be made; `token` pins it."""

    lines: tuple[InvoiceLine, ...]
    subtotal: Money
    tax: Money
    total: Money
    issued_on: date
    due_on: date
    tax_note: str
    token: str


def preview_one_off(session: Session, actor: Actor, *, order: OneOffOrder) -> OneOffPreview:
    """What `create_one_off_invoice` would make now; raises the same refusals."""
    invoice, lines, _ = _build(session, actor, order, None)
    currency = invoice.currency
    return OneOffPreview(
        tuple(lines),
        Money(invoice.subtotal_minor, currency),
        Money(invoice.tax_minor, currency),
        Money(invoice.total_minor, currency),
        invoice.issued_on,
        invoice.due_on,
        invoice.tax_note,
        _token(invoice, lines),
    )


def create_one_off_invoice(
    session: Session, actor: Actor, *, order: OneOffOrder, invoice_id: UUID, token: str = ""
) -> Invoice:
    """Make a draft by hand, which goes through the same review; its maker cannot approve it.

    `invoice_id` is made when the form opens: the same form sent twice is one draft. With a preview's `token` the
    draft is exactly what was previewed, or is refused. Raises Invalid for lines that cannot be read.
    """
    known = session.get(Invoice, invoice_id)
    if known is not None:
        return get_scoped(session, actor, Invoice, invoice_id, Permission.invoices_create)
    invoice, lines, result = _build(session, actor, order, invoice_id)
    if token and token != _token(invoice, lines):
        raise Conflict(
            "one_off.changed",
            "A price or a tax has changed since the preview. Look at the new preview first.",
        )
    session.add(invoice)
    session.flush()
    session.add_all(lines)
    session.flush()
    is_missing = result.treatment is TaxTreatment.missing
    review_draft(session, invoice, lines_of(session, invoice), is_tax_missing=is_missing)
    record_event(
        session,
        actor,
        events.INVOICE_CREATED,
        invoice_subject(invoice),
        after={
            "number": invoice.number,
            "total_minor": invoice.total_minor,
            "currency": invoice.currency,
            "approvals_needed": invoice.approvals_needed,
        },
    )
    return invoice


def _build(
    session: Session, actor: Actor, order: OneOffOrder, invoice_id: UUID | None
) -> tuple[Invoice, list[InvoiceLine], TaxResult]:
    """The draft and its lines, not yet in the session."""
    tenant = get_scoped(session, actor, Tenant, order.tenant_id, Permission.invoices_create)
    ensure_currency(order.currency)
    if not order.lines or len(order.lines) > MAX_LINES:
        raise Invalid("one_off.no_lines", f"An invoice has 1 to {MAX_LINES} lines. Add one.", field="lines")
    invoice = _blank(session, actor, order, tenant)
    if invoice_id is not None:
        invoice.id = invoice_id
    invoice.number = draft_number(invoice.id)
    drafted = [_amount(session, actor, order.currency, each) for each in order.lines]
    items = [
        Taxable(
            amount.amount_minor,
            str(amount.derivation["tax_code"]),
            is_inclusive=inclusive,
            on=invoice.issued_on,
        )
        for _, amount, inclusive in drafted
    ]
    result = get_tax_context(session, tenant.id, invoice.legal_entity).tax(items)
    lines = [
        _line(invoice, position, description, amount, result)
        for position, (description, amount, _) in enumerate(drafted, start=1)
    ]
    invoice.subtotal_minor = sum(each.amount_minor for each in lines)
    invoice.tax_minor = sum(each.tax_minor for each in lines)
    invoice.total_minor = invoice.subtotal_minor + invoice.tax_minor
    invoice.tax_note = result.note
    return invoice, lines, result


def _blank(session: Session, actor: Actor, order: OneOffOrder, tenant: Tenant) -> Invoice:
    """The draft without number and lines."""
    profile = session.get(BillingProfile, tenant.id)
    today = clock.now().astimezone(ZoneInfo(tenant.time_zone)).date()
    return Invoice(
        tenant_id=tenant.id,
        kind=InvoiceKind.one_off,
        number="",
        legal_entity=profile.legal_entity if profile else "main",
        status=InvoiceStatus.draft,
        currency=order.currency,
        subtotal_minor=0,
        total_minor=0,
        period_start_on=today,
        period_until_on=today + timedelta(days=1),
        issued_on=today,
        due_on=today + timedelta(days=_terms(order, profile)),
        memo=order.memo.strip()[:MAX_MEMO],
        edited_by=actor.id,
    )


def _amount(session: Session, actor: Actor, currency: str, line: OneOffLine) -> tuple[str, HandAmount, bool]:
    """Description, amount as priced, and whether tax is contained in it."""
    quantity = read_quantity(line.quantity)
    if line.price_id is None:
        amount = compute_hand_amount(
            ONE_OFF,
            quantity=quantity,
            unit_amount_minor=Money.parse(line.unit_amount, currency).minor,
            by=actor.name,
            tax_code=line.tax_code or "standard",
        )
        return ensure_description(line.description), amount, False
    price, plan = _price(session, line.price_id, currency)
    facts: dict[str, Any] = {
        "plan": plan.name,
        "plan_version": plan.version,
        "price_id": str(price.id),
        "by": actor.name,
        "tax_code": plan.tax_code,
    }
    terms = terms_of(PriceModel(price.model), price.unit_amount_minor or 0, price.package_size, price.tiers)
    amount = compute_hand_amount(ONE_OFF, quantity=quantity, terms=terms, **facts)
    return (
        ensure_description(line.description or plan.name),
        amount,
        price.tax_behavior == TaxBehavior.inclusive,
    )


def _price(session: Session, price_id: UUID, currency: str) -> tuple[Price, Plan]:
    price = session.get(Price, price_id)
    plan = session.get(Plan, price.plan_id) if price else None
    if price is None or plan is None:
        raise NotFound("price", price_id)
    if price.currency != currency:
        raise Invalid(
            "one_off.currency_mismatch",
            f"This price is in {price.currency} and the invoice in {currency}. Choose a price in {currency}.",
            field="currency",
        )
    if price.unit_amount_minor is None and not price.tiers:
        raise Invalid(
            "one_off.price_without_amount",
            "This price is agreed with each customer. Write the line with its amount instead.",
            field="price",
        )
    return price, plan


def _line(
    invoice: Invoice, position: int, description: str, amount: HandAmount, result: TaxResult
) -> InvoiceLine:
    taxed = result.lines[position - 1]
    taxes = [each.record() for each in taxed.shares]
    is_inclusive = taxed.net_minor != amount.amount_minor
    return InvoiceLine(
        tenant_id=invoice.tenant_id,
        invoice_id=invoice.id,
        position=position,
        kind=LineKind.one_off,
        description=description,
        quantity=amount.derivation["quantity"],
        unit_amount_minor=amount.unit_amount_minor,
        amount_minor=taxed.net_minor,
        tax_minor=taxed.tax_minor,
        currency=invoice.currency,
        period_start_on=invoice.period_start_on,
        period_until_on=invoice.period_until_on,
        taxes=taxes,
        derivation={
            **amount.derivation,
            "tax_behavior": (TaxBehavior.inclusive if is_inclusive else TaxBehavior.exclusive).value,
            "taxes": taxes,
            "tax_treatment": result.treatment.value,
            "tax_note": result.note,
        },
    )


def _terms(order: OneOffOrder, profile: BillingProfile | None) -> int:
    days = order.terms_days
    if days is None:
        agreed = profile.net_terms_days if profile else None
        days = DEFAULT_TERMS_DAYS if agreed is None else agreed
    if not 0 <= days <= MAX_TERMS_DAYS:
        raise Invalid("one_off.terms_out_of_bounds", "Terms are 0 to 365 days.", field="terms_days")
    return days


def _token(invoice: Invoice, lines: Sequence[InvoiceLine]) -> str:
    facts = f"{invoice.tenant_id}|{invoice.currency}|{invoice.issued_on}|{invoice.due_on}|" + "|".join(
        f"{each.description}:{each.quantity}:{each.amount_minor}:{each.tax_minor}" for each in lines
    )
    return hashlib.sha256(facts.encode()).hexdigest()
