"""What can be asked for, each with the arguments of its operation."""

from dataclasses import dataclass
from uuid import UUID

from models.billing import CreditWish, SettlementText


@dataclass(frozen=True, slots=True)
class VoidOrder:
    """Void this invoice; where it `is_reissued` a draft with its lines stands in its place."""

    invoice_id: UUID
    reason: str
    is_reissued: bool = False


@dataclass(frozen=True, slots=True)
class WriteOffOrder:
    """Write this invoice off; `reason` is a word of `WriteOffReason`."""

    invoice_id: UUID
    reason: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class CreditOrder:
    """Issue this credit note; `request_key` makes it one, however often it is carried out."""

    invoice_id: UUID
    wish: CreditWish
    settlement: SettlementText
    reason: str
    request_key: str


@dataclass(frozen=True, slots=True)
class BalanceOrder:
    """Give a customer balance; `amount` as typed in the major unit."""

    tenant_id: UUID
    amount: str
    currency: str
    reason: str


@dataclass(frozen=True, slots=True)
class ChargeRefundOrder:
    """Give money back through the charge it came with; `amount` as typed in the major unit."""

    charge_id: UUID
    amount: str
    reason: str
    request_key: str


Order = VoidOrder | WriteOffOrder | CreditOrder | BalanceOrder | ChargeRefundOrder
