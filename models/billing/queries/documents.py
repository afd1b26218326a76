"""An invoice as a printed document: everything it says, frozen before it is rendered."""

from typing import Any
from uuid import UUID

from sqlmodel import Session

from models.accounts import Tenant
from models.billing.queries.invoices import InvoiceDetail, LineRow, get_invoice
from models.integrations.documents import LANGUAGES, DocumentLine, DocumentPeriod, InvoiceDocument, Party
from models.kernel.actor import Actor
from models.kernel.errors import NotFound
from models.kernel.money import Money
from models.kernel.settings import get_settings

# How a line's amount came about, in the customer's language; the keys are kinds of derivation.
SENTENCES = {
    "en": {
        "flat": "{total} spread over {months} months; this is month {month}. Odd cents go to the largest remainder.",
        "times": "{quantity} × {unit} = {amount}.",
    },
    "de": {
        "flat": "{total}, verteilt auf {months} Monate; dies ist Monat {month}. Restcents nach größtem Rest.",
        "times": "{quantity} × {unit} = {amount}.",
    },
    "fr": {
        "flat": "{total} répartis sur {months} mois ; voici le mois {month}. Centimes restants au plus fort reste.",
        "times": "{quantity} × {unit} = {amount}.",
    },
    "es": {
        "flat": "{total} repartidos en {months} meses; este es el mes {month}. Céntimos sobrantes al mayor resto.",
        "times": "{quantity} × {unit} = {amount}.",
    },
    "ja": {
        "flat": "{total}を{months}か月に配分した{month}か月目の金額です。端数は最大剰余方式で配分しました。",
        "times": "{quantity} × {unit} = {amount}",
    },
}


def build_invoice_document(session: Session, actor: Actor, invoice_id: UUID) -> InvoiceDocument:
    """What the invoice's document says, in the customer's language; NotFound out of the actor's reach."""
    invoice = get_invoice(session, actor, invoice_id)
    row = invoice.row
    tenant = session.get(Tenant, row.tenant_id)
    if tenant is None:
        raise NotFound("invoice", invoice_id)
    settings = get_settings()
    return InvoiceDocument(
        number=row.number,
        status=row.status,
        product_name=settings.issuer_name,
        issuer=Party(settings.issuer_name, _parts(settings.issuer_address), "", settings.issuer_tax_id),
        customer=Party(tenant.name, (tenant.email,) if tenant.email else (), tenant.country),
        customer_reference=tenant.external_ref,
        issued_on=row.issued_on,
        due_on=row.due_on,
        period=DocumentPeriod(row.period_start_on, row.period_until_on),
        currency=row.currency,
        lines=_lines(invoice, tenant.locale),
        subtotal_minor=invoice.subtotal_minor,
        tax_minor=invoice.tax_minor,
        total_minor=row.total_minor,
        paid_minor=row.paid_minor,
        due_minor=row.due_minor,
        locale=tenant.locale,
    )


def explain_line(derivation: dict[str, Any], line: LineRow, currency: str, locale: str) -> tuple[str, ...]:
    """How the line's amount came about, a sentence an entry; a kind without words shows its facts by name."""
    spoken = locale.replace("-", "_")
    language = spoken.partition("_")[0]
    if language not in LANGUAGES:
        spoken = language = "en"

    def money(minor: int) -> str:
        return Money(minor, currency).format(spoken)

    words = SENTENCES[language]
    found = []
    if line.quantity != 1 and line.quantity * line.unit_amount_minor == line.amount_minor:
        unit, amount = money(line.unit_amount_minor), money(line.amount_minor)
        found.append(words["times"].format(quantity=line.quantity, unit=unit, amount=amount))
    if {"total_minor", "months", "month"} <= derivation.keys() and derivation.get("kind") == "flat":
        facts = {key: derivation[key] for key in ("months", "month")}
        found.append(words["flat"].format(total=money(int(derivation["total_minor"])), **facts))
        return tuple(found)
    found += [_fact(key, value, money) for key, value in derivation.items()]
    return tuple(found)


def _fact(key: str, value: Any, money: Any) -> str:
    name = key.removesuffix("_minor").replace("_", " ").capitalize()
    shown = money(value) if key.endswith("_minor") and isinstance(value, int) else value
    return f"{name}: {shown}"


def _lines(invoice: InvoiceDetail, locale: str) -> tuple[DocumentLine, ...]:
    return tuple(
        DocumentLine(
            line.description,
            line.quantity,
            line.unit_amount_minor,
            line.amount_minor,
            DocumentPeriod(line.period_start_on, line.period_until_on),
            explain_line(line.derivation, line, invoice.row.currency, locale),
        )
        for line in invoice.lines
    )


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())
