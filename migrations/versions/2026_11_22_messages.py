"""channels: The outbox of messages to customers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "3c5a8e1f7b20"
down_revision = "a92e4d6b0c18"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    addresses = postgresql.ARRAY(sa.Text())
    things = postgresql.JSONB()
    op.create_table(
        "message",
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("template_version", sa.Integer(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("is_test", sa.Boolean(), nullable=False),
        sa.Column("to_addresses", addresses, server_default="{}", nullable=False),
        sa.Column("cc_addresses", addresses, server_default="{}", nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body_text", sa.Text(), nullable=False),
        sa.Column("body_html", sa.Text(), nullable=False),
        sa.Column("attachments", things, server_default=sa.text("'[]'"), nullable=False),
        *_standing(things),
        sa.Column("about_type", sa.Text(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("about_label", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column("resent_of", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "status IN ('queued', 'sent', 'kept', 'failed', 'bounced')", name=op.f("ck_message_status_known")
        ),
        sa.CheckConstraint("cardinality(to_addresses) > 0", name=op.f("ck_message_to_given")),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_message_attempts_not_negative")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_message_tenant_id")),
        sa.ForeignKeyConstraint(["resent_of"], ["message.id"], name=op.f("fk_message_resent_of")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    _create_indexes()


def _standing(things: postgresql.JSONB) -> list[sa.Column]:
    bounced = "status <> 'bounced' OR bounced_at IS NOT NULL"
    return [
        sa.CheckConstraint("status <> 'sent' OR sent_at IS NOT NULL", name=op.f("ck_message_sent_when")),
        sa.CheckConstraint(bounced, name=op.f("ck_message_bounced_when")),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lost_attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("bounced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("history", things, server_default=sa.text("'[]'"), nullable=False),
    ]


def _create_indexes() -> None:
    op.create_index("ix_message_tenant", "message", ["tenant_id", "id"])
    op.create_index("ix_message_created", "message", ["created_at", "id"])
    op.create_index("ix_message_status", "message", ["status", "created_at", "id"])
    op.create_index("ix_message_about", "message", ["about_id", "id"])
    op.create_index("ix_message_to", "message", ["to_addresses"], postgresql_using="gin")
    op.create_index(
        "ix_message_due",
        "message",
        ["next_attempt_at"],
        postgresql_where=sa.text("status = 'queued'"),
    )
    op.create_index("uq_message_dedupe", "message", ["dedupe_key"], unique=True)
    op.create_index("uq_message_reference", "message", ["reference"], unique=True)


def downgrade() -> None:
    """Take back."""
    op.drop_table("message")
