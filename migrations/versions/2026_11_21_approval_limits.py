"""What one person may do alone, as people set it, one row a version."""

import sqlalchemy as sa
from alembic import op

revision = "d5a8e3c17f40"
down_revision = "8d14f0b96a3e"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "approval_limit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("expires_hours", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_approval_limit_amount_not_negative")),
        sa.CheckConstraint(
            "expires_hours BETWEEN 1 AND 720", name=op.f("ck_approval_limit_expires_within_a_month")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_limit")),
    )
    op.create_index(
        "uq_approval_limit_version", "approval_limit", ["action", "currency", "version"], unique=True
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("approval_limit")
