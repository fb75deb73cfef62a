"""What tells that two records are one firm, and the pairs a survey found.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

from app.db.types import JsonText

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_MATCHED = ("reg_no", "former_names", "phone_mark", "person_mark")


def upgrade() -> None:
    for name in _MATCHED:
        op.add_column("enterprise", sa.Column(name, sa.Text(), nullable=True))
    op.create_index(op.f("ix_enterprise_reg_no"), "enterprise", ["reg_no"], unique=False)
    op.add_column("survey_firm", sa.Column("same_as", sa.Text(), nullable=True))
    op.create_table(
        "survey_same",
        sa.Column("fid", sa.Integer(), nullable=False),
        sa.Column("run_key", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("one", sa.Text(), nullable=False),
        sa.Column("other", sa.Text(), nullable=False),
        sa.Column("firm", sa.Text(), nullable=True),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("bits", sa.Double(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reasons", JsonText(), nullable=True),
        sa.PrimaryKeyConstraint("fid", name=op.f("pk_survey_same")),
        sa.UniqueConstraint("run_key", "key", name=op.f("uq_survey_same_run_key_key")),
    )


def downgrade() -> None:
    op.drop_table("survey_same")
    op.execute("ALTER TABLE survey_firm DROP COLUMN same_as")
    op.drop_index(op.f("ix_enterprise_reg_no"), table_name="enterprise")
    for name in _MATCHED:
        op.execute(f"ALTER TABLE enterprise DROP COLUMN {name}")
