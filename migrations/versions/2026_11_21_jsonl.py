"""import_export: A list can be exported as JSON Lines."""

from alembic import op

revision = "e19b54c7a03d"
down_revision = "c83f2a60d9b7"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _allow("'csv', 'xlsx', 'jsonl'")


def downgrade() -> None:
    """Take back; files of the new format are forgotten, as they would be at their expiry."""
    op.execute("DELETE FROM export WHERE format = 'jsonl'")
    _allow("'csv', 'xlsx'")


def _allow(formats: str) -> None:
    op.drop_constraint("format_known", "export", type_="check")
    op.create_check_constraint("format_known", "export", f"format IN ({formats})")
