"""Tables of the payments context."""

from models.payments.tables.bank import BankLine, BankLineStatus, BankMatch, BankStatement
from models.payments.tables.charge import LIVE, Charge, ChargeCause, ChargeStatus
from models.payments.tables.dispute import Dispute
from models.payments.tables.method import MethodStatus, PaymentAccount, PaymentMethod
from models.payments.tables.refund import RefundTransfer, TransferStatus

__all__ = [
    "LIVE",
    "BankLine",
    "BankLineStatus",
    "BankMatch",
    "BankStatement",
    "Charge",
    "ChargeCause",
    "ChargeStatus",
    "Dispute",
    "MethodStatus",
    "PaymentAccount",
    "PaymentMethod",
    "RefundTransfer",
    "TransferStatus",
]
