"""Collecting money through Stripe: methods, charges, payment pages, refunds, disputes."""

from models.payments.operations.bank import Upload, ignore_line, import_statement, reopen_line
from models.payments.operations.bank_match import MatchPreview, Part, Share, match_line, preview_match
from models.payments.operations.charge_preview import (
    ChargePreview,
    MethodChoice,
    charge_invoice,
    preview_charge,
)
from models.payments.operations.charges import (
    ChargeOrder,
    claim_charge,
    note_unknown,
    request_charge,
)
from models.payments.operations.demo_clock import move_clocks, record_clock_move
from models.payments.operations.disputes import (
    EVIDENCE,
    apply_dispute_state,
    get_open_dispute,
    keep_evidence,
    record_answer,
)
from models.payments.operations.methods import (
    change_collection,
    close_account,
    open_account,
    prefer_method,
    sync_methods,
)
from models.payments.operations.outcomes import apply_payment_state, fail_charge, find_charge
from models.payments.operations.pages import PageOrder, begin_page, close_page, find_page, open_page
from models.payments.operations.refunds import (
    RefundOrder,
    RefundPreview,
    apply_refund_state,
    claim_refund,
    fail_refund,
    note_refund_unknown,
    preview_refund,
    refund_charge,
    retry_refund,
)
from models.payments.queries.bank import BANK_LINES, BankLineRow, MatchRow, get_bank_line, suggest_invoices
from models.payments.queries.charge_detail import ChargeDetail, Collection, get_charge, get_collection
from models.payments.queries.charge_rows import CAUSES, ChargeRow
from models.payments.queries.charges import CHARGES, MOVES
from models.payments.queries.disputes import DISPUTES, DisputeRow, get_dispute
from models.payments.queries.due import (
    DueCharge,
    find_tenant_of_account,
    find_transfer,
    get_account_id,
    list_due_charges,
    list_due_refunds,
    wants_automatic_charge,
)
from models.payments.queries.methods import METHODS, MethodRow, collects_automatically, list_methods_of
from models.payments.queries.payable import (
    MethodOwner,
    Payable,
    get_method_owner,
    get_payable,
    list_without_account,
)
from models.payments.queries.refunds import REFUNDS, RefundRow
from models.payments.rules.bank_lines import StatementBroken
from models.payments.rules.bank_matching import Suggestion
from models.payments.rules.declines import DECLINES, Decline, DeclineClass, read_decline
from models.payments.rules.dispute_status import why_not_answer
from models.payments.rules.links import (
    read_method_link,
    read_payment_link,
    sign_method_link,
    sign_payment_link,
)
from models.payments.rules.method_words import is_expired, method_words
from models.payments.rules.whose_move import CLASSES, Mover
from models.payments.tables import (
    Charge,
    ChargeCause,
    ChargeStatus,
    MethodStatus,
    PaymentMethod,
    RefundTransfer,
)

__all__ = [
    "BANK_LINES",
    "CAUSES",
    "CHARGES",
    "CLASSES",
    "DECLINES",
    "DISPUTES",
    "EVIDENCE",
    "METHODS",
    "MOVES",
    "REFUNDS",
    "BankLineRow",
    "Charge",
    "ChargeCause",
    "ChargeDetail",
    "ChargeOrder",
    "ChargePreview",
    "ChargeRow",
    "ChargeStatus",
    "Collection",
    "Decline",
    "DeclineClass",
    "DisputeRow",
    "DueCharge",
    "MatchPreview",
    "MatchRow",
    "MethodChoice",
    "MethodOwner",
    "MethodRow",
    "MethodStatus",
    "Mover",
    "PageOrder",
    "Part",
    "Payable",
    "PaymentMethod",
    "RefundOrder",
    "RefundPreview",
    "RefundRow",
    "RefundTransfer",
    "Share",
    "StatementBroken",
    "Suggestion",
    "Upload",
    "apply_dispute_state",
    "apply_payment_state",
    "apply_refund_state",
    "begin_page",
    "change_collection",
    "charge_invoice",
    "claim_charge",
    "claim_refund",
    "close_account",
    "close_page",
    "collects_automatically",
    "fail_charge",
    "fail_refund",
    "find_charge",
    "find_page",
    "find_tenant_of_account",
    "find_transfer",
    "get_account_id",
    "get_bank_line",
    "get_charge",
    "get_collection",
    "get_dispute",
    "get_method_owner",
    "get_open_dispute",
    "get_payable",
    "ignore_line",
    "import_statement",
    "is_expired",
    "keep_evidence",
    "list_due_charges",
    "list_due_refunds",
    "list_methods_of",
    "list_without_account",
    "match_line",
    "method_words",
    "move_clocks",
    "note_refund_unknown",
    "note_unknown",
    "open_account",
    "open_page",
    "prefer_method",
    "preview_charge",
    "preview_match",
    "preview_refund",
    "read_decline",
    "read_method_link",
    "read_payment_link",
    "record_answer",
    "record_clock_move",
    "refund_charge",
    "reopen_line",
    "request_charge",
    "retry_refund",
    "sign_method_link",
    "sign_payment_link",
    "suggest_invoices",
    "sync_methods",
    "wants_automatic_charge",
    "why_not_answer",
]
