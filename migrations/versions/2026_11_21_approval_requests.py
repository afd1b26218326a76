"""Requests for a second person's yes, with the preview as it was when they were asked for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "e83b6f0d29c1"
down_revision = "d5a8e3c17f40"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_approval_request_tenant": ["tenant_id", "created_at"],
    "ix_approval_request_subject": ["subject_id", "created_at"],
    "ix_approval_request_requester": ["requested_by", "created_at"],
    "ix_approval_request_status": ["status", "expires_at", "id"],
    "ix_approval_request_expires": ["expires_at", "id"],
    "ix_approval_request_created": ["created_at", "id"],
    "ix_approval_request_amount": ["amount_minor", "id"],
}
TEXTS = ("kind", "procedure", "subject_type", "subject_label", "token", "reason", "status", "note", "error")


def _table() -> None:
    op.create_table(
        "approval_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        *[sa.Column(name, sa.Text(), nullable=False) for name in TEXTS],
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("limit_minor", sa.BigInteger(), nullable=False),
        sa.Column("asked", postgresql.JSONB(), nullable=False),
        sa.Column("preview", postgresql.JSONB(), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('waiting', 'approved', 'rejected', 'withdrawn', 'expired')",
            name=op.f("ck_approval_request_status_known"),
        ),
        sa.CheckConstraint(
            "(status = 'waiting') = (decided_at IS NULL)", name=op.f("ck_approval_request_decided_with_time")
        ),
        sa.CheckConstraint(
            "status NOT IN ('approved', 'rejected') OR (decided_by IS NOT NULL AND decided_by <> requested_by)",
            name=op.f("ck_approval_request_decided_by_another"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_approval_request_tenant_id")),
        sa.ForeignKeyConstraint(
            ["requested_by"], ["staff_user.id"], name=op.f("fk_approval_request_requested_by")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["staff_user.id"], name=op.f("fk_approval_request_decided_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_request")),
    )


def upgrade() -> None:
    """Apply."""
    _table()
    op.create_index(
        "uq_approval_request_waiting",
        "approval_request",
        ["procedure", "subject_id"],
        unique=True,
        postgresql_where=sa.text("status = 'waiting'"),
    )
    for name, columns in INDEXES.items():
        op.create_index(name, "approval_request", columns)


def downgrade() -> None:
    """Take back."""
    op.drop_table("approval_request")
