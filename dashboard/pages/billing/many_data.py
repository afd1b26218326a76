"""Doing one thing to many invoices, in words: what would be done, what was, and what is left alone with the reason."""

from dataclasses import dataclass, field

from models.billing import (
    ApprovalOutcome,
    ApprovalPreview,
    PrintPreview,
    Skipped,
    WriteOffsOutcome,
    WriteOffsPreview,
)
from models.kernel.money import Money


@dataclass(frozen=True)
class ManyView:
    """What would be done, or was: a sentence, the verb, the largest, and what is left alone."""

    effect: str = ""
    verb: str = ""
    largest: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    is_possible: bool = False


def show_approval(preview: ApprovalPreview, locale: str) -> ManyView:
    """A bulk approval in words."""
    later = f" {preview.left:,} more are left for the next time." if preview.left else ""
    drafts = _many(preview.count, "routine draft")
    return ManyView(
        f"Issues {drafts}: {_sums(preview.sums, locale)}.{later}"
        if preview.count
        else "None can be approved.",
        f"Approve {_many(preview.count, 'draft')}",
        [f"{each.customer}: {each.amount.format(locale)}" for each in preview.largest],
        skipped_text(preview.skipped),
        is_possible=preview.count > 0,
    )


def show_write_offs(preview: WriteOffsPreview, locale: str) -> ManyView:
    """A bulk write-off in words."""
    sums = _sums(preview.sums, locale)
    effect = (
        f"{sums} on {_many(preview.count, 'invoice')} is no longer expected. Tax and MRR stay as they are."
    )
    return ManyView(
        effect if preview.count else "None can be written off.",
        f"Write off {sums}",
        [f"{each.customer}, {each.number}: {each.amount.format(locale)}" for each in preview.largest],
        skipped_text(preview.skipped),
        is_possible=preview.count > 0,
    )


def show_documents(preview: PrintPreview) -> ManyView:
    """A file of documents in words."""
    documents = _many(preview.count, "document")
    effect = f"Puts {documents} into one ZIP, each in its customer's language. You find it under Exports."
    return ManyView(
        effect if preview.count else "None of these has a document.",
        f"Make {documents}",
        [],
        skipped_text(preview.skipped),
        is_possible=preview.count > 0,
    )


def outcome_text(outcome: ApprovalOutcome | WriteOffsOutcome, locale: str) -> str:
    """What was done, with figures."""
    if isinstance(outcome, ApprovalOutcome):
        return f"{_many(outcome.issued, 'invoice')} issued."
    return f"{_many(outcome.count, 'invoice')} written off: {_sums(outcome.sums, locale)}."


def skipped_text(skipped: tuple[Skipped, ...]) -> list[str]:
    """`3 skipped: <why> DRAFT-1, DRAFT-2 and 1 more`."""
    return [_skipped(each) for each in skipped]


def _skipped(group: Skipped) -> str:
    hidden = group.count - len(group.numbers)
    names = ", ".join(group.numbers) + (f" and {hidden:,} more" if hidden else "")
    return f"{group.count:,} skipped. {group.sentence} ({names})"


def _sums(sums: tuple[Money, ...], locale: str) -> str:
    return " + ".join(each.format(locale) for each in sums) or "nothing"


def _many(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"
