"""What a plan's page shows of moves to another version."""

from dataclasses import dataclass

from models.billing import MoveOutlook, MovePreview

MOST_MOVES = 100


@dataclass(frozen=True)
class MoveView:
    """A subscription that would move."""

    customer: str
    href: str
    before: str
    after: str
    delta: str


def show_moves(found: MovePreview, locale: str) -> tuple[list[MoveView], str]:
    """The largest rises first, and what it comes to in all."""
    shown = [
        MoveView(
            each.customer,
            f"/billing/subscriptions/{each.subscription_id}",
            each.before.format(locale),
            each.after.format(locale),
            each.mrr_delta.format(locale),
        )
        for each in found.moving[:MOST_MOVES]
    ]
    deltas = ", ".join(amount.format(locale) for amount in found.mrr_deltas) or "nothing"
    word = "subscription" if len(found.moving) == 1 else "subscriptions"
    text = f"{len(found.moving):,} {word} would move, MRR would change by {deltas}."
    if found.without_offer:
        text += f" {len(found.without_offer):,} would stay, because the other version lacks their price."
    if found.staying:
        text += f" {len(found.staying):,} would stay: paused, suspended, or with a change of plan planned."
    return shown, text


def moves_verb(number: int) -> str:
    """What the button and the dialog of the moves say."""
    if number == 1:
        return "Move 1 subscription at its next renewal"
    return f"Move {number:,} subscriptions at their next renewal"


def moves_effect(outlook: MoveOutlook, locale: str) -> str:
    """What asking for the moves does, before it is asked."""
    before = " + ".join(amount.format(locale) for amount in outlook.mrr_before)
    deltas = ", ".join(amount.format(locale) for amount in outlook.mrr_deltas)
    one = outlook.count == 1
    who = "1 subscription is" if one else f"{outlook.count:,} subscriptions are"
    return (
        f"{who} planned to change to version {outlook.version} when {'its' if one else 'their'} period ends. "
        f"Nothing is billed now. {'Its' if one else 'Their'} MRR is {before} and changes by {deltas}. "
        "Who cannot be moved stays, and the timeline says why."
    )
