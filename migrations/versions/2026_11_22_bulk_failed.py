"""accounts: A change of many can fail, where its maker is deactivated before it is done."""

from alembic import op

revision = "a92e4d6b0c18"
down_revision = "f3b7d2c81a95"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _allow("'waiting', 'done', 'undoing', 'undone', 'failed'")


def downgrade() -> None:
    """Take back; what failed was done as far as it went."""
    op.execute("UPDATE bulk_change SET status = 'done' WHERE status = 'failed'")
    _allow("'waiting', 'done', 'undoing', 'undone'")


def _allow(statuses: str) -> None:
    op.drop_constraint("status_known", "bulk_change", type_="check")
    op.create_check_constraint("status_known", "bulk_change", f"status IN ({statuses})")
