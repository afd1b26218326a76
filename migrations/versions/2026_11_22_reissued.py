"""billing: An invoice made in place of a void one names it."""

import sqlalchemy as sa
from alembic import op

revision = "f3b7d2c81a95"
down_revision = "e8a15c3f7d60"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("invoice", sa.Column("replaces_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_invoice_replaces_id"), "invoice", "invoice", ["replaces_id"], ["id"])
    op.create_index(
        "uq_invoice_replaces",
        "invoice",
        ["replaces_id"],
        unique=True,
        postgresql_where=sa.text("replaces_id IS NOT NULL"),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("uq_invoice_replaces", "invoice")
    op.drop_constraint(op.f("fk_invoice_replaces_id"), "invoice", type_="foreignkey")
    op.drop_column("invoice", "replaces_id")
