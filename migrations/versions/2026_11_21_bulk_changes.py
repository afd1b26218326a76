"""accounts: Changes of many customers, and what became of each."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "5e0d7c3b91f4"
down_revision = "7c1de0a94b35"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    tags = postgresql.ARRAY(sa.Text())
    op.create_table(
        "bulk_change",
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("tags_added", tags, server_default="{}", nullable=False),
        sa.Column("tags_removed", tags, server_default="{}", nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("rows_total", sa.Integer(), nullable=False),
        sa.CheckConstraint("action IN ('assign', 'tag')", name=op.f("ck_bulk_change_action_known")),
        sa.CheckConstraint("rows_total >= 0", name=op.f("ck_bulk_change_rows_total_not_negative")),
        sa.CheckConstraint(
            "status IN ('waiting', 'done', 'undoing', 'undone')", name=op.f("ck_bulk_change_status_known")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["staff_user.id"], name=op.f("fk_bulk_change_owner_id")),
        sa.ForeignKeyConstraint(["user_id"], ["staff_user.id"], name=op.f("fk_bulk_change_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_change")),
    )
    op.create_index("ix_bulk_change_user", "bulk_change", ["user_id", "id"])
    _create_rows()


def _create_rows() -> None:
    outcomes = "outcome IN ('waiting', 'done', 'skipped', 'undone', 'kept')"
    op.create_table(
        "bulk_change_row",
        sa.Column("bulk_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.CheckConstraint(outcomes, name=op.f("ck_bulk_change_row_outcome_known")),
        sa.ForeignKeyConstraint(
            ["bulk_id"], ["bulk_change.id"], name=op.f("fk_bulk_change_row_bulk_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_bulk_change_row_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("bulk_id", "tenant_id", name=op.f("pk_bulk_change_row")),
    )
    op.create_index("ix_bulk_change_row_tenant", "bulk_change_row", ["tenant_id"])
    op.create_index("ix_bulk_change_row_outcome", "bulk_change_row", ["bulk_id", "outcome"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("bulk_change_row")
    op.drop_table("bulk_change")
