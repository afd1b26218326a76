"""accounts: Part a customer's search words at signs, so that `C-12` and `24/7` are found."""

from alembic import op

revision = "7d1b0f5a9c24"
down_revision = "c0177cefaac3"
branch_labels = None
depends_on = None

BEFORE = "to_tsvector('simple', name || ' ' || external_ref || ' ' || translate(email, '.@-', '   '))"
AFTER = (
    "to_tsvector('simple', translate(name || ' ' || external_ref || ' ' || email, '.@-/_+&#:', '         '))"
)


def upgrade() -> None:
    """Apply."""
    _replace(AFTER)


def downgrade() -> None:
    """Take back."""
    _replace(BEFORE)


def _replace(expression: str) -> None:
    # A generated column's expression is changed by making the column anew; its index goes with it.
    op.execute("ALTER TABLE tenant DROP COLUMN search")
    op.execute(f"ALTER TABLE tenant ADD COLUMN search tsvector GENERATED ALWAYS AS ({expression}) STORED")
    op.create_index("ix_tenant_search", "tenant", ["search"], unique=False, postgresql_using="gin")
