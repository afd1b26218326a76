"""dunning: Open cases are those that are not closed, which the planner sees in any statement."""

import sqlalchemy as sa
from alembic import op

revision = "f1c84e6d3a92"
down_revision = "5a7c31e0d9b2"
branch_labels = None
depends_on = None

WORDS = "status IN ('running', 'paused', 'promised', 'waiting_action')"
INDEXES = (
    ("uq_dunning_case_open", ["invoice_id"], "", True),
    ("ix_dunning_case_due", ["next_at", "id"], "", False),
    ("ix_dunning_case_person", ["next_at", "id"], "needs_person AND ", False),
    ("ix_dunning_case_ending", ["ends_at", "id"], "", False),
    ("ix_dunning_case_at_risk", ["currency", "amount_minor"], "", False),
)


def upgrade() -> None:
    """Apply."""
    _make_anew("closed_at IS NULL")


def _make_anew(is_open: str) -> None:
    for name, columns, beside, is_unique in INDEXES:
        op.drop_index(name, table_name="dunning_case")
        where = sa.text(f"{beside}{is_open}")
        op.create_index(name, "dunning_case", columns, unique=is_unique, postgresql_where=where)


def downgrade() -> None:
    """Take back."""
    _make_anew(WORDS)
