"""Imports and runs know the county whose account asked for them.

Revision ID: 0013
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("import_batch", "run"):
        op.add_column(table, sa.Column("county_code", sa.Text(), nullable=True))


def downgrade() -> None:
    for table in ("import_batch", "run"):
        with op.batch_alter_table(table) as batch:
            batch.drop_column("county_code")
