"""What the addresses taught is kept with each survey, so that people can see it and rule on it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "survey_fact",
        sa.Column("fid", sa.Integer(), nullable=False),
        sa.Column("run_key", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("county_code", sa.Text(), nullable=False),
        sa.Column("mentions", sa.Integer(), nullable=False),
        sa.Column("support", sa.Double(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("surface", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("fid", name=op.f("pk_survey_fact")),
        sa.UniqueConstraint("run_key", "key", name=op.f("uq_survey_fact_run_key_key")),
    )


def downgrade():
    op.drop_table("survey_fact")
