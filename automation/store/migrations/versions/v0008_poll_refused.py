"""Who turned an SNMP login down, so that the next process leaves it alone for a while, too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create the table of refusals."""
    op.create_table(
        "poll_refused",
        sa.Column("device", sa.String(63), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("login", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("device", name="pk_poll_refused"),
    )
