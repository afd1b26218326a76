"""Which invoice the money of a bank line may be for: by its number in the text, its amount, and the payer's name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from uuid import UUID

# What each reason is worth: a number in the text nearly proves it, a name alone only hints.
BY_REFERENCE, BY_AMOUNT, BY_NAME, BY_CUSTOMER = 60, 30, 15, 20
# How like two names must be, of 1; below it they are other companies.
LIKE = 0.82
LEAST_LETTERS = 4
_FORMS = re.compile(
    r"\b(gmbh|ag|kg|ohg|ug|se|sa|sas|sarl|srl|spa|bv|nv|ab|as|oy|ltd|limited|llc|inc|corp|co|plc|pty|kk|und|and|mbh|haftungsbeschränkt)\b"
)
_NUMBER = re.compile(r"[A-Z]{2,6}[-/ ]{0,2}\d{4}[-/ ]{0,2}\d{3,9}|[A-Z]{2,6}[-/ ]{0,2}\d{3,9}")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An open invoice that the money may be for."""

    invoice_id: UUID
    number: str
    tenant_id: UUID
    customer: str
    external_ref: str
    due_minor: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A candidate with what it is worth, 0 to 125, and why in sentences."""

    candidate: Candidate
    score: int
    reasons: tuple[str, ...]


def numbers_in(text: str) -> tuple[str, ...]:
    """What in the text could be a number of an invoice, letters and figures only.

    >>> numbers_in("Rechnung INV 2026 000123 und inv-2026/000124, danke")
    ('INV2026000123', 'INV2026000124')
    """
    found = (re.sub(r"[^A-Z0-9]", "", part) for part in _NUMBER.findall(text.upper()))
    return tuple(dict.fromkeys(found))


def compact(text: str) -> str:
    """Letters and figures alone, as numbers are compared."""
    return re.sub(r"[^A-Z0-9]", "", text.upper())


def name_words(name: str) -> str:
    """A company's name as it is compared: small letters, no legal form.

    >>> name_words("Müller & Söhne GmbH"), name_words("MULLER LTD")
    ('müller söhne', 'muller')
    """
    words = re.sub(r"[^\w]+", " ", re.sub(r"[.]", "", name.lower()))
    return " ".join(_FORMS.sub(" ", words).split())


def suggest(
    amount_minor: int, payer: str, reference: str, candidates: Sequence[Candidate]
) -> tuple[Suggestion, ...]:
    """The candidates that anything speaks for, the likeliest first; equal ones by number."""
    told, payer_words = compact(reference), name_words(payer)
    found = [_judged(amount_minor, told, payer_words, each) for each in candidates]
    return tuple(
        sorted((each for each in found if each.score), key=lambda each: (-each.score, each.candidate.number))
    )


def _judged(amount_minor: int, told: str, payer: str, candidate: Candidate) -> Suggestion:
    reasons: list[tuple[int, str]] = []
    if compact(candidate.number) in told:
        reasons.append((BY_REFERENCE, f"{candidate.number} stands in the text."))
    if candidate.due_minor == amount_minor:
        reasons.append((BY_AMOUNT, "The amount is exactly what is due."))
    if len(compact(candidate.external_ref)) >= LEAST_LETTERS and compact(candidate.external_ref) in told:
        reasons.append(
            (BY_CUSTOMER, f"The customer's reference {candidate.external_ref} stands in the text.")
        )
    if _is_like(payer, name_words(candidate.customer)):
        reasons.append((BY_NAME, f"The payer is called like {candidate.customer}."))
    return Suggestion(
        candidate, sum(worth for worth, _ in reasons), tuple(sentence for _, sentence in reasons)
    )


def _is_like(payer: str, customer: str) -> bool:
    if min(len(payer), len(customer)) < LEAST_LETTERS:
        return False
    return customer in payer or SequenceMatcher(None, payer, customer).ratio() >= LIKE
