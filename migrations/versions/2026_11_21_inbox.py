"""The inbox of vendors' messages."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "8f27c60b1d3e"
down_revision = "c41d7f0a9b32"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "inbound_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("api_version", sa.Text(), nullable=False),
        sa.Column("object_type", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("is_fetched", sa.Boolean(), nullable=False),
        sa.Column("deliveries", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('stored', 'done', 'ignored', 'retrying', 'dead')",
            name=op.f("ck_inbound_event_status_known"),
        ),
        sa.CheckConstraint("deliveries > 0", name=op.f("ck_inbound_event_deliveries_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_event")),
    )
    op.create_index(
        "ix_inbound_event_due",
        "inbound_event",
        ["due_at", "id"],
        unique=False,
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index("ix_inbound_event_happened", "inbound_event", ["source", "happened_at"], unique=False)
    op.create_index("ix_inbound_event_object", "inbound_event", ["object_id"], unique=False)
    op.create_index("ix_inbound_event_status", "inbound_event", ["status", "id"], unique=False)
    op.create_index("uq_inbound_event_external", "inbound_event", ["source", "external_id"], unique=True)


def downgrade() -> None:
    """Take back."""
    op.drop_index("uq_inbound_event_external", table_name="inbound_event")
    op.drop_index("ix_inbound_event_status", table_name="inbound_event")
    op.drop_index("ix_inbound_event_object", table_name="inbound_event")
    op.drop_index("ix_inbound_event_happened", table_name="inbound_event")
    op.drop_index(
        "ix_inbound_event_due", table_name="inbound_event", postgresql_where=sa.text("due_at IS NOT NULL")
    )
    op.drop_table("inbound_event")
