"""billing: The steps at which making an invoice fails are known words, and an unfinished invoice names its own."""

from alembic import op

revision = "d40c9e6a1b27"
down_revision = "cdb669b1429e"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_check_constraint("failed_step_known", "invoice", "failed_step IN ('', 'tax', 'number')")
    op.create_check_constraint("stuck_at_a_step", "invoice", "status <> 'generating' OR failed_step <> ''")
    op.create_check_constraint("step_known", "billing_failure", "step IN ('compute', 'safety')")


def downgrade() -> None:
    """Take back."""
    op.drop_constraint("step_known", "billing_failure", type_="check")
    op.drop_constraint("stuck_at_a_step", "invoice", type_="check")
    op.drop_constraint("failed_step_known", "invoice", type_="check")
