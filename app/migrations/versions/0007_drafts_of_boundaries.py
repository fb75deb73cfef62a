"""Drafts of boundaries, their steps and what became of them; which draft made a version of a place.

Revision ID: 0007
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

from app.db.types import Instant, JsonText

revision = "0007"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "zone_draft",
        sa.Column("fid", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("county_code", sa.Text(), nullable=False),
        sa.Column("counties", JsonText(), nullable=False),
        sa.Column("consents", JsonText(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("head", sa.Text(), nullable=True),
        sa.Column("tip", sa.Text(), nullable=True),
        sa.Column("branch_of", sa.Text(), nullable=True),
        sa.Column("base", JsonText(), nullable=False),
        sa.Column("result", JsonText(), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("submitted_by", sa.Text(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("fid", name=op.f("pk_zone_draft")),
        sa.UniqueConstraint("key", name=op.f("uq_zone_draft_key")),
    )
    op.create_table(
        "zone_step",
        sa.Column("fid", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("draft_key", sa.Text(), nullable=False),
        sa.Column("follows", sa.Text(), nullable=True),
        sa.Column("operation", JsonText(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("fid", name=op.f("pk_zone_step")),
        sa.UniqueConstraint("key", name=op.f("uq_zone_step_key")),
    )
    op.create_table(
        "zone_event",
        sa.Column("fid", sa.Integer(), nullable=False),
        sa.Column("draft_key", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("detail", JsonText(), nullable=False),
        sa.PrimaryKeyConstraint("fid", name=op.f("pk_zone_event")),
    )
    for name, kind in VERSIONED.items():
        op.add_column("place", sa.Column(name, kind, nullable=True))
    for table, column in INDEXED:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)


INDEXED = (
    ("zone_draft", "county_code"), ("zone_draft", "status"), ("zone_step", "draft_key"), ("zone_event", "draft_key"),
)  # fmt: skip
VERSIONED = {"since": sa.Date(), "draft_key": sa.Text(), "locked": sa.Boolean(), "cross_county": sa.Boolean()}


def downgrade() -> None:
    for name in VERSIONED:
        op.drop_column("place", name)
    for table in ("zone_event", "zone_step", "zone_draft"):
        op.drop_table(table)
