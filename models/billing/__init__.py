"""Plans, subscriptions, invoices, credit and payments: what customers pay and why."""

from models.billing.errors import PreviewStale
from models.billing.operations.balance import adjust_balance, balance_of, preview_adjustment
from models.billing.operations.bulk_approval import (
    ApprovalOutcome,
    ApprovalPreview,
    LargeInvoice,
    approve_routine,
    preview_approval,
)
from models.billing.operations.bulk_write_off import (
    WriteOffsOutcome,
    WriteOffsPreview,
    preview_write_offs,
    write_off_many,
)
from models.billing.operations.changes import ChangePreview, change_subscription, preview_change
from models.billing.operations.coupons import (
    archive_coupon,
    archive_promotion_code,
    create_coupon,
    create_promotion_code,
    unarchive_coupon,
)
from models.billing.operations.credit_amounts import CreditWish
from models.billing.operations.credit_notes import (
    CreditPreview,
    SettlementText,
    issue_credit_note,
    preview_credit_note,
)
from models.billing.operations.discounts import end_discount, preview_redeem, redeem_coupon
from models.billing.operations.draft_lines import (
    LineText,
    add_draft_line,
    drop_draft_line,
    edit_draft_line,
    restore_draft_line,
)
from models.billing.operations.drafts import approve_invoice, hold_invoice, release_invoice
from models.billing.operations.incoming import Incoming, apply_incoming
from models.billing.operations.invoices import VoidPreview, invoice_subject, preview_void, void_invoice
from models.billing.operations.one_off import (
    OneOffLine,
    OneOffOrder,
    OneOffPreview,
    create_one_off_invoice,
    preview_one_off,
)
from models.billing.operations.payments import MAX_REFERENCE, record_payment
from models.billing.operations.plan_moves import (
    MoveOrder,
    MoveOutlook,
    find_move_order,
    finish_moves,
    list_stale_moves,
    preview_moves,
    request_moves,
    schedule_moves,
)
from models.billing.operations.plan_versions import (
    PublishPreview,
    draft_version,
    preview_publish,
    publish_version,
)
from models.billing.operations.plans import archive_plan, create_plan, unarchive_plan, update_plan
from models.billing.operations.prices import archive_price, change_price, create_price, unarchive_price
from models.billing.operations.profiles import update_billing_profile
from models.billing.operations.reissue import ReissuePreview, preview_reissue, reissue_invoice
from models.billing.operations.retry import retry_step
from models.billing.operations.run_batch import BatchResult, bill_everything_due, run_batch
from models.billing.operations.run_preview import RunPreview, as_of_day, preview_run, start_previewed_run
from models.billing.operations.runs import (
    RunOrder,
    claim_run,
    finish_run,
    get_run,
    list_stale_runs,
    report_batch,
    retry_failure,
    retry_failures,
    start_run,
    stop_run,
)
from models.billing.operations.schedule import cancel_scheduled_change, schedule_change, undo_cancellation
from models.billing.operations.schedule_preview import SchedulePreview, preview_schedule
from models.billing.operations.subscriptions import (
    NewSubscription,
    StartPreview,
    preview_start,
    start_subscription,
)
from models.billing.operations.suspension import (
    list_overdue,
    restore_subscription,
    subscription_of,
    suspend_subscription,
)
from models.billing.operations.tax_rules import correct_tax_rule, create_tax_rule, end_tax_rule, load_eu_rates
from models.billing.operations.void_credit_note import preview_void_credit_note, void_credit_note
from models.billing.operations.write_off import (
    WriteOffReason,
    preview_write_off,
    reopen_invoice,
    write_off_invoice,
)
from models.billing.queries.aging import Age, Aging, AgingPart, list_aging
from models.billing.queries.chosen import Chosen, Skipped
from models.billing.queries.coupons import COUPONS, CodeRow, CouponRow, get_coupon
from models.billing.queries.credit_notes import (
    CREDIT_NOTES,
    CreditNoteDetail,
    CreditNoteRow,
    LedgerRow,
    get_credit_note,
    list_credit_notes_of,
    list_ledger,
)
from models.billing.queries.customers import (
    CUSTOMERS,
    CustomerMoney,
    CustomerRow,
    get_customer_money,
    next_invoice_of,
)
from models.billing.queries.documents import (
    build_credit_note_document,
    build_invoice_document,
    build_statement_document,
)
from models.billing.queries.explain import explain_charge, explain_line
from models.billing.queries.forecast import MAX_PERIODS, Forecast, get_forecast
from models.billing.queries.invoices import (
    INVOICES,
    InvoiceDetail,
    InvoiceRow,
    LineRow,
    PaymentRow,
    find_invoices,
    get_invoice,
    list_recent_invoices,
)
from models.billing.queries.payments import PAYMENTS
from models.billing.queries.plan_detail import (
    PlanDetail,
    PriceRow,
    VersionRow,
    get_plan,
    offer_differences,
    show_draft,
)
from models.billing.queries.plan_moves import MovePreview, preview_version_move
from models.billing.queries.planned_changes import list_planned_customers
from models.billing.queries.plans import PLANS, PlanRow
from models.billing.queries.price_choices import PriceChoice, list_price_choices
from models.billing.queries.printable import MAX_DOCUMENTS, PrintPreview, preview_documents
from models.billing.queries.profiles import BillingProfileRow, get_billing_profile, list_legal_entities
from models.billing.queries.review import Comparison, ReviewGroup, ReviewItem, compare_with_last, list_review
from models.billing.queries.runs import BILLING_RUNS, FailureRow, RunRow, get_run_row, list_failures
from models.billing.queries.sellable import SellablePrice, list_sellable_prices
from models.billing.queries.snapshots import count_due
from models.billing.queries.statement import list_statement_currencies
from models.billing.queries.subscription_detail import PlannedRow, SubscriptionDetail, get_subscription_detail
from models.billing.queries.subscription_rows import SubscriptionRow
from models.billing.queries.subscriptions import SUBSCRIPTIONS, get_subscription, list_subscriptions_of
from models.billing.queries.tax_preview import TaxPreview, get_seller_country, preview_taxes
from models.billing.queries.tax_rules import TAX_RULES, get_tax_rule
from models.billing.rules.changes import (
    AddAddOn,
    Cancel,
    Change,
    ChangePlan,
    ChangeQuantity,
    EndTrial,
    ExtendTrial,
    Pause,
    PlannedChange,
    RemoveAddOn,
    Resume,
    Settlement,
)
from models.billing.rules.coupon_words import discount_words
from models.billing.rules.derivation import is_reproduced
from models.billing.rules.discounts import CouponTerms
from models.billing.rules.forecast import Step
from models.billing.rules.invoice_plan import InvoicePlan, LineDraft, LinePlan
from models.billing.rules.invoice_status import (
    Refusal,
    why_not_approve,
    why_not_credit,
    why_not_edit,
    why_not_hold,
    why_not_payable,
    why_not_reopen,
    why_not_void,
    why_not_write_off,
)
from models.billing.rules.offers import Component, Offer, Worth
from models.billing.rules.outcome import counted_mrr
from models.billing.rules.periods import local_date
from models.billing.rules.plan_status import why_not_add_price, why_not_archive, why_not_edit_plan
from models.billing.rules.price_draft import PriceDraft, TierDraft, amount_words, read_draft, read_quantity
from models.billing.rules.pricing import Charge, compute_charge
from models.billing.rules.reading import percent_words
from models.billing.rules.snapshot import Snapshot
from models.billing.rules.subscription_actions import SubscriptionAction, list_actions
from models.billing.tables import (
    BillingTiming,
    CouponDuration,
    CreditNote,
    FailedStep,
    Interval,
    Invoice,
    InvoiceStatus,
    NumberSeries,
    ParkedStep,
    Payment,
    PaymentChannel,
    PaymentStatus,
    Plan,
    PlanStatus,
    PriceModel,
    Subscription,
    SubscriptionStatus,
    TaxBehavior,
)

__all__ = [
    "BILLING_RUNS",
    "COUPONS",
    "CREDIT_NOTES",
    "CUSTOMERS",
    "INVOICES",
    "MAX_DOCUMENTS",
    "MAX_PERIODS",
    "MAX_REFERENCE",
    "PAYMENTS",
    "PLANS",
    "SUBSCRIPTIONS",
    "TAX_RULES",
    "AddAddOn",
    "Age",
    "Aging",
    "AgingPart",
    "ApprovalOutcome",
    "ApprovalPreview",
    "BatchResult",
    "BillingProfileRow",
    "BillingTiming",
    "Cancel",
    "Change",
    "ChangePlan",
    "ChangePreview",
    "ChangeQuantity",
    "Charge",
    "Chosen",
    "CodeRow",
    "Comparison",
    "Component",
    "CouponDuration",
    "CouponRow",
    "CouponTerms",
    "CreditNote",
    "CreditNoteDetail",
    "CreditNoteRow",
    "CreditPreview",
    "CreditWish",
    "CustomerMoney",
    "CustomerRow",
    "EndTrial",
    "ExtendTrial",
    "FailedStep",
    "FailureRow",
    "Forecast",
    "Incoming",
    "Interval",
    "Invoice",
    "InvoiceDetail",
    "InvoicePlan",
    "InvoiceRow",
    "InvoiceStatus",
    "LargeInvoice",
    "LedgerRow",
    "LineDraft",
    "LinePlan",
    "LineRow",
    "LineText",
    "MoveOrder",
    "MoveOutlook",
    "MovePreview",
    "NewSubscription",
    "NumberSeries",
    "Offer",
    "OneOffLine",
    "OneOffOrder",
    "OneOffPreview",
    "ParkedStep",
    "Pause",
    "Payment",
    "PaymentChannel",
    "PaymentRow",
    "PaymentStatus",
    "Plan",
    "PlanDetail",
    "PlanRow",
    "PlanStatus",
    "PlannedChange",
    "PlannedRow",
    "PreviewStale",
    "PriceChoice",
    "PriceDraft",
    "PriceModel",
    "PriceRow",
    "PrintPreview",
    "PublishPreview",
    "Refusal",
    "ReissuePreview",
    "RemoveAddOn",
    "Resume",
    "ReviewGroup",
    "ReviewItem",
    "RunOrder",
    "RunPreview",
    "RunRow",
    "SchedulePreview",
    "SellablePrice",
    "Settlement",
    "SettlementText",
    "Skipped",
    "Snapshot",
    "StartPreview",
    "Step",
    "Subscription",
    "SubscriptionAction",
    "SubscriptionDetail",
    "SubscriptionRow",
    "SubscriptionStatus",
    "TaxBehavior",
    "TaxPreview",
    "TierDraft",
    "VersionRow",
    "VoidPreview",
    "Worth",
    "WriteOffReason",
    "WriteOffsOutcome",
    "WriteOffsPreview",
    "add_draft_line",
    "adjust_balance",
    "amount_words",
    "apply_incoming",
    "approve_invoice",
    "approve_routine",
    "archive_coupon",
    "archive_plan",
    "archive_price",
    "archive_promotion_code",
    "as_of_day",
    "balance_of",
    "bill_everything_due",
    "build_credit_note_document",
    "build_invoice_document",
    "build_statement_document",
    "cancel_scheduled_change",
    "change_price",
    "change_subscription",
    "claim_run",
    "compare_with_last",
    "compute_charge",
    "correct_tax_rule",
    "count_due",
    "counted_mrr",
    "create_coupon",
    "create_one_off_invoice",
    "create_plan",
    "create_price",
    "create_promotion_code",
    "create_tax_rule",
    "discount_words",
    "draft_version",
    "drop_draft_line",
    "edit_draft_line",
    "end_discount",
    "end_tax_rule",
    "explain_charge",
    "explain_line",
    "find_invoices",
    "find_move_order",
    "finish_moves",
    "finish_run",
    "get_billing_profile",
    "get_coupon",
    "get_credit_note",
    "get_customer_money",
    "get_forecast",
    "get_invoice",
    "get_plan",
    "get_run",
    "get_run_row",
    "get_seller_country",
    "get_subscription",
    "get_subscription_detail",
    "get_tax_rule",
    "hold_invoice",
    "invoice_subject",
    "is_reproduced",
    "issue_credit_note",
    "list_actions",
    "list_aging",
    "list_credit_notes_of",
    "list_failures",
    "list_ledger",
    "list_legal_entities",
    "list_overdue",
    "list_planned_customers",
    "list_price_choices",
    "list_recent_invoices",
    "list_review",
    "list_sellable_prices",
    "list_stale_moves",
    "list_stale_runs",
    "list_statement_currencies",
    "list_subscriptions_of",
    "load_eu_rates",
    "local_date",
    "next_invoice_of",
    "offer_differences",
    "percent_words",
    "preview_adjustment",
    "preview_approval",
    "preview_change",
    "preview_credit_note",
    "preview_documents",
    "preview_moves",
    "preview_one_off",
    "preview_publish",
    "preview_redeem",
    "preview_reissue",
    "preview_run",
    "preview_schedule",
    "preview_start",
    "preview_taxes",
    "preview_version_move",
    "preview_void",
    "preview_void_credit_note",
    "preview_write_off",
    "preview_write_offs",
    "publish_version",
    "read_draft",
    "read_quantity",
    "record_payment",
    "redeem_coupon",
    "reissue_invoice",
    "release_invoice",
    "reopen_invoice",
    "report_batch",
    "request_moves",
    "restore_draft_line",
    "restore_subscription",
    "retry_failure",
    "retry_failures",
    "retry_step",
    "run_batch",
    "schedule_change",
    "schedule_moves",
    "show_draft",
    "start_previewed_run",
    "start_run",
    "start_subscription",
    "stop_run",
    "subscription_of",
    "suspend_subscription",
    "unarchive_coupon",
    "unarchive_plan",
    "unarchive_price",
    "undo_cancellation",
    "update_billing_profile",
    "update_plan",
    "void_credit_note",
    "void_invoice",
    "why_not_add_price",
    "why_not_approve",
    "why_not_archive",
    "why_not_credit",
    "why_not_edit",
    "why_not_edit_plan",
    "why_not_hold",
    "why_not_payable",
    "why_not_reopen",
    "why_not_void",
    "why_not_write_off",
    "write_off_invoice",
    "write_off_many",
]
