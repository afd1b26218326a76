"""Writing a planned invoice as a draft."""

from datetime import timedelta

from sqlmodel import Session

from models.billing.operations.numbering import draft_number
from models.billing.rules.invoice_plan import InvoicePlan, LinePlan
from models.billing.rules.snapshot import Snapshot
from models.billing.rules.tax import TaxParty, TaxTreatment
from models.billing.tables import FailedStep, Invoice, InvoiceLine, InvoiceStatus
from models.kernel.columns import new_id


def store_draft(session: Session, s: Snapshot, plan: InvoicePlan) -> Invoice:
    """The plan as a draft with its lines, equal to it in every amount; `generating` where tax is missing."""
    identifier = new_id()
    invoice = Invoice(
        id=identifier,
        tenant_id=s.tenant_id,
        subscription_id=s.subscription_id,
        kind=plan.kind,
        number=draft_number(identifier),
        legal_entity=s.legal_entity,
        status=InvoiceStatus.draft,
        currency=plan.currency,
        subtotal_minor=plan.subtotal_minor,
        tax_minor=plan.tax_minor,
        total_minor=plan.total_minor,
        period_start_on=plan.period_start_on,
        period_until_on=plan.period_until_on,
        issued_on=plan.issued_on,
        due_on=plan.issued_on + timedelta(days=s.net_terms_days),
        tax_note=plan.tax_note,
    )
    if plan.treatment is TaxTreatment.missing:
        invoice.status = InvoiceStatus.generating
        invoice.failed_step, invoice.failure = FailedStep.tax, missing_tax(s.tax.party)
    session.add(invoice)
    session.flush()
    session.add_all(_line(invoice, position, line) for position, line in enumerate(plan.lines, start=1))
    session.flush()
    return invoice


def missing_tax(party: TaxParty) -> str:
    """Why the tax of an invoice to this customer could not be found."""
    place = f"{party.country}-{party.region}" if party.region else party.country
    return f"No tax rule for {place} holds on that day. Add one under Taxes, then retry the step."


def _line(invoice: Invoice, position: int, line: LinePlan) -> InvoiceLine:
    draft = line.draft
    return InvoiceLine(
        tenant_id=invoice.tenant_id,
        invoice_id=invoice.id,
        position=position,
        kind=draft.kind,
        component_id=draft.component_id,
        description=draft.description,
        quantity=draft.quantity,
        unit_amount_minor=draft.unit_amount_minor,
        discount_minor=draft.discount_minor,
        amount_minor=line.amount_minor,
        tax_minor=line.tax_minor,
        currency=invoice.currency,
        period_start_on=draft.period_start_on,
        period_until_on=draft.period_until_on,
        taxes=list(line.taxes),
        derivation=line.derivation,
    )
