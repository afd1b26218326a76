"""accounts: A saved view is for its owner or for everyone."""

import sqlalchemy as sa
from alembic import op

revision = "c83f2a60d9b7"
down_revision = "5e0d7c3b91f4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("saved_view", sa.Column("scope", sa.Text(), server_default="me", nullable=False))
    op.alter_column("saved_view", "scope", server_default=None)
    op.create_check_constraint("scope_known", "saved_view", "scope IN ('me', 'everyone')")
    op.create_index(
        "ix_saved_view_shared", "saved_view", ["listing"], postgresql_where=sa.text("scope = 'everyone'")
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_saved_view_shared", "saved_view")
    op.drop_constraint("scope_known", "saved_view", type_="check")
    op.drop_column("saved_view", "scope")
