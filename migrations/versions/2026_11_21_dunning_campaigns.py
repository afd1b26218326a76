"""dunning: Campaigns, their versions, and whom they are for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "3c5a80d1e7b2"
down_revision = "e83b6f0d29c1"
branch_labels = None
depends_on = None

# Running cases keep their version, so what it says must never change.
REFUSE = """
CREATE FUNCTION campaign_version_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a version of a campaign is final' USING ERRCODE = 'check_violation';
END $$
"""


def upgrade() -> None:
    """Apply."""
    _create_campaign()
    _create_campaign_version()
    _create_campaign_assignment()
    op.execute(REFUSE)
    op.execute(
        "CREATE TRIGGER campaign_version_final BEFORE UPDATE OR DELETE ON campaign_version "
        "FOR EACH ROW EXECUTE FUNCTION campaign_version_is_final()"
    )


def _create_campaign() -> None:
    op.create_table(
        "campaign",
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("current_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_campaign_name_given")),
        sa.CheckConstraint("status IN ('active', 'archived')", name=op.f("ck_campaign_status_known")),
        sa.CheckConstraint("current_version > 0", name=op.f("ck_campaign_current_version_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
    )
    op.create_index("ix_campaign_created", "campaign", ["created_at", "id"])
    op.create_index("uq_campaign_name", "campaign", [sa.literal_column("lower(name)")], unique=True)


def _create_campaign_version() -> None:
    op.create_table(
        "campaign_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("definition", postgresql.JSONB(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("saved_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_campaign_version_number_positive")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_version_campaign_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_version")),
    )
    op.create_index("uq_campaign_version_number", "campaign_version", ["campaign_id", "number"], unique=True)


def _create_campaign_assignment() -> None:
    op.create_table(
        "campaign_assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("min_minor", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'default') = (target = '')", name=op.f("ck_campaign_assignment_target_given")
        ),
        sa.CheckConstraint(
            "kind IN ('customer', 'plan', 'segment', 'default')",
            name=op.f("ck_campaign_assignment_kind_known"),
        ),
        sa.CheckConstraint(
            "min_minor >= 0 AND (min_minor = 0 OR currency IS NOT NULL)",
            name=op.f("ck_campaign_assignment_threshold_has_currency"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_assignment_campaign_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_assignment")),
    )
    op.create_index("ix_campaign_assignment_campaign", "campaign_assignment", ["campaign_id"])
    op.create_index(
        "uq_campaign_assignment_target",
        "campaign_assignment",
        ["kind", "target", sa.literal_column("coalesce(currency, '')"), "min_minor"],
        unique=True,
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("campaign_assignment")
    op.drop_table("campaign_version")
    op.drop_table("campaign")
    op.execute("DROP FUNCTION campaign_version_is_final")
