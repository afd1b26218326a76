"""A number of a yearly series names the year of issue."""

from alembic import op

revision = "a41c6b0e7d52"
down_revision = "7d1b0f5a9c24"
branch_labels = None
depends_on = None

RULE = "number !~ '^INV-[0-9]{4}-' OR substr(number, 5, 4)::int = extract(year FROM issued_on)"


def upgrade() -> None:
    """Apply."""
    op.create_check_constraint("number_year", "invoice", RULE)


def downgrade() -> None:
    """Take back."""
    op.drop_constraint("number_year", "invoice", type_="check")
