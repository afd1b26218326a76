"""import_export: Documents can be taken as one ZIP."""

from alembic import op

revision = "e8a15c3f7d60"
down_revision = "d40c9e6a1b27"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _allow("'csv', 'xlsx', 'jsonl', 'zip'")


def downgrade() -> None:
    """Take back; files of the new format are forgotten, as they would be at their expiry."""
    op.execute("DELETE FROM export WHERE format = 'zip'")
    _allow("'csv', 'xlsx', 'jsonl'")


def _allow(formats: str) -> None:
    op.drop_constraint("format_known", "export", type_="check")
    op.create_check_constraint("format_known", "export", f"format IN ({formats})")
