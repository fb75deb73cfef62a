"""Sessions that were signed out of.

Revision ID: 0015
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

from app.db.types import Instant

revision = "0015"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ended_session",
        sa.Column("fid", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("fid", name=op.f("pk_ended_session")),
        sa.UniqueConstraint("key", name=op.f("uq_ended_session_key")),
    )


def downgrade() -> None:
    op.drop_table("ended_session")
