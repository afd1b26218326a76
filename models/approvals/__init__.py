"""Approvals: what one person may not decide alone is asked for, looked at and decided by a second one."""

from models.approvals.errors import OutOfDate
from models.approvals.operations.bulk import BulkOutcome, BulkPreview, approve_many, preview_approve_many
from models.approvals.operations.decisions import Decision, approve_request, reject_request
from models.approvals.operations.expiry import expire_requests
from models.approvals.operations.orders import (
    BalanceOrder,
    ChargeRefundOrder,
    CreditOrder,
    Order,
    VoidOrder,
    WriteOffOrder,
)
from models.approvals.operations.requests import (
    remind_request,
    renew_request,
    request_approval,
    withdraw_request,
)
from models.approvals.queries.detail import Policy, RequestDetail, get_request
from models.approvals.queries.dry_run import DryRun, dry_run
from models.approvals.queries.needed import Needed, list_needs, which_needed
from models.approvals.queries.requests import APPROVALS, RequestRow, count_waiting, list_requests_about
from models.approvals.rules.shown import Difference, Fact, Standing
from models.approvals.tables import ApprovalRequest, RequestStatus

__all__ = [
    "APPROVALS",
    "ApprovalRequest",
    "BalanceOrder",
    "BulkOutcome",
    "BulkPreview",
    "ChargeRefundOrder",
    "CreditOrder",
    "Decision",
    "Difference",
    "DryRun",
    "Fact",
    "Needed",
    "Order",
    "OutOfDate",
    "Policy",
    "RequestDetail",
    "RequestRow",
    "RequestStatus",
    "Standing",
    "VoidOrder",
    "WriteOffOrder",
    "approve_many",
    "approve_request",
    "count_waiting",
    "dry_run",
    "expire_requests",
    "get_request",
    "list_needs",
    "list_requests_about",
    "preview_approve_many",
    "reject_request",
    "remind_request",
    "renew_request",
    "request_approval",
    "which_needed",
    "withdraw_request",
]
