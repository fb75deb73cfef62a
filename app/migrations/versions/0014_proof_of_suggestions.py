"""A survey keeps how near to the best its suggestions are proved to be, by which options and in which time.

Revision ID: 0014
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

from app.db.types import JsonText

revision = "0014"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("survey", sa.Column("proof", JsonText(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("survey") as batch:
        batch.drop_column("proof")
