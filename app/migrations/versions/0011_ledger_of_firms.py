"""The ledger of firms without a union: steps that are only added, tasks, what was sent from the field.

Revision ID: 0011
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

from app.db.types import Instant, JsonText

revision = "0011"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "field_outcome",
        sa.Column("fid", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("enterprise_id", sa.Text(), nullable=False),
        sa.Column("county_code", sa.Text(), nullable=True),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("said_at", Instant(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("base", sa.Text(), nullable=True),
        sa.Column("body", JsonText(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("refusals", JsonText(), nullable=False),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("other", sa.Text(), nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=True),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column("fix_status", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("fid", name=op.f("pk_field_outcome")),
        sa.UniqueConstraint("client_id", name=op.f("uq_field_outcome_client_id")),
    )
    op.create_index(op.f("ix_field_outcome_enterprise_id"), "field_outcome", ["enterprise_id"], unique=False)
    op.create_index(op.f("ix_field_outcome_fix_status"), "field_outcome", ["fix_status"], unique=False)
    op.create_index(op.f("ix_field_outcome_status"), "field_outcome", ["status"], unique=False)
    op.create_table(
        "ledger_step",
        sa.Column("fid", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("enterprise_id", sa.Text(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("second_reason", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("members", sa.Integer(), nullable=True),
        sa.Column("committee", sa.Integer(), nullable=True),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("workers", sa.Integer(), nullable=True),
        sa.Column("women", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("taken_by", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("fid", name=op.f("pk_ledger_step")),
        sa.UniqueConstraint("key", name=op.f("uq_ledger_step_key")),
    )
    op.create_index(op.f("ix_ledger_step_client_id"), "ledger_step", ["client_id"], unique=False)
    op.create_index(op.f("ix_ledger_step_enterprise_id"), "ledger_step", ["enterprise_id"], unique=False)
    op.create_table(
        "ledger_task",
        sa.Column("fid", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("county_code", sa.Text(), nullable=True),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("team", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("moved_at", Instant(), nullable=True),
        sa.Column("moved_from", sa.Text(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("closed_because", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("fid", name=op.f("pk_ledger_task")),
        sa.UniqueConstraint("key", name=op.f("uq_ledger_task_key")),
    )
    op.create_index(op.f("ix_ledger_task_act"), "ledger_task", ["act"], unique=False)
    op.create_index(op.f("ix_ledger_task_county_code"), "ledger_task", ["county_code"], unique=False)
    op.create_index(op.f("ix_ledger_task_person_closed_at"), "ledger_task", ["person", "closed_at"], unique=False)
    op.create_index(
        op.f("ix_ledger_task_subject_kind_subject"), "ledger_task", ["subject_kind", "subject"], unique=False
    )


def downgrade():
    for table in ("ledger_task", "ledger_step", "field_outcome"):
        op.drop_table(table)
