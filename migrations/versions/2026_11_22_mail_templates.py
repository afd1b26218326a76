"""channels: Edited mail templates."""

import sqlalchemy as sa
from alembic import op

revision = "8d14f0b96a3e"
down_revision = "3c5a8e1f7b20"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "mail_template",
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("is_built_in", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_mail_template_version_positive")),
        sa.CheckConstraint(
            "is_built_in OR (subject <> '' AND body <> '')", name=op.f("ck_mail_template_text_given")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_template")),
    )
    op.create_index("uq_mail_template_version", "mail_template", ["key", "language", "version"], unique=True)


def downgrade() -> None:
    """Take back."""
    op.drop_table("mail_template")
