"""Payments through Stripe: accounts, methods, charges, refunds, disputes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "cdb669b1429e"
down_revision = "8f27c60b1d3e"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _payment_account()
    _payment_method()
    _charge()
    _dispute()
    _refund_transfer()


def _payment_account() -> None:
    op.create_table(
        "payment_account",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("vendor_id", sa.String(), nullable=False),
        sa.Column("is_automatic", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_payment_account_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_payment_account")),
        sa.UniqueConstraint("vendor_id", name=op.f("uq_payment_account_vendor_id")),
    )


def _payment_method() -> None:
    op.create_table(
        "payment_method",
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("vendor_id", sa.String(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("last4", sa.Text(), nullable=False),
        sa.Column("expires_month", sa.Integer(), nullable=True),
        sa.Column("expires_year", sa.Integer(), nullable=True),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('card', 'sepa_debit', 'us_bank_account', 'other')",
            name=op.f("ck_payment_method_kind_known"),
        ),
        sa.CheckConstraint(
            "status IN ('usable', 'failing', 'removed')", name=op.f("ck_payment_method_status_known")
        ),
        sa.CheckConstraint(
            "expires_month BETWEEN 1 AND 12", name=op.f("ck_payment_method_expires_month_known")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_payment_method_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_method")),
        sa.UniqueConstraint("vendor_id", name=op.f("uq_payment_method_vendor_id")),
    )
    op.create_index(
        "ix_payment_method_expiry", "payment_method", ["expires_year", "expires_month", "id"], unique=False
    )
    op.create_index("ix_payment_method_tenant", "payment_method", ["tenant_id", "status"], unique=False)
    op.create_index(
        "uq_payment_method_default",
        "payment_method",
        ["tenant_id"],
        unique=True,
        postgresql_where=sa.text("is_default AND status <> 'removed'"),
    )


def _charge() -> None:
    op.create_table(
        "charge",
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("payment_method_id", sa.Uuid(), nullable=True),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("refunded_minor", sa.BigInteger(), nullable=False),
        sa.Column("fee_minor", sa.BigInteger(), nullable=True),
        sa.Column("fee_currency", sa.String(length=3), nullable=True),
        sa.Column("vendor_payment_id", sa.String(), nullable=True),
        sa.Column("vendor_page_id", sa.String(), nullable=True),
        sa.Column("page_url", sa.Text(), nullable=False),
        sa.Column("page_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decline_code", sa.Text(), nullable=False),
        sa.Column("decline_class", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("request_key", sa.Text(), nullable=False),
        sa.Column("send_count", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("check_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "cause IN ('rule', 'hand', 'dunning', 'link', 'fallback')", name=op.f("ck_charge_cause_known")
        ),
        sa.CheckConstraint(
            "status IN ('requested', 'sent', 'needs_action', 'processing', 'succeeded', 'failed', 'cancelled')",
            name=op.f("ck_charge_status_known"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_charge_amount_positive")),
        sa.CheckConstraint(
            "refunded_minor BETWEEN 0 AND amount_minor", name=op.f("ck_charge_refunded_within")
        ),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_charge_invoice_id")),
        sa.ForeignKeyConstraint(
            ["payment_method_id"], ["payment_method.id"], name=op.f("fk_charge_payment_method_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_charge_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charge")),
        sa.UniqueConstraint("vendor_page_id", name=op.f("uq_charge_vendor_page_id")),
        sa.UniqueConstraint("vendor_payment_id", name=op.f("uq_charge_vendor_payment_id")),
    )
    op.create_index(
        "ix_charge_check",
        "charge",
        ["check_at"],
        unique=False,
        postgresql_where=sa.text("status IN ('requested', 'sent', 'needs_action', 'processing')"),
    )
    op.create_index("ix_charge_invoice", "charge", ["invoice_id", "id"], unique=False)
    op.create_index("ix_charge_status", "charge", ["status", "id"], unique=False)
    op.create_index("ix_charge_tenant", "charge", ["tenant_id", "id"], unique=False)
    op.create_index(
        "uq_charge_live",
        "charge",
        ["invoice_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('requested', 'sent', 'needs_action', 'processing')"),
    )
    op.create_index(
        "uq_charge_request",
        "charge",
        ["request_key"],
        unique=True,
        postgresql_where=sa.text("request_key <> ''"),
    )


def _dispute() -> None:
    op.create_table(
        "dispute",
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("charge_id", sa.Uuid(), nullable=False),
        sa.Column("vendor_id", sa.String(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("evidence_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('warning_needs_response', 'warning_under_review', 'warning_closed', 'needs_response', 'under_review', 'won', 'lost', 'prevented')",
            name=op.f("ck_dispute_status_known"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_dispute_amount_positive")),
        sa.ForeignKeyConstraint(["charge_id"], ["charge.id"], name=op.f("fk_dispute_charge_id")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_dispute_invoice_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_dispute_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
        sa.UniqueConstraint("vendor_id", name=op.f("uq_dispute_vendor_id")),
    )
    op.create_index("ix_dispute_charge", "dispute", ["charge_id"], unique=False)
    op.create_index("ix_dispute_due", "dispute", ["evidence_due_at", "id"], unique=False)
    op.create_index("ix_dispute_tenant", "dispute", ["tenant_id", "id"], unique=False)


def _refund_transfer() -> None:
    op.create_table(
        "refund_transfer",
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("charge_id", sa.Uuid(), nullable=False),
        sa.Column("credit_note_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("vendor_id", sa.String(), nullable=True),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("check_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('requested', 'sent', 'pending', 'succeeded', 'failed')",
            name=op.f("ck_refund_transfer_status_known"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_refund_transfer_amount_positive")),
        sa.ForeignKeyConstraint(["charge_id"], ["charge.id"], name=op.f("fk_refund_transfer_charge_id")),
        sa.ForeignKeyConstraint(
            ["credit_note_id"], ["credit_note.id"], name=op.f("fk_refund_transfer_credit_note_id")
        ),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_refund_transfer_invoice_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_refund_transfer_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_transfer")),
        sa.UniqueConstraint("vendor_id", name=op.f("uq_refund_transfer_vendor_id")),
    )
    op.create_index("ix_refund_transfer_charge", "refund_transfer", ["charge_id"], unique=False)
    op.create_index(
        "ix_refund_transfer_check",
        "refund_transfer",
        ["check_at"],
        unique=False,
        postgresql_where=sa.text("status IN ('requested', 'sent', 'pending')"),
    )
    op.create_index("ix_refund_transfer_note", "refund_transfer", ["credit_note_id"], unique=False)
    op.create_index("ix_refund_transfer_tenant", "refund_transfer", ["tenant_id", "id"], unique=False)


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_refund_transfer_tenant", table_name="refund_transfer")
    op.drop_index("ix_refund_transfer_note", table_name="refund_transfer")
    op.drop_index(
        "ix_refund_transfer_check",
        table_name="refund_transfer",
        postgresql_where=sa.text("status IN ('requested', 'sent', 'pending')"),
    )
    op.drop_index("ix_refund_transfer_charge", table_name="refund_transfer")
    op.drop_table("refund_transfer")
    op.drop_index("ix_dispute_tenant", table_name="dispute")
    op.drop_index("ix_dispute_due", table_name="dispute")
    op.drop_index("ix_dispute_charge", table_name="dispute")
    op.drop_table("dispute")
    op.drop_index("uq_charge_request", table_name="charge", postgresql_where=sa.text("request_key <> ''"))
    op.drop_index(
        "uq_charge_live",
        table_name="charge",
        postgresql_where=sa.text("status IN ('requested', 'sent', 'needs_action', 'processing')"),
    )
    op.drop_index("ix_charge_tenant", table_name="charge")
    op.drop_index("ix_charge_status", table_name="charge")
    op.drop_index("ix_charge_invoice", table_name="charge")
    op.drop_index(
        "ix_charge_check",
        table_name="charge",
        postgresql_where=sa.text("status IN ('requested', 'sent', 'needs_action', 'processing')"),
    )
    op.drop_table("charge")
    op.drop_index(
        "uq_payment_method_default",
        table_name="payment_method",
        postgresql_where=sa.text("is_default AND status <> 'removed'"),
    )
    op.drop_index("ix_payment_method_tenant", table_name="payment_method")
    op.drop_index("ix_payment_method_expiry", table_name="payment_method")
    op.drop_table("payment_method")
    op.drop_table("payment_account")
