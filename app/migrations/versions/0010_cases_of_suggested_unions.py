"""What became of suggested unions: steps from suggestion to approval.

Revision ID: 0010
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

from app.db.types import JsonText

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_step",
        sa.Column("fid", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("move", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "place_id", "group_id", "name")),
        sa.Column("county_code", sa.Text(), nullable=True),
        sa.Column("town_code", sa.Text(), nullable=True),
        sa.Column("members", JsonText(), nullable=False),
        sa.Column("workers", sa.Integer(), nullable=True),
        sa.Column("said", JsonText(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("stage", "reason", "note", "document")),
        sa.Column("counted", sa.Integer(), nullable=True),
        sa.Column("union_id", sa.Text(), nullable=True),
        sa.Column("taken_by", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("fid", name=op.f("pk_case_step")),
        sa.UniqueConstraint("key", name=op.f("uq_case_step_key")),
    )
    op.create_index(op.f("ix_case_step_case_id"), "case_step", ["case_id"], unique=False)
    op.create_index(op.f("ix_case_step_county_code"), "case_step", ["county_code"], unique=False)


def downgrade() -> None:
    op.drop_table("case_step")
