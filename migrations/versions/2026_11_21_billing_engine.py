"""The billing engine: catalogue, coupons, tax, add-ons, scheduled changes, credit, runs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "48b32e5409e7"
down_revision = "a41c6b0e7d52"
branch_labels = None
depends_on = None

DUE = "CASE WHEN status = 'open' THEN total_minor - balance_minor - reduced_minor - paid_minor ELSE 0 END"
OLD_DUE = "CASE WHEN status = 'open' THEN total_minor - paid_minor ELSE 0 END"
LINE_KINDS = "'recurring', 'unused', 'remaining', 'elapsed', 'one_off', 'mirror'"
INVOICE_RULES = {
    "kind_known": "kind IN ('period', 'change', 'one_off')",
    "paid_within_total": "paid_minor >= 0 AND paid_minor <= greatest(total_minor, 0)",
    "credited_within_total": "credited_minor >= 0 AND credited_minor <= greatest(total_minor, 0)",
    "reduced_within_credited": "reduced_minor >= 0 AND reduced_minor <= credited_minor",
    "paid_is_paid": "status <> 'paid' OR paid_minor + balance_minor + reduced_minor = total_minor",
    "due_not_negative": "status <> 'open' OR total_minor - balance_minor - reduced_minor - paid_minor >= 0",
}
SUBSCRIPTION_RULES = {
    "billing_timing_known": "billing_timing IN ('advance', 'arrears')",
    "net_terms_bounded": "net_terms_days BETWEEN 0 AND 365",
}
PRICE_RULES = {
    "model_known": "model IN ('flat', 'per_unit', 'graduated', 'volume', 'package')",
    "tax_behavior_known": "tax_behavior IN ('exclusive', 'inclusive')",
    "package_size_positive": "package_size > 0",
}


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "billing_run",
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("as_of_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("due_count", sa.Integer(), nullable=False),
        sa.Column("invoice_count", sa.Integer(), nullable=False),
        sa.Column("draft_count", sa.Integer(), nullable=False),
        sa.Column("change_count", sa.Integer(), nullable=False),
        sa.Column("failed_count", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "status IN ('waiting', 'running', 'done', 'failed', 'cancelled')",
            name=op.f("ck_billing_run_status_known"),
        ),
        sa.CheckConstraint(
            "least(invoice_count, draft_count, change_count, failed_count) >= 0",
            name=op.f("ck_billing_run_counts"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_run")),
    )
    op.create_index("ix_billing_run_created", "billing_run", ["created_at", "id"], unique=False)
    op.create_table(
        "coupon",
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("percent_off_ppm", sa.Integer(), nullable=True),
        sa.Column("amount_off_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("duration", sa.Text(), nullable=False),
        sa.Column("duration_periods", sa.Integer(), nullable=True),
        sa.Column("max_redemptions", sa.Integer(), nullable=True),
        sa.Column("redeemed_count", sa.Integer(), nullable=False),
        sa.Column("redeem_until_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(duration = 'periods') = (duration_periods IS NOT NULL)", name=op.f("ck_coupon_periods_counted")
        ),
        sa.CheckConstraint(
            "duration IN ('once', 'periods', 'forever')", name=op.f("ck_coupon_duration_known")
        ),
        sa.CheckConstraint("status IN ('on_sale', 'archived')", name=op.f("ck_coupon_status_known")),
        sa.CheckConstraint(
            "(amount_off_minor IS NULL) = (currency IS NULL)", name=op.f("ck_coupon_amount_has_currency")
        ),
        sa.CheckConstraint(
            "(percent_off_ppm IS NULL) <> (amount_off_minor IS NULL)",
            name=op.f("ck_coupon_percent_or_amount"),
        ),
        sa.CheckConstraint("amount_off_minor > 0", name=op.f("ck_coupon_amount_positive")),
        sa.CheckConstraint("duration_periods > 0", name=op.f("ck_coupon_periods_positive")),
        sa.CheckConstraint("percent_off_ppm BETWEEN 1 AND 1000000", name=op.f("ck_coupon_percent_bounded")),
        sa.CheckConstraint("redeemed_count <= max_redemptions", name=op.f("ck_coupon_redeemed_within_limit")),
        sa.CheckConstraint("redeemed_count >= 0", name=op.f("ck_coupon_redeemed_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupon")),
    )
    op.create_index("ix_coupon_created", "coupon", ["created_at", "id"], unique=False)
    op.create_index("uq_coupon_key", "coupon", ["key"], unique=True)
    op.create_table(
        "legal_entity",
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("tax_id", sa.Text(), nullable=False),
        sa.Column("invoice_prefix", sa.Text(), nullable=False),
        sa.Column("credit_note_prefix", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "invoice_prefix ~ '^[A-Z]+(-[A-Z]+)*$'", name=op.f("ck_legal_entity_invoice_prefix_form")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_legal_entity")),
    )
    op.create_index("uq_legal_entity_credit_note_prefix", "legal_entity", ["credit_note_prefix"], unique=True)
    op.create_index("uq_legal_entity_invoice_prefix", "legal_entity", ["invoice_prefix"], unique=True)
    op.create_table(
        "tax_rule",
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("tax_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("rate_ppm", sa.Integer(), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=False),
        sa.Column("valid_until_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("country ~ '^[A-Z]{2}$'", name=op.f("ck_tax_rule_country_iso")),
        sa.CheckConstraint("rate_ppm BETWEEN 0 AND 1000000", name=op.f("ck_tax_rule_rate_bounded")),
        sa.CheckConstraint("valid_until_on > valid_from_on", name=op.f("ck_tax_rule_validity_not_empty")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_rule")),
    )
    op.create_index(
        "ix_tax_rule_place",
        "tax_rule",
        ["country", "region", "tax_code", "name", "valid_from_on"],
        unique=False,
    )
    op.create_table(
        "promotion_code",
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("coupon_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("max_redemptions", sa.Integer(), nullable=True),
        sa.Column("redeemed_count", sa.Integer(), nullable=False),
        sa.Column("redeem_until_on", sa.Date(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("code = upper(code) AND code <> ''", name=op.f("ck_promotion_code_code_upper")),
        sa.CheckConstraint(
            "redeemed_count <= max_redemptions", name=op.f("ck_promotion_code_redeemed_within_limit")
        ),
        sa.ForeignKeyConstraint(["coupon_id"], ["coupon.id"], name=op.f("fk_promotion_code_coupon_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotion_code")),
    )
    op.create_index("ix_promotion_code_coupon", "promotion_code", ["coupon_id"], unique=False)
    op.create_index("uq_promotion_code_code", "promotion_code", ["code"], unique=True)
    op.create_table(
        "billing_profile",
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("legal_name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("tax_id", sa.Text(), nullable=False),
        sa.Column("exempt_reason", sa.Text(), nullable=False),
        sa.Column("exempt_until_on", sa.Date(), nullable=True),
        sa.Column("net_terms_days", sa.Integer(), nullable=True),
        sa.Column("legal_entity", sa.Text(), nullable=False),
        sa.Column("review_policy", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "review_policy IN ('by_rule', 'always')", name=op.f("ck_billing_profile_review_policy_known")
        ),
        sa.CheckConstraint(
            "net_terms_days BETWEEN 0 AND 365", name=op.f("ck_billing_profile_net_terms_bounded")
        ),
        sa.ForeignKeyConstraint(
            ["legal_entity"], ["legal_entity.key"], name=op.f("fk_billing_profile_legal_entity")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_billing_profile_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_billing_profile")),
    )
    op.create_table(
        "billing_failure",
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["billing_run.id"], name=op.f("fk_billing_failure_run_id")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_billing_failure_subscription_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_billing_failure_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_failure")),
    )
    op.create_index("ix_billing_failure_run", "billing_failure", ["run_id", "id"], unique=False)
    op.create_index("ix_billing_failure_tenant", "billing_failure", ["tenant_id"], unique=False)
    op.create_index(
        "uq_billing_failure_open",
        "billing_failure",
        ["subscription_id"],
        unique=True,
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.create_table(
        "discount",
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("coupon_id", sa.Uuid(), nullable=False),
        sa.Column("promotion_code_id", sa.Uuid(), nullable=True),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("periods_used", sa.Integer(), nullable=False),
        sa.Column("last_period_start_on", sa.Date(), nullable=True),
        sa.CheckConstraint("periods_used >= 0", name=op.f("ck_discount_periods_used_not_negative")),
        sa.ForeignKeyConstraint(["coupon_id"], ["coupon.id"], name=op.f("fk_discount_coupon_id")),
        sa.ForeignKeyConstraint(
            ["promotion_code_id"], ["promotion_code.id"], name=op.f("fk_discount_promotion_code_id")
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_discount_subscription_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_discount_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discount")),
    )
    op.create_index(
        "ix_discount_running",
        "discount",
        ["subscription_id", "id"],
        unique=False,
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    op.create_index("ix_discount_tenant", "discount", ["tenant_id"], unique=False)
    op.create_index("uq_discount_coupon", "discount", ["subscription_id", "coupon_id"], unique=True)
    op.create_table(
        "scheduled_change",
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("change", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("planned_by", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "status IN ('planned', 'done', 'cancelled', 'failed')",
            name=op.f("ck_scheduled_change_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_scheduled_change_subscription_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_scheduled_change_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheduled_change")),
    )
    op.create_index(
        "ix_scheduled_change_due",
        "scheduled_change",
        ["due_at", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'planned'"),
    )
    op.create_index(
        "ix_scheduled_change_subscription", "scheduled_change", ["subscription_id", "due_at"], unique=False
    )
    op.create_index("ix_scheduled_change_tenant", "scheduled_change", ["tenant_id"], unique=False)
    op.create_table(
        "subscription_add_on",
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("price_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.Column("removed_on", sa.Date(), nullable=True),
        sa.Column("segment_start_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("billed_gross_minor", sa.BigInteger(), nullable=True),
        sa.Column("billed_net_minor", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_subscription_add_on_quantity_positive")),
        sa.CheckConstraint("removed_on >= added_on", name=op.f("ck_subscription_add_on_removed_after_added")),
        sa.CheckConstraint(
            "unit_amount_minor >= 0", name=op.f("ck_subscription_add_on_unit_amount_not_negative")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_subscription_add_on_plan_id")),
        sa.ForeignKeyConstraint(["price_id"], ["price.id"], name=op.f("fk_subscription_add_on_price_id")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_subscription_add_on_subscription_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_subscription_add_on_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription_add_on")),
    )
    op.create_index(
        "ix_subscription_add_on_subscription", "subscription_add_on", ["subscription_id"], unique=False
    )
    op.create_index("ix_subscription_add_on_tenant", "subscription_add_on", ["tenant_id"], unique=False)
    op.create_table(
        "credit_note",
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("subtotal_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("reduced_minor", sa.BigInteger(), nullable=False),
        sa.Column("to_balance_minor", sa.BigInteger(), nullable=False),
        sa.Column("refunded_minor", sa.BigInteger(), nullable=False),
        sa.Column("outside_minor", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_by", sa.Text(), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("request_key", sa.Text(), nullable=False),
        sa.CheckConstraint("status IN ('issued', 'void')", name=op.f("ck_credit_note_status_known")),
        sa.CheckConstraint(
            "least(reduced_minor, to_balance_minor, refunded_minor, outside_minor) >= 0",
            name=op.f("ck_credit_note_settlements_not_negative"),
        ),
        sa.CheckConstraint(
            "reduced_minor + to_balance_minor + refunded_minor + outside_minor = total_minor",
            name=op.f("ck_credit_note_settled_in_full"),
        ),
        sa.CheckConstraint(
            "total_minor = subtotal_minor + tax_minor", name=op.f("ck_credit_note_total_adds_up")
        ),
        sa.CheckConstraint("total_minor > 0", name=op.f("ck_credit_note_total_positive")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_credit_note_invoice_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_credit_note_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_note")),
    )
    op.create_index("ix_credit_note_invoice", "credit_note", ["invoice_id"], unique=False)
    op.create_index("ix_credit_note_issued", "credit_note", ["issued_on", "id"], unique=False)
    op.create_index("ix_credit_note_tenant", "credit_note", ["tenant_id", "issued_on", "id"], unique=False)
    op.create_index("ix_credit_note_total", "credit_note", ["total_minor", "id"], unique=False)
    op.create_index("uq_credit_note_number", "credit_note", ["number"], unique=True)
    op.create_index("uq_credit_note_request", "credit_note", ["request_key"], unique=True)
    op.create_table(
        "invoice_approval",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_version", sa.Integer(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_invoice_approval_invoice_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_user.id"], name=op.f("fk_invoice_approval_staff_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_invoice_approval_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_approval")),
    )
    op.create_index("ix_invoice_approval_tenant", "invoice_approval", ["tenant_id"], unique=False)
    op.create_index(
        "uq_invoice_approval_person",
        "invoice_approval",
        ["invoice_id", "staff_id", "invoice_version"],
        unique=True,
    )
    op.create_table(
        "pending_line",
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("subscription_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("line", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_pending_line_invoice_id")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_pending_line_subscription_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_pending_line_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending_line")),
    )
    op.create_index("ix_pending_line_tenant", "pending_line", ["tenant_id"], unique=False)
    op.create_index(
        "ix_pending_line_waiting",
        "pending_line",
        ["subscription_id", "id"],
        unique=False,
        postgresql_where=sa.text("invoice_id IS NULL"),
    )
    op.create_table(
        "balance_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("balance_after_minor", sa.BigInteger(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=True),
        sa.Column("credit_note_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('credit_note', 'invoice', 'adjustment')", name=op.f("ck_balance_entry_kind_known")
        ),
        sa.CheckConstraint("amount_minor <> 0", name=op.f("ck_balance_entry_amount_moves")),
        sa.CheckConstraint("balance_after_minor >= 0", name=op.f("ck_balance_entry_balance_not_negative")),
        sa.ForeignKeyConstraint(
            ["credit_note_id"], ["credit_note.id"], name=op.f("fk_balance_entry_credit_note_id")
        ),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_balance_entry_invoice_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_balance_entry_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_balance_entry")),
    )
    op.create_index("ix_balance_entry_invoice", "balance_entry", ["invoice_id"], unique=False)
    op.create_index("ix_balance_entry_tenant", "balance_entry", ["tenant_id", "currency", "id"], unique=False)
    op.create_table(
        "credit_note_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("credit_note_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_line_id", sa.Uuid(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["credit_note_id"],
            ["credit_note.id"],
            name=op.f("fk_credit_note_line_credit_note_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["invoice_line_id"], ["invoice_line.id"], name=op.f("fk_credit_note_line_invoice_line_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_credit_note_line_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_note_line")),
    )
    op.create_index("ix_credit_note_line_line", "credit_note_line", ["invoice_line_id"], unique=False)
    op.create_index("ix_credit_note_line_note", "credit_note_line", ["credit_note_id"], unique=False)
    op.create_index("ix_credit_note_line_tenant", "credit_note_line", ["tenant_id"], unique=False)
    op.create_table(
        "refund",
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("credit_note_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("refunded_on", sa.Date(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_refund_amount_positive")),
        sa.ForeignKeyConstraint(
            ["credit_note_id"], ["credit_note.id"], name=op.f("fk_refund_credit_note_id")
        ),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_refund_invoice_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_refund_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
    )
    op.create_index("ix_refund_credit_note", "refund", ["credit_note_id"], unique=False)
    op.create_index("ix_refund_invoice", "refund", ["invoice_id"], unique=False)
    op.create_index("ix_refund_tenant", "refund", ["tenant_id", "refunded_on"], unique=False)
    op.add_column("invoice", sa.Column("kind", sa.Text(), server_default=sa.text("'period'"), nullable=False))
    op.add_column(
        "invoice", sa.Column("legal_entity", sa.Text(), server_default=sa.text("'main'"), nullable=False)
    )
    op.add_column(
        "invoice", sa.Column("balance_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False)
    )
    op.add_column(
        "invoice", sa.Column("credited_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False)
    )
    op.add_column(
        "invoice", sa.Column("reduced_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False)
    )
    op.add_column("invoice", sa.Column("written_off_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("invoice", sa.Column("tax_note", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column("invoice", sa.Column("memo", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column(
        "invoice",
        sa.Column(
            "review", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False
        ),
    )
    op.add_column(
        "invoice", sa.Column("approvals_needed", sa.Integer(), server_default=sa.text("0"), nullable=False)
    )
    op.add_column(
        "invoice", sa.Column("held_reason", sa.Text(), server_default=sa.text("''"), nullable=False)
    )
    op.add_column(
        "invoice", sa.Column("failed_step", sa.Text(), server_default=sa.text("''"), nullable=False)
    )
    op.add_column("invoice", sa.Column("failure", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column("invoice", sa.Column("edited_by", sa.Uuid(), nullable=True))
    op.add_column("invoice", sa.Column("run_id", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_invoice_review",
        "invoice",
        ["issued_on", "id"],
        unique=False,
        postgresql_where=sa.text("status IN ('draft', 'generating')"),
    )
    op.create_index(
        "uq_invoice_period",
        "invoice",
        ["subscription_id", "period_start_on"],
        unique=True,
        postgresql_where=sa.text("kind = 'period' AND status <> 'void'"),
    )
    op.create_foreign_key(op.f("fk_invoice_edited_by"), "invoice", "staff_user", ["edited_by"], ["id"])
    op.create_foreign_key(op.f("fk_invoice_run_id"), "invoice", "billing_run", ["run_id"], ["id"])
    op.add_column(
        "invoice_line", sa.Column("kind", sa.Text(), server_default=sa.text("'recurring'"), nullable=False)
    )
    op.add_column("invoice_line", sa.Column("component_id", sa.Uuid(), nullable=True))
    op.add_column(
        "invoice_line",
        sa.Column("discount_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column(
        "invoice_line", sa.Column("tax_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False)
    )
    op.add_column(
        "invoice_line",
        sa.Column(
            "taxes", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False
        ),
    )
    op.add_column("invoice_line", sa.Column("mirrors_line_id", sa.Uuid(), nullable=True))
    op.add_column("plan", sa.Column("description", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column("plan", sa.Column("trial_days", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column(
        "plan", sa.Column("is_add_on", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column(
        "plan", sa.Column("tax_code", sa.Text(), server_default=sa.text("'standard'"), nullable=False)
    )
    op.create_index("ix_plan_created", "plan", ["created_at", "id"], unique=False)
    op.add_column(
        "price", sa.Column("model", sa.Text(), server_default=sa.text("'per_unit'"), nullable=False)
    )
    op.add_column(
        "price", sa.Column("package_size", sa.Integer(), server_default=sa.text("1"), nullable=False)
    )
    op.add_column(
        "price",
        sa.Column(
            "tiers", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False
        ),
    )
    op.add_column(
        "price", sa.Column("tax_behavior", sa.Text(), server_default=sa.text("'exclusive'"), nullable=False)
    )
    op.add_column("price", sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "subscription",
        sa.Column("billing_timing", sa.Text(), server_default=sa.text("'arrears'"), nullable=False),
    )
    op.add_column(
        "subscription",
        sa.Column("net_terms_days", sa.Integer(), server_default=sa.text("14"), nullable=False),
    )
    op.add_column("subscription", sa.Column("trial_until_on", sa.Date(), nullable=True))
    op.add_column("subscription", sa.Column("paused_on", sa.Date(), nullable=True))
    op.add_column("subscription", sa.Column("resumes_on", sa.Date(), nullable=True))
    op.add_column("subscription", sa.Column("cancels_on", sa.Date(), nullable=True))
    op.add_column("subscription", sa.Column("renews_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "subscription", sa.Column("held_reason", sa.Text(), server_default=sa.text("''"), nullable=False)
    )
    op.add_column("subscription", sa.Column("segment_start_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("subscription", sa.Column("billed_gross_minor", sa.BigInteger(), nullable=True))
    op.add_column("subscription", sa.Column("billed_net_minor", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_subscription_renews",
        "subscription",
        ["renews_at", "id"],
        unique=False,
        postgresql_where=sa.text("held_reason = ''"),
    )
    _change_rules()
    op.execute(
        "INSERT INTO legal_entity (key, name, address, country, tax_id, invoice_prefix, credit_note_prefix, "
        "created_at, updated_at) VALUES ('main', '', '', '', '', 'INV', 'CN', now(), now())"
    )
    # A period ends at the customer's midnight.
    op.execute(
        "UPDATE subscription SET renews_at = period_until_on::timestamp AT TIME ZONE tenant.time_zone "
        "FROM tenant WHERE tenant.id = subscription.tenant_id AND subscription.status = 'active'"
    )


def _change_rules() -> None:
    op.drop_constraint("status_known", "invoice", type_="check")
    op.create_check_constraint(
        "status_known",
        "invoice",
        "status IN ('generating', 'draft', 'open', 'paid', 'void', 'uncollectible')",
    )
    op.drop_constraint("paid_within_total", "invoice", type_="check")
    op.drop_constraint("paid_is_paid", "invoice", type_="check")
    for name, rule in INVOICE_RULES.items():
        op.create_check_constraint(name, "invoice", rule)
    op.drop_column("invoice", "due_minor")
    op.add_column("invoice", sa.Column("due_minor", sa.BigInteger(), sa.Computed(DUE, persisted=True)))
    op.create_check_constraint("kind_known", "invoice_line", f"kind IN ({LINE_KINDS})")
    op.drop_constraint("status_known", "subscription", type_="check")
    op.create_check_constraint(
        "status_known",
        "subscription",
        "status IN ('scheduled', 'trial', 'active', 'paused', 'unpaid', 'cancelled')",
    )
    for name, rule in SUBSCRIPTION_RULES.items():
        op.create_check_constraint(name, "subscription", rule)
    op.create_check_constraint("trial_days_bounded", "plan", "trial_days BETWEEN 0 AND 730")
    for name, rule in PRICE_RULES.items():
        op.create_check_constraint(name, "price", rule)


def downgrade() -> None:
    """Take back; what only the engine can hold must be gone first."""
    for name in PRICE_RULES:
        op.drop_constraint(name, "price", type_="check")
    op.drop_constraint("trial_days_bounded", "plan", type_="check")
    for name in SUBSCRIPTION_RULES:
        op.drop_constraint(name, "subscription", type_="check")
    op.drop_constraint("status_known", "subscription", type_="check")
    op.create_check_constraint(
        "status_known", "subscription", "status IN ('scheduled', 'trial', 'active', 'paused', 'cancelled')"
    )
    op.drop_constraint("kind_known", "invoice_line", type_="check")
    op.drop_column("invoice", "due_minor")
    op.add_column("invoice", sa.Column("due_minor", sa.BigInteger(), sa.Computed(OLD_DUE, persisted=True)))
    for name in INVOICE_RULES:
        op.drop_constraint(name, "invoice", type_="check")
    op.create_check_constraint("paid_is_paid", "invoice", "status <> 'paid' OR paid_minor = total_minor")
    op.create_check_constraint(
        "paid_within_total", "invoice", "paid_minor >= 0 AND paid_minor <= total_minor"
    )
    op.drop_constraint("status_known", "invoice", type_="check")
    op.create_check_constraint(
        "status_known", "invoice", "status IN ('draft', 'open', 'paid', 'void', 'uncollectible')"
    )
    _drop_tables()


def _drop_tables() -> None:
    op.drop_index(
        "ix_subscription_renews", table_name="subscription", postgresql_where=sa.text("held_reason = ''")
    )
    op.drop_column("subscription", "billed_net_minor")
    op.drop_column("subscription", "billed_gross_minor")
    op.drop_column("subscription", "segment_start_at")
    op.drop_column("subscription", "held_reason")
    op.drop_column("subscription", "renews_at")
    op.drop_column("subscription", "cancels_on")
    op.drop_column("subscription", "resumes_on")
    op.drop_column("subscription", "paused_on")
    op.drop_column("subscription", "trial_until_on")
    op.drop_column("subscription", "net_terms_days")
    op.drop_column("subscription", "billing_timing")
    op.drop_column("price", "archived_at")
    op.drop_column("price", "tax_behavior")
    op.drop_column("price", "tiers")
    op.drop_column("price", "package_size")
    op.drop_column("price", "model")
    op.drop_index("ix_plan_created", table_name="plan")
    op.drop_column("plan", "tax_code")
    op.drop_column("plan", "is_add_on")
    op.drop_column("plan", "trial_days")
    op.drop_column("plan", "description")
    op.drop_column("invoice_line", "mirrors_line_id")
    op.drop_column("invoice_line", "taxes")
    op.drop_column("invoice_line", "tax_minor")
    op.drop_column("invoice_line", "discount_minor")
    op.drop_column("invoice_line", "component_id")
    op.drop_column("invoice_line", "kind")
    op.drop_constraint(op.f("fk_invoice_run_id"), "invoice", type_="foreignkey")
    op.drop_constraint(op.f("fk_invoice_edited_by"), "invoice", type_="foreignkey")
    op.drop_index(
        "uq_invoice_period",
        table_name="invoice",
        postgresql_where=sa.text("kind = 'period' AND status <> 'void'"),
    )
    op.drop_index(
        "ix_invoice_review",
        table_name="invoice",
        postgresql_where=sa.text("status IN ('draft', 'generating')"),
    )
    op.drop_column("invoice", "run_id")
    op.drop_column("invoice", "edited_by")
    op.drop_column("invoice", "failure")
    op.drop_column("invoice", "failed_step")
    op.drop_column("invoice", "held_reason")
    op.drop_column("invoice", "approvals_needed")
    op.drop_column("invoice", "review")
    op.drop_column("invoice", "memo")
    op.drop_column("invoice", "tax_note")
    op.drop_column("invoice", "written_off_at")
    op.drop_column("invoice", "reduced_minor")
    op.drop_column("invoice", "credited_minor")
    op.drop_column("invoice", "balance_minor")
    op.drop_column("invoice", "legal_entity")
    op.drop_column("invoice", "kind")
    op.drop_index("ix_refund_tenant", table_name="refund")
    op.drop_index("ix_refund_invoice", table_name="refund")
    op.drop_index("ix_refund_credit_note", table_name="refund")
    op.drop_table("refund")
    op.drop_index("ix_credit_note_line_tenant", table_name="credit_note_line")
    op.drop_index("ix_credit_note_line_note", table_name="credit_note_line")
    op.drop_index("ix_credit_note_line_line", table_name="credit_note_line")
    op.drop_table("credit_note_line")
    op.drop_index("ix_balance_entry_tenant", table_name="balance_entry")
    op.drop_index("ix_balance_entry_invoice", table_name="balance_entry")
    op.drop_table("balance_entry")
    op.drop_index(
        "ix_pending_line_waiting", table_name="pending_line", postgresql_where=sa.text("invoice_id IS NULL")
    )
    op.drop_index("ix_pending_line_tenant", table_name="pending_line")
    op.drop_table("pending_line")
    op.drop_index("uq_invoice_approval_person", table_name="invoice_approval")
    op.drop_index("ix_invoice_approval_tenant", table_name="invoice_approval")
    op.drop_table("invoice_approval")
    op.drop_index("uq_credit_note_request", table_name="credit_note")
    op.drop_index("uq_credit_note_number", table_name="credit_note")
    op.drop_index("ix_credit_note_total", table_name="credit_note")
    op.drop_index("ix_credit_note_tenant", table_name="credit_note")
    op.drop_index("ix_credit_note_issued", table_name="credit_note")
    op.drop_index("ix_credit_note_invoice", table_name="credit_note")
    op.drop_table("credit_note")
    op.drop_index("ix_subscription_add_on_tenant", table_name="subscription_add_on")
    op.drop_index("ix_subscription_add_on_subscription", table_name="subscription_add_on")
    op.drop_table("subscription_add_on")
    op.drop_index("ix_scheduled_change_tenant", table_name="scheduled_change")
    op.drop_index("ix_scheduled_change_subscription", table_name="scheduled_change")
    op.drop_index(
        "ix_scheduled_change_due",
        table_name="scheduled_change",
        postgresql_where=sa.text("status = 'planned'"),
    )
    op.drop_table("scheduled_change")
    op.drop_index("uq_discount_coupon", table_name="discount")
    op.drop_index("ix_discount_tenant", table_name="discount")
    op.drop_index("ix_discount_running", table_name="discount", postgresql_where=sa.text("ended_on IS NULL"))
    op.drop_table("discount")
    op.drop_index(
        "uq_billing_failure_open",
        table_name="billing_failure",
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.drop_index("ix_billing_failure_tenant", table_name="billing_failure")
    op.drop_index("ix_billing_failure_run", table_name="billing_failure")
    op.drop_table("billing_failure")
    op.drop_table("billing_profile")
    op.drop_index("uq_promotion_code_code", table_name="promotion_code")
    op.drop_index("ix_promotion_code_coupon", table_name="promotion_code")
    op.drop_table("promotion_code")
    op.drop_index("ix_tax_rule_place", table_name="tax_rule")
    op.drop_table("tax_rule")
    op.drop_index("uq_legal_entity_invoice_prefix", table_name="legal_entity")
    op.drop_index("uq_legal_entity_credit_note_prefix", table_name="legal_entity")
    op.drop_table("legal_entity")
    op.drop_index("uq_coupon_key", table_name="coupon")
    op.drop_index("ix_coupon_created", table_name="coupon")
    op.drop_table("coupon")
    op.drop_index("ix_billing_run_created", table_name="billing_run")
    op.drop_table("billing_run")
