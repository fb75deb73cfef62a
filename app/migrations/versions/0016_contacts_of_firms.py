"""Contacts of firms, kept for a time.

Revision ID: 0016
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

from app.db.types import Instant

revision = "0016"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contact",
        sa.Column("fid", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Text(), nullable=False),
        sa.Column("county_code", sa.Text(), nullable=True),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("keep_until", sa.Date(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("fid", name=op.f("pk_contact")),
        sa.UniqueConstraint("enterprise_id", name=op.f("uq_contact_enterprise_id")),
    )
    op.create_index(op.f("ix_contact_county_code"), "contact", ["county_code"], unique=False)
    op.create_index(op.f("ix_contact_keep_until"), "contact", ["keep_until"], unique=False)


def downgrade() -> None:
    op.drop_table("contact")
