"""Which actions have a limit, who may decide above it, and how a limit is read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from models.kernel.errors import Invalid
from models.kernel.permissions import Permission
from models.kernel.settings import Settings

ANY_CURRENCY = "*"


class LimitedAction(StrEnum):
    """What one person does alone only up to an amount."""

    void = "void"
    write_off = "write_off"
    credit = "credit"
    refund = "refund"


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """An action in words, who may decide above its limit, and the setting its limit begins with."""

    label: str
    doing: str
    approve: Permission
    default: Callable[[Settings], str]


ACTIONS: Mapping[LimitedAction, ActionSpec] = {
    LimitedAction.void: ActionSpec(
        "Void", "voiding", Permission.voids_approve, lambda settings: settings.void_approval_limit
    ),
    LimitedAction.write_off: ActionSpec(
        "Write-off",
        "writing off",
        Permission.write_offs_approve,
        lambda settings: settings.write_off_approval_limit,
    ),
    LimitedAction.credit: ActionSpec(
        "Credit", "crediting", Permission.credits_approve, lambda settings: settings.credit_approval_limit
    ),
    LimitedAction.refund: ActionSpec(
        "Refund", "refunding", Permission.refunds_approve, lambda settings: settings.refund_approval_limit
    ),
}


def read_limits(text: str) -> dict[str, int]:
    """Limits as settings write them: `EUR:500000,*:1000000` in minor units; `*` is any other currency."""
    found: dict[str, int] = {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        currency, _, minor = part.partition(":")
        if not minor.strip().isascii() or not minor.strip().isdigit() or not currency.strip():
            raise Invalid(
                "approval_limit.unreadable",
                f"“{part[:40]}” is not a limit. Write the setting like EUR:500000,*:1000000.",
            )
        found[currency.strip().upper()] = int(minor)
    return found


def limit_of(limits: Mapping[str, int], currency: str) -> int | None:
    """The limit of a currency, None where there is none."""
    return limits.get(currency, limits.get(ANY_CURRENCY))
