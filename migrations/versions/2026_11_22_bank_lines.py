"""payments: Bank statements, the money on them, and the invoices it was matched to."""

import sqlalchemy as sa
from alembic import op

revision = "5a7c31e0d9b2"
down_revision = "8d94f2b6a015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _bank_statement()
    _bank_line()
    _bank_match()


def _bank_statement() -> None:
    op.create_table(
        "bank_statement",
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_format", sa.Text(), nullable=False),
        sa.Column("uploaded_by", sa.Text(), nullable=False),
        sa.Column("new_lines", sa.Integer(), nullable=False),
        sa.Column("known_lines", sa.Integer(), nullable=False),
        sa.Column("outgoing_lines", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_statement")),
    )


def _bank_line() -> None:
    op.create_table(
        "bank_line",
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("entry_key", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("payer", sa.Text(), nullable=False),
        sa.Column("payer_account", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("ignored_reason", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(status = 'ignored') = (ignored_reason <> '')", name=op.f("ck_bank_line_ignored_says_why")
        ),
        sa.CheckConstraint(
            "status IN ('open', 'matched', 'ignored')", name=op.f("ck_bank_line_status_known")
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_bank_line_amount_positive")),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["bank_statement.id"], name=op.f("fk_bank_line_statement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_line")),
    )
    op.create_index("ix_bank_line_amount", "bank_line", ["amount_minor", "id"], unique=False)
    op.create_index("ix_bank_line_booked", "bank_line", ["booked_on", "id"], unique=False)
    op.create_index("ix_bank_line_statement", "bank_line", ["statement_id"], unique=False)
    op.create_index("ix_bank_line_status", "bank_line", ["status", "booked_on", "id"], unique=False)
    op.create_index("uq_bank_line_entry", "bank_line", ["account", "entry_key"], unique=True)


def _bank_match() -> None:
    op.create_table(
        "bank_match",
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("to_balance_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_bank_match_amount_positive")),
        sa.CheckConstraint(
            "to_balance_minor BETWEEN 0 AND amount_minor", name=op.f("ck_bank_match_to_balance_within")
        ),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_bank_match_invoice_id")),
        sa.ForeignKeyConstraint(["line_id"], ["bank_line.id"], name=op.f("fk_bank_match_line_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_bank_match_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_match")),
    )
    op.create_index("ix_bank_match_invoice", "bank_match", ["invoice_id"], unique=False)
    op.create_index("ix_bank_match_tenant", "bank_match", ["tenant_id", "id"], unique=False)
    op.create_index("uq_bank_match_pair", "bank_match", ["line_id", "invoice_id"], unique=True)


def downgrade() -> None:
    """Take back."""
    op.drop_table("bank_match")
    op.drop_table("bank_line")
    op.drop_table("bank_statement")
