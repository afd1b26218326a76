"""An invoice before it is written: its lines with tax, and its totals."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from models.billing.rules.tax import (
    Taxable,
    TaxBook,
    TaxedLine,
    TaxParty,
    TaxRate,
    TaxResult,
    TaxRounding,
    TaxTreatment,
    compute_taxes,
)
from models.billing.tables import InvoiceKind, LineKind

# A free plan is still on the invoice; the unused nothing of one is not.
KEPT_AT_ZERO = frozenset({LineKind.recurring, LineKind.one_off})


@dataclass(frozen=True, slots=True)
class TaxContext:
    """All that decides the tax: who buys, who sells, the rates, how to round."""

    party: TaxParty
    seller_country: str
    rates: Sequence[TaxRate] | TaxBook
    rounding: TaxRounding = TaxRounding.line

    def tax(self, items: Sequence[Taxable]) -> TaxResult:
        """The taxes of these items, rounded together where the policy says so."""
        return compute_taxes(
            items,
            party=self.party,
            seller_country=self.seller_country,
            rates=self.rates,
            rounding=self.rounding,
        )


@dataclass(frozen=True, slots=True)
class LineDraft:
    """A line before tax; `amount_minor` is after discount, and contains the tax where `is_inclusive`."""

    kind: LineKind
    component_id: UUID | None
    description: str
    quantity: int
    unit_amount_minor: int
    discount_minor: int
    amount_minor: int
    period_start_on: date
    period_until_on: date
    tax_code: str
    is_inclusive: bool
    # The day whose rates hold: a correction is taxed like what it corrects.
    tax_on: date
    derivation: Mapping[str, Any]

    @property
    def tax_minor(self) -> int:
        """A line that waits has no tax yet."""
        return 0

    def record(self) -> dict[str, Any]:
        """The line as JSON, for one that waits."""
        facts = asdict(self)
        days = ("period_start_on", "period_until_on", "tax_on")
        return {
            **facts,
            **{day: facts[day].isoformat() for day in days},
            "component_id": str(self.component_id) if self.component_id else None,
        }


def read_line(record: Mapping[str, Any]) -> LineDraft:
    """The line of a record."""
    days = ("period_start_on", "period_until_on", "tax_on")
    component = record["component_id"]
    return LineDraft(
        **{
            **record,
            **{day: date.fromisoformat(record[day]) for day in days},
            "kind": LineKind(record["kind"]),
            "component_id": UUID(component) if component else None,
        }
    )


@dataclass(frozen=True, slots=True)
class LinePlan:
    """A line with its tax; `amount_minor` is net of discount and tax."""

    draft: LineDraft
    amount_minor: int
    tax_minor: int
    taxes: tuple[dict[str, Any], ...]
    derivation: dict[str, Any]

    @property
    def quantity(self) -> int:
        """As drafted."""
        return self.draft.quantity

    @property
    def unit_amount_minor(self) -> int:
        """As drafted, before discount and tax."""
        return self.draft.unit_amount_minor


@dataclass(frozen=True, slots=True)
class InvoicePlan:
    """An invoice as it would be written; amounts in minor units of `currency`."""

    kind: InvoiceKind
    currency: str
    lines: tuple[LinePlan, ...]
    subtotal_minor: int
    tax_minor: int
    period_start_on: date
    period_until_on: date
    issued_on: date
    treatment: TaxTreatment
    tax_note: str

    @property
    def total_minor(self) -> int:
        """Subtotal and tax; negative where more is given back than billed."""
        return self.subtotal_minor + self.tax_minor


def build_invoice(
    kind: InvoiceKind,
    currency: str,
    drafts: Sequence[LineDraft],
    tax: TaxContext,
    *,
    period: tuple[date, date],
    issued_on: date,
) -> InvoicePlan:
    """The invoice these lines make, taxed in the context given; lines of nothing are left out.

    Corrections come first, then what is billed anew, each in the order given.
    """
    kept = [draft for draft in drafts if draft.amount_minor or draft.kind in KEPT_AT_ZERO]
    result = tax.tax(
        [Taxable(each.amount_minor, each.tax_code, each.is_inclusive, each.tax_on) for each in kept]
    )
    lines = tuple(
        _line(draft, taxed, result.treatment, result.note)
        for draft, taxed in zip(kept, result.lines, strict=True)
    )
    return InvoicePlan(
        kind=kind,
        currency=currency,
        lines=lines,
        subtotal_minor=sum(line.amount_minor for line in lines),
        tax_minor=sum(line.tax_minor for line in lines),
        period_start_on=period[0],
        period_until_on=period[1],
        issued_on=issued_on,
        treatment=result.treatment,
        tax_note=result.note,
    )


def _line(draft: LineDraft, taxed: TaxedLine, treatment: TaxTreatment, note: str) -> LinePlan:
    taxes = tuple(each.record() for each in taxed.shares)
    derivation = {
        **draft.derivation,
        "taxes": taxes,
        "tax_treatment": treatment.value,
        "tax_note": note,
        "line_minor": taxed.net_minor,
        "tax_minor": taxed.tax_minor,
    }
    if treatment is TaxTreatment.missing or draft.kind is LineKind.unused:
        # What it takes to tax the line later: nothing else says which day a correction was taxed for.
        derivation |= {"tax_code": draft.tax_code, "tax_on": draft.tax_on.isoformat()}
    return LinePlan(draft, taxed.net_minor, taxed.tax_minor, taxes, derivation)
