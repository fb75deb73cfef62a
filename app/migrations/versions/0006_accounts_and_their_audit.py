"""Accounts with given passwords and ends of sessions; the record of who did what.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

from app.db.types import Instant, JsonText

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("app_user") as batch:
        batch.add_column(sa.Column("must_change", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch.add_column(sa.Column("stamp", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("app_user") as batch:
        batch.alter_column("must_change", server_default=None)
        batch.alter_column("stamp", server_default=None)
    op.create_table(
        "audit_entry",
        sa.Column("fid", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("detail", JsonText(), nullable=False),
        sa.PrimaryKeyConstraint("fid", name=op.f("pk_audit_entry")),
    )
    for column in ("at", "account", "action"):
        op.create_index(op.f(f"ix_audit_entry_{column}"), "audit_entry", [column], unique=False)


def downgrade() -> None:
    op.drop_table("audit_entry")
    with op.batch_alter_table("app_user") as batch:
        batch.drop_column("stamp")
        batch.drop_column("must_change")
