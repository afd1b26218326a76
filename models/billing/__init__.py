"""Plans, subscriptions, invoices and payments: what customers pay and why."""

from models.billing.operations.changes import (
    ChangePreview,
    change_subscription,
    preview_change,
)
from models.billing.operations.coupons import (
    archive_coupon,
    archive_promotion_code,
    create_coupon,
    create_promotion_code,
    unarchive_coupon,
)
from models.billing.operations.discounts import (
    end_discount,
    find_promotion,
    redeem_coupon,
)
from models.billing.operations.invoices import (
    VoidPreview,
    invoice_subject,
    preview_void,
    void_invoice,
)
from models.billing.operations.payments import (
    record_payment,
)
from models.billing.operations.plan_versions import (
    PublishPreview,
    draft_version,
    preview_publish,
    publish_version,
)
from models.billing.operations.plans import (
    archive_plan,
    create_plan,
    unarchive_plan,
    update_plan,
)
from models.billing.operations.prices import (
    archive_price,
    change_price,
    create_price,
    unarchive_price,
)
from models.billing.operations.profiles import (
    update_billing_profile,
)
from models.billing.operations.run_batch import (
    BatchResult,
    bill_everything_due,
    run_batch,
)
from models.billing.operations.runs import (
    RunOrder,
    claim_run,
    finish_run,
    get_run,
    list_stale_runs,
    release_failures,
    release_subscription,
    report_batch,
    start_run,
    stop_run,
)
from models.billing.operations.schedule import (
    cancel_scheduled_change,
    carry_out_planned,
    schedule_change,
    undo_cancellation,
)
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
from models.billing.operations.tax_rules import (
    correct_tax_rule,
    create_tax_rule,
    end_tax_rule,
    load_eu_rates,
)
from models.billing.queries.coupons import (
    COUPONS,
    CodeRow,
    CouponRow,
    DiscountRow,
    get_coupon,
    list_discounts,
)
from models.billing.queries.customers import (
    CUSTOMERS,
    CustomerMoney,
    CustomerRow,
    get_customer_money,
    next_invoice_of,
)
from models.billing.queries.documents import (
    build_invoice_document,
)
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
from models.billing.queries.payments import (
    PAYMENTS,
    PaymentListRow,
)
from models.billing.queries.plan_detail import (
    PlanDetail,
    PriceRow,
    VersionRow,
    get_plan,
    offer_differences,
    show_draft,
)
from models.billing.queries.plan_moves import (
    MovePreview,
    MoveRow,
    preview_version_move,
)
from models.billing.queries.planned_changes import (
    list_planned_customers,
)
from models.billing.queries.plans import (
    PLANS,
    PlanRow,
)
from models.billing.queries.profiles import (
    BillingProfileRow,
    get_billing_profile,
    list_legal_entities,
)
from models.billing.queries.snapshots import (
    count_due,
)
from models.billing.queries.subscriptions import (
    SUBSCRIPTIONS,
    SubscriptionRow,
    get_subscription,
    list_subscriptions_of,
)
from models.billing.queries.tax_preview import (
    TaxPreview,
    get_seller_country,
    preview_taxes,
)
from models.billing.queries.tax_rules import (
    TAX_RULES,
    TaxRuleRow,
    get_tax_rule,
    list_tax_rates,
)
from models.billing.rules.invoice_status import (
    Refusal,
    why_not_payable,
    why_not_void,
)
from models.billing.rules.plan_status import (
    why_not_add_price,
    why_not_archive,
    why_not_edit,
)
from models.billing.rules.price_draft import (
    PriceDraft,
    PriceFact,
    TierDraft,
    amount_words,
    read_draft,
    read_quantity,
)
from models.billing.rules.price_terms import (
    PriceTerms,
    Tier,
)
from models.billing.rules.pricing import (
    Charge,
    compute_charge,
)
from models.billing.rules.reading import (
    percent_words,
)
from models.billing.tables import (
    BillingProfile,
    BillingTiming,
    Coupon,
    CouponDuration,
    CouponStatus,
    Discount,
    Interval,
    Invoice,
    InvoiceLine,
    InvoiceStatus,
    LegalEntity,
    NumberSeries,
    Payment,
    PaymentChannel,
    PaymentStatus,
    Plan,
    PlanStatus,
    Price,
    PriceModel,
    PromotionCode,
    ReviewPolicy,
    ScheduledChange,
    Subscription,
    SubscriptionAddOn,
    SubscriptionStatus,
    TaxBehavior,
    TaxRule,
)

__all__ = [
    "COUPONS",
    "CUSTOMERS",
    "INVOICES",
    "PAYMENTS",
    "PLANS",
    "SUBSCRIPTIONS",
    "TAX_RULES",
    "BatchResult",
    "BillingProfile",
    "BillingProfileRow",
    "BillingTiming",
    "ChangePreview",
    "Charge",
    "CodeRow",
    "Coupon",
    "CouponDuration",
    "CouponRow",
    "CouponStatus",
    "CustomerMoney",
    "CustomerRow",
    "Discount",
    "DiscountRow",
    "Interval",
    "Invoice",
    "InvoiceDetail",
    "InvoiceLine",
    "InvoiceRow",
    "InvoiceStatus",
    "LegalEntity",
    "LineRow",
    "MovePreview",
    "MoveRow",
    "NewSubscription",
    "NumberSeries",
    "Payment",
    "PaymentChannel",
    "PaymentListRow",
    "PaymentRow",
    "PaymentStatus",
    "Plan",
    "PlanDetail",
    "PlanRow",
    "PlanStatus",
    "Price",
    "PriceDraft",
    "PriceFact",
    "PriceModel",
    "PriceRow",
    "PriceTerms",
    "PromotionCode",
    "PublishPreview",
    "Refusal",
    "ReviewPolicy",
    "RunOrder",
    "ScheduledChange",
    "StartPreview",
    "Subscription",
    "SubscriptionAddOn",
    "SubscriptionRow",
    "SubscriptionStatus",
    "TaxBehavior",
    "TaxPreview",
    "TaxRule",
    "TaxRuleRow",
    "Tier",
    "TierDraft",
    "VersionRow",
    "VoidPreview",
    "amount_words",
    "archive_coupon",
    "archive_plan",
    "archive_price",
    "archive_promotion_code",
    "bill_everything_due",
    "build_invoice_document",
    "cancel_scheduled_change",
    "carry_out_planned",
    "change_price",
    "change_subscription",
    "claim_run",
    "compute_charge",
    "correct_tax_rule",
    "count_due",
    "create_coupon",
    "create_plan",
    "create_price",
    "create_promotion_code",
    "create_tax_rule",
    "draft_version",
    "end_discount",
    "end_tax_rule",
    "find_invoices",
    "find_promotion",
    "finish_run",
    "get_billing_profile",
    "get_coupon",
    "get_customer_money",
    "get_invoice",
    "get_plan",
    "get_run",
    "get_seller_country",
    "get_subscription",
    "get_tax_rule",
    "invoice_subject",
    "list_discounts",
    "list_legal_entities",
    "list_overdue",
    "list_planned_customers",
    "list_recent_invoices",
    "list_stale_runs",
    "list_subscriptions_of",
    "list_tax_rates",
    "load_eu_rates",
    "next_invoice_of",
    "offer_differences",
    "percent_words",
    "preview_change",
    "preview_publish",
    "preview_start",
    "preview_taxes",
    "preview_version_move",
    "preview_void",
    "publish_version",
    "read_draft",
    "read_quantity",
    "record_payment",
    "redeem_coupon",
    "release_failures",
    "release_subscription",
    "report_batch",
    "restore_subscription",
    "run_batch",
    "schedule_change",
    "show_draft",
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
    "void_invoice",
    "why_not_add_price",
    "why_not_archive",
    "why_not_edit",
    "why_not_payable",
    "why_not_void",
]
