"""The invoices of a billing run are found by it."""

import sqlalchemy as sa
from alembic import op

revision = "7c1de0a94b35"
down_revision = "5e0c2b7f4d18"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index(
        "ix_invoice_run",
        "invoice",
        ["run_id", "issued_on", "id"],
        postgresql_where=sa.text("run_id IS NOT NULL"),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_invoice_run", "invoice", postgresql_where=sa.text("run_id IS NOT NULL"))
