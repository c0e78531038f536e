"""Claims: who may write to a device now."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "claim",
        sa.Column("device", sa.String(63), nullable=False),
        sa.Column("job", sa.Integer, nullable=False),
        sa.Column("since", sa.String(40), nullable=False),
        sa.Column("until", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["job"], ["job.id"], name="fk_claim_job", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("device", name="pk_claim"),
    )
