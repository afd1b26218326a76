"""dunning: Cases and what was done at their steps."""

import sqlalchemy as sa
from alembic import op

revision = "8d94f2b6a015"
down_revision = "3c5a80d1e7b2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _create_dunning_case()
    _create_dunning_step()


def _create_dunning_case() -> None:
    op.create_table("dunning_case", *_dunning_case_first(), *_dunning_case_then(), *_dunning_case_rules())
    _index_dunning_case()
    _index_dunning_case_more()


def _dunning_case_first() -> list[sa.Column]:
    return [
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("chosen_why", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("paid_before_minor", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("anchor_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_action", sa.Text(), nullable=False),
        sa.Column("next_why", sa.Text(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
    ]


def _dunning_case_then() -> list[sa.Column]:
    return [
        sa.Column("step_count", sa.Integer(), nullable=False),
        sa.Column("tries_used", sa.Integer(), nullable=False),
        sa.Column("budget", sa.Integer(), nullable=False),
        sa.Column("failure_class", sa.Text(), nullable=False),
        sa.Column("failure_code", sa.Text(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waiting_charge_id", sa.Uuid(), nullable=True),
        sa.Column("needs_person", sa.Boolean(), nullable=False),
        sa.Column("person_why", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("rest_since_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rest_reason", sa.Text(), nullable=False),
        sa.Column("promise_on", sa.Date(), nullable=True),
        sa.Column("promise_minor", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_why", sa.Text(), nullable=False),
        sa.Column("recovered_minor", sa.BigInteger(), nullable=False),
        sa.Column("recovered_by", sa.Text(), nullable=False),
        sa.Column("recovered_position", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
    ]


def _dunning_case_rules() -> list[sa.Constraint]:
    return [
        sa.CheckConstraint(
            "(status = 'promised') = (promise_on IS NOT NULL)", name=op.f("ck_dunning_case_promise_has_day")
        ),
        sa.CheckConstraint(
            "(status IN ('running', 'paused', 'promised', 'waiting_action')) = (closed_at IS NULL)",
            name=op.f("ck_dunning_case_closed_is_closed"),
        ),
        sa.CheckConstraint(
            "status IN ('running', 'paused', 'promised', 'waiting_action', 'recovered', 'ended', 'stopped')",
            name=op.f("ck_dunning_case_status_known"),
        ),
        sa.CheckConstraint(
            "amount_minor >= 0 AND recovered_minor >= 0", name=op.f("ck_dunning_case_amounts_not_negative")
        ),
        sa.CheckConstraint("position >= 0 AND round > 0", name=op.f("ck_dunning_case_position_in_order")),
        sa.CheckConstraint(
            "tries_used >= 0 AND tries_used <= budget", name=op.f("ck_dunning_case_budget_kept")
        ),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_dunning_case_campaign_id")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_dunning_case_invoice_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["staff_user.id"], name=op.f("fk_dunning_case_owner_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_dunning_case_tenant_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["campaign_version.id"], name=op.f("fk_dunning_case_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dunning_case")),
    ]


def _index_dunning_case() -> None:
    op.create_index("ix_dunning_case_amount", "dunning_case", ["amount_minor", "id"])
    op.create_index(
        "ix_dunning_case_at_risk",
        "dunning_case",
        ["currency", "amount_minor"],
        unique=False,
        postgresql_where=sa.text("status IN ('running', 'paused', 'promised', 'waiting_action')"),
    )
    op.create_index("ix_dunning_case_campaign", "dunning_case", ["campaign_id", "status"])
    op.create_index("ix_dunning_case_class", "dunning_case", ["failure_class", "next_at", "id"])
    op.create_index(
        "ix_dunning_case_closed",
        "dunning_case",
        ["closed_at", "id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NOT NULL"),
    )
    op.create_index(
        "ix_dunning_case_due",
        "dunning_case",
        ["next_at", "id"],
        unique=False,
        postgresql_where=sa.text("status IN ('running', 'paused', 'promised', 'waiting_action')"),
    )
    op.create_index(
        "ix_dunning_case_ending",
        "dunning_case",
        ["ends_at", "id"],
        unique=False,
        postgresql_where=sa.text("status IN ('running', 'paused', 'promised', 'waiting_action')"),
    )


def _index_dunning_case_more() -> None:
    op.create_index("ix_dunning_case_invoice", "dunning_case", ["invoice_id", "id"])
    op.create_index("ix_dunning_case_next", "dunning_case", ["next_at", "id"])
    op.create_index("ix_dunning_case_opened", "dunning_case", ["opened_at", "id"])
    op.create_index(
        "ix_dunning_case_person",
        "dunning_case",
        ["next_at", "id"],
        unique=False,
        postgresql_where=sa.text(
            "needs_person AND status IN ('running', 'paused', 'promised', 'waiting_action')"
        ),
    )
    op.create_index("ix_dunning_case_status", "dunning_case", ["status", "next_at", "id"])
    op.create_index("ix_dunning_case_tenant", "dunning_case", ["tenant_id", "id"])
    op.create_index(
        "uq_dunning_case_open",
        "dunning_case",
        ["invoice_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('running', 'paused', 'promised', 'waiting_action')"),
    )


def _create_dunning_step() -> None:
    op.create_table("dunning_step", *_dunning_step_first(), *_dunning_step_then(), *_dunning_step_rules())
    _index_dunning_step()
    _index_dunning_step_more()


def _dunning_step_first() -> list[sa.Column]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
    ]


def _dunning_step_then() -> list[sa.Column]:
    return [
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("charge_id", sa.Uuid(), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("decline_code", sa.Text(), nullable=False),
        sa.Column("decline_class", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
    ]


def _dunning_step_rules() -> list[sa.Constraint]:
    return [
        sa.CheckConstraint("kind IN ('step', 'hand', 'other')", name=op.f("ck_dunning_step_kind_known")),
        sa.CheckConstraint(
            "outcome IN ('done', 'waiting', 'succeeded', 'failed', 'needs_action', 'skipped', 'refused')",
            name=op.f("ck_dunning_step_outcome_known"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["dunning_case.id"], name=op.f("fk_dunning_step_case_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_dunning_step_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dunning_step")),
    ]


def _index_dunning_step() -> None:
    op.create_index("ix_dunning_step_case", "dunning_step", ["case_id", "done_at"])
    op.create_index("ix_dunning_step_done", "dunning_step", ["done_at", "id"])


def _index_dunning_step_more() -> None:
    op.create_index("ix_dunning_step_tenant", "dunning_step", ["tenant_id"])
    op.create_index(
        "uq_dunning_step_charge",
        "dunning_step",
        ["charge_id"],
        unique=True,
        postgresql_where=sa.text("charge_id IS NOT NULL"),
    )
    op.create_index(
        "uq_dunning_step_once",
        "dunning_step",
        ["case_id", "position", "round"],
        unique=True,
        postgresql_where=sa.text("kind = 'step'"),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("dunning_step")
    op.drop_table("dunning_case")
