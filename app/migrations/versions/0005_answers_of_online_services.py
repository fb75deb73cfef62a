"""Answers of online services, candidates for rows under review, and the use of quotas.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

from app.db.types import Instant, JsonText

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "provider_answer",
        sa.Column("fid", sa.Integer(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("datum", sa.Text(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("level", sa.Text(), nullable=True),
        sa.Column("level_word", sa.Text(), nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("fid", name=op.f("pk_provider_answer")),
        sa.UniqueConstraint("provider", "query", name=op.f("uq_provider_answer_provider_query")),
    )
    op.create_index(op.f("ix_provider_answer_asked_at"), "provider_answer", ["asked_at"], unique=False)
    op.create_table(
        "provider_candidate",
        sa.Column("fid", sa.Integer(), nullable=False),
        sa.Column("enterprise_key", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("level", sa.Text(), nullable=True),
        sa.Column("radius_m", sa.Double(), nullable=True),
        sa.Column("distance_m", sa.Double(), nullable=True),
        sa.Column("fits", sa.Boolean(), nullable=False),
        sa.Column("reasons", JsonText(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("fid", name=op.f("pk_provider_candidate")),
        sa.UniqueConstraint("enterprise_key", "provider", name=op.f("uq_provider_candidate_enterprise_key_provider")),
    )
    op.create_index(
        op.f("ix_provider_candidate_enterprise_key"), "provider_candidate", ["enterprise_key"], unique=False
    )
    op.create_table(
        "provider_usage",
        sa.Column("fid", sa.Integer(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("spent", sa.Boolean(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("fid", name=op.f("pk_provider_usage")),
        sa.UniqueConstraint("provider", "day", name=op.f("uq_provider_usage_provider_day")),
    )


def downgrade() -> None:
    for table in ("provider_usage", "provider_candidate", "provider_answer"):
        op.drop_table(table)
