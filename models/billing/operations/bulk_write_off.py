"""Writing many invoices off at once with one reason of the list: previewed, each written off or refused by itself."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from models.billing.operations.bulk_approval import LargeInvoice, add_up, largest_of
from models.billing.operations.write_off import write_off_invoice
from models.billing.queries.chosen import OUT_OF_REACH, Chosen, Skipped, chosen_invoices, group_skipped
from models.billing.rules.invoice_status import why_not_write_off
from models.billing.tables import Invoice, InvoiceStatus
from models.kernel.actor import Actor
from models.kernel.errors import Conflict, DomainError
from models.kernel.money import Money
from models.kernel.permissions import Permission
from models.limits import LimitedAction, limit_on


@dataclass(frozen=True, slots=True)
class WriteOffsPreview:
    """What writing many off will do; `token` pins them and what is due on each."""

    count: int
    sums: tuple[Money, ...]
    largest: tuple[LargeInvoice, ...]
    skipped: tuple[Skipped, ...]
    token: str


@dataclass(frozen=True, slots=True)
class WriteOffsOutcome:
    """What was written off, and what was refused after all."""

    count: int
    sums: tuple[Money, ...]
    refused: tuple[Skipped, ...]


def preview_write_offs(session: Session, actor: Actor, *, chosen: Chosen) -> WriteOffsPreview:
    """What `write_off_many` would do now.

    Left alone with the reason: what is not open, and what needs a second person.
    """
    rows = _candidates(session, actor, chosen)
    able = [(invoice, name) for invoice, name, sentence in rows if not sentence]
    return WriteOffsPreview(
        count=len(able),
        sums=add_up(Money(each.due_minor, each.currency) for each, _ in able),
        largest=largest_of((each, name, each.due_minor) for each, name in able),
        skipped=group_skipped((each.number, sentence) for each, _, sentence in rows if sentence),
        token=_token([each for each, _ in able]),
    )


def write_off_many(
    session: Session, actor: Actor, *, chosen: Chosen, reason: str, note: str = "", token: str
) -> WriteOffsOutcome:
    """Write them off as previewed, `reason` a word of `WriteOffReason`; a refused one keeps none of the others back."""
    able = [each for each, _, sentence in _candidates(session, actor, chosen) if not sentence]
    if token != _token(able):
        raise Conflict(
            "write_offs.changed",
            "These invoices have changed since the preview. Look at the new preview first.",
        )
    written: list[Money] = []
    refused: list[tuple[str, str]] = []
    for each in able:
        number, due = each.number, Money(each.due_minor, each.currency)
        try:
            with session.begin_nested():
                write_off_invoice(session, actor, invoice_id=each.id, reason=reason, note=note)
        except DomainError as error:
            if error.field:
                # The form is wrong, not this invoice.
                raise
            refused.append((number, error.sentence))
            continue
        written.append(due)
    return WriteOffsOutcome(len(written), add_up(written), group_skipped(refused))


def _candidates(session: Session, actor: Actor, chosen: Chosen) -> Sequence[tuple[Invoice, str, str]]:
    """Each with its customer and, where it is left alone, why."""
    rows = chosen_invoices(session, actor, chosen, Permission.invoices_write_off)
    limits = {
        currency: limit_on(session, LimitedAction.write_off, currency).amount_minor
        for currency in {each.currency for each, _, _ in rows}
    }
    return [(each, name, _refusal(each, limits, is_reached=reach)) for each, name, reach in rows]


def _refusal(invoice: Invoice, limits: dict[str, int], *, is_reached: bool) -> str:
    if not is_reached:
        return OUT_OF_REACH
    refusal = why_not_write_off(InvoiceStatus(invoice.status))
    if refusal:
        return refusal.sentence
    limit = Money(limits[invoice.currency], invoice.currency)
    if invoice.due_minor > limit.minor:
        return f"More than {limit.format()} is due: request approval for these, each on its page."
    return ""


def _token(invoices: Sequence[Invoice]) -> str:
    facts = "|".join(f"{each.id}:{each.version}:{each.due_minor}" for each in invoices)
    return hashlib.sha256(facts.encode()).hexdigest()
