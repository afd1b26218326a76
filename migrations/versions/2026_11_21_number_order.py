"""billing: Compare invoice numbers byte by byte, so that their index also gives the order of the list."""

from alembic import op

revision = "5e0c2b7f4d18"
down_revision = "48b32e5409e7"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.drop_index("uq_invoice_number", table_name="invoice")
    op.execute('ALTER TABLE invoice ALTER COLUMN number TYPE text COLLATE "C"')
    op.create_index("uq_invoice_number", "invoice", ["number"], unique=True)


def downgrade() -> None:
    """Take back."""
    op.drop_index("uq_invoice_number", table_name="invoice")
    op.execute('ALTER TABLE invoice ALTER COLUMN number TYPE text COLLATE "default"')
    op.create_index(
        "uq_invoice_number",
        "invoice",
        ["number"],
        unique=True,
        postgresql_ops={"number": "text_pattern_ops"},
    )
