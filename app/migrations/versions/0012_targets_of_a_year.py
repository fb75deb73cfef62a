"""Targets of a year by place; the sheets that zones and towns are scored by.

Revision ID: 0012
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

from app.db.types import Instant

revision = "0012"
down_revision = "0009"
branch_labels = None
depends_on = None

COUNTS = ("base_unions", "base_own", "base_joint_units", "base_members", "unions", "own", "joint_units", "members")


def upgrade() -> None:
    op.create_table(
        "target",
        sa.Column("fid", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("year_end", sa.Date(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in COUNTS),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("fid", name=op.f("pk_target")),
        sa.UniqueConstraint("key", name=op.f("uq_target_key")),
    )
    op.create_index(op.f("ix_target_year_end"), "target", ["year_end"], unique=False)
    op.create_table(
        "indicator",
        sa.Column("fid", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("standard", sa.Text(), nullable=True),
        sa.Column("figure", sa.Text(), nullable=True),
        sa.Column("full_score", sa.Double(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("fid", name=op.f("pk_indicator")),
        sa.UniqueConstraint("key", name=op.f("uq_indicator_key")),
    )
    op.create_index(op.f("ix_indicator_sheet"), "indicator", ["sheet"], unique=False)
    op.create_table(
        "indicator_score",
        sa.Column("fid", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("fid", name=op.f("pk_indicator_score")),
        sa.UniqueConstraint("key", name=op.f("uq_indicator_score_key")),
    )
    op.create_index(op.f("ix_indicator_score_indicator"), "indicator_score", ["indicator"], unique=False)


def downgrade() -> None:
    for table in ("indicator_score", "indicator", "target"):
        op.drop_table(table)
