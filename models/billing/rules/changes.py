"""What can be asked of a subscription, as data that can be shown, stored and carried out later."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from models.kernel.errors import Invalid

# A price of the catalogue at the amount agreed, None where the price has its own.
OfferKey = tuple[UUID, int | None]


class Settlement(StrEnum):
    """What becomes of the money a change moves within the period."""

    invoice_now = "invoice_now"
    next_invoice = "next_invoice"
    none = "none"


@dataclass(frozen=True, slots=True)
class ChangePlan:
    """To another price of the catalogue: upgrade, downgrade, another interval or another version.

    `unit_amount_minor` is the amount agreed where the price has none; `quantity` None keeps the present one.
    """

    kind: ClassVar[str] = "change_plan"
    price_id: UUID
    quantity: int | None = None
    unit_amount_minor: int | None = None
    settlement: Settlement = Settlement.invoice_now

    @property
    def offer_key(self) -> OfferKey:
        """Which offer of the catalogue it is about."""
        return self.price_id, self.unit_amount_minor


@dataclass(frozen=True, slots=True)
class ChangeQuantity:
    """Another quantity of the plan or of an add-on."""

    kind: ClassVar[str] = "change_quantity"
    component_id: UUID
    quantity: int
    settlement: Settlement = Settlement.invoice_now


@dataclass(frozen=True, slots=True)
class AddAddOn:
    """An add-on beside the plan."""

    kind: ClassVar[str] = "add_add_on"
    price_id: UUID
    quantity: int = 1
    unit_amount_minor: int | None = None
    settlement: Settlement = Settlement.invoice_now

    @property
    def offer_key(self) -> OfferKey:
        """Which offer of the catalogue it is about."""
        return self.price_id, self.unit_amount_minor


@dataclass(frozen=True, slots=True)
class RemoveAddOn:
    """An add-on less."""

    kind: ClassVar[str] = "remove_add_on"
    component_id: UUID
    settlement: Settlement = Settlement.invoice_now


@dataclass(frozen=True, slots=True)
class Cancel:
    """The end; what was paid for and not used goes to the customer's balance where `gives_credit`."""

    kind: ClassVar[str] = "cancel"
    gives_credit: bool = False


@dataclass(frozen=True, slots=True)
class Pause:
    """No service and no bills until resumed; what was paid for and not used comes back where `gives_credit`."""

    kind: ClassVar[str] = "pause"
    gives_credit: bool = True
    resumes_on: date | None = None


@dataclass(frozen=True, slots=True)
class Suspend:
    """No service and no bills because invoices stay unpaid; nothing comes back."""

    kind: ClassVar[str] = "suspend"


@dataclass(frozen=True, slots=True)
class Resume:
    """Service again after a pause, a suspension or the end; a new period begins today."""

    kind: ClassVar[str] = "resume"


@dataclass(frozen=True, slots=True)
class ExtendTrial:
    """The trial ends later."""

    kind: ClassVar[str] = "extend_trial"
    until_on: date


@dataclass(frozen=True, slots=True)
class EndTrial:
    """The trial ends today and the first period begins."""

    kind: ClassVar[str] = "end_trial"


Change = (
    ChangePlan
    | ChangeQuantity
    | AddAddOn
    | RemoveAddOn
    | Cancel
    | Pause
    | Suspend
    | Resume
    | ExtendTrial
    | EndTrial
)
KINDS: Mapping[str, type[Any]] = {
    each.kind: each
    for each in (
        ChangePlan,
        ChangeQuantity,
        AddAddOn,
        RemoveAddOn,
        Cancel,
        Pause,
        Suspend,
        Resume,
        ExtendTrial,
        EndTrial,
    )
}


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """A change that waits for its time."""

    id: UUID
    due_on: date
    due_at: datetime
    change: Change


def change_record(change: Change) -> dict[str, Any]:
    """The change as JSON, with its kind."""
    facts = {
        name: str(value) if isinstance(value, UUID | date) else value
        for name, value in asdict(change).items()
    }
    return {"kind": change.kind, **facts}


def read_change(record: Mapping[str, Any]) -> Change:
    """The change of a record; raises Invalid where it is not one."""
    try:
        made = KINDS[record["kind"]]
        types = {each.name: str(each.type) for each in fields(made)}
        facts = {name: _read(record[name], types[name]) for name in types if name in record}
        return made(**facts)  # type: ignore[no-any-return]
    except (KeyError, TypeError, ValueError) as error:
        raise Invalid(
            "change.unreadable", "This planned change cannot be read. Cancel it and plan it anew."
        ) from error


def _read(value: Any, wanted: str) -> Any:
    if value is None:
        return None
    if "UUID" in wanted:
        return UUID(value)
    if "date" in wanted:
        return date.fromisoformat(value)
    return Settlement(value) if "Settlement" in wanted else value
