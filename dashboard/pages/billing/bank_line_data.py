"""What the page of a bank line shows."""

from dataclasses import dataclass

from dashboard.components.views import Fact
from dashboard.shell.formats import relative_day
from models.kernel.actor import Actor
from models.kernel.errors import DomainError
from models.kernel.listing import show_date
from models.kernel.money import Money
from models.payments import BankLineRow, MatchPreview, MatchRow, Suggestion


@dataclass(frozen=True)
class SuggestionView:
    """An invoice that the money may be for."""

    id: str
    number: str
    customer: str
    due: str
    plain_due: str
    reasons: str


@dataclass(frozen=True)
class PartView:
    """An invoice that was chosen, with what is typed for it."""

    id: str
    number: str
    customer: str
    due: str
    typed: str


def match_effect(found: MatchPreview, locale: str) -> str:
    """What entering the money does, invoice by invoice."""
    said = []
    for share in found.shares:
        applied = share.amount - share.to_balance
        left = share.due - applied
        becomes = "which is then paid" if not left.minor else f"{left.format(locale)} stay due"
        said.append(f"{applied.format(locale)} on {share.number} of {share.customer}, {becomes}.")
        if share.to_balance.minor:
            said.append(
                f"{share.to_balance.format(locale)} are left and go to the balance of {share.customer}."
            )
    return " ".join(said)


def money_of_line(line: BankLineRow) -> Money:
    """The line's amount."""
    return Money(line.amount_minor, line.currency)


def minor_of(text: str, currency: str) -> int:
    """Minor units of what is typed, 0 while it is no amount."""
    try:
        return Money.parse(text, currency).minor
    except DomainError:
        return 0


def suggestion_view(found: Suggestion, line: BankLineRow, reader: Actor) -> SuggestionView:
    """The suggestion in the reader's words."""
    each = found.candidate
    due = Money(each.due_minor, line.currency)
    reasons = " ".join(found.reasons) or "Found by your search."
    return SuggestionView(
        str(each.invoice_id), each.number, each.customer, due.format(reader.locale), str(due.decimal), reasons
    )


def match_view(row: MatchRow, reader: Actor) -> PartView:
    """A part that was entered; `id` is where its invoice is, `due` what went to the balance."""
    amount = Money(row.amount_minor, row.currency).format(reader.locale)
    more = (
        Money(row.to_balance_minor, row.currency).format(reader.locale) if row.to_balance_minor else "\u2014"
    )
    return PartView(f"/billing/invoices/{row.invoice_id}", row.number, row.customer, more, amount)


def line_facts(line: BankLineRow, reader: Actor) -> list[Fact]:
    """The facts at the side."""
    facts = [
        Fact("Booked", show_date(line.booked_on, reader.locale), title=relative_day(line.booked_on)),
        Fact("Payer", line.payer or "Unknown"),
        Fact("Payer's account", line.payer_account or "\u2014"),
        Fact("Our account", line.account),
        Fact("File", f"{line.file_name}, line {line.place:,}"),
    ]
    if line.settled_by:
        facts.append(Fact("By", line.settled_by))
    return facts
