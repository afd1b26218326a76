"""One table of how each order is previewed and carried out, by the operations that do it alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter
from sqlmodel import Session

from models.approvals.operations import ending, giving
from models.approvals.operations.orders import (
    BalanceOrder,
    ChargeRefundOrder,
    CreditOrder,
    Order,
    VoidOrder,
    WriteOffOrder,
)
from models.approvals.rules.shown import Shown
from models.kernel.actor import Actor
from models.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class Procedure:
    """How one kind of order is previewed and carried out.

    `permission` is the operation's own: whoever asks and whoever approves hold it. `preview` and `carry_out` raise
    the operation's refusals; `carry_out` does what the token was made of, or refuses.
    """

    key: str
    label: str
    order: type[Any]
    permission: Permission
    preview: Callable[[Session, Actor, Any], Shown]
    carry_out: Callable[[Session, Actor, Any, str], object]
    reason: Callable[[Any], str]

    def record(self, order: Order) -> dict[str, Any]:
        """The order as stored."""
        stored: dict[str, Any] = TypeAdapter(self.order).dump_python(order, mode="json")
        return stored

    def read(self, stored: Mapping[str, Any]) -> Any:
        """The order as it was asked for."""
        return TypeAdapter(self.order).validate_python(stored)


def procedure_for(order: Order) -> Procedure:
    """How this order is carried out."""
    return next(each for each in PROCEDURES.values() if isinstance(order, each.order))


def _given_reason(order: Any) -> str:
    return str(order.reason)


PROCEDURES: Mapping[str, Procedure] = {
    each.key: each
    for each in (
        Procedure(
            "void_invoice",
            "Void",
            VoidOrder,
            Permission.invoices_void,
            ending.show_void,
            ending.void,
            _given_reason,
        ),
        Procedure(
            "write_off_invoice",
            "Write off",
            WriteOffOrder,
            Permission.invoices_write_off,
            ending.show_write_off,
            ending.write_off,
            ending.reason_of_write_off,
        ),
        Procedure(
            "issue_credit_note",
            "Credit",
            CreditOrder,
            Permission.credit_notes_create,
            giving.show_credit,
            giving.credit,
            _given_reason,
        ),
        Procedure(
            "refund_charge",
            "Refund",
            ChargeRefundOrder,
            Permission.payments_refund,
            giving.show_refund,
            giving.refund,
            _given_reason,
        ),
        Procedure(
            "adjust_balance",
            "Give balance to",
            BalanceOrder,
            Permission.balances_write,
            giving.show_adjustment,
            giving.adjust,
            _given_reason,
        ),
    )
}
