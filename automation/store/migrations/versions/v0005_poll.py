"""What agents counted: last sample, recent rates, days; one row of bytes a device."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the tables of `portvakt poll`."""
    op.create_table(
        "poll_layout",
        sa.Column("device", sa.String(63), nullable=False),
        sa.Column("packed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("device", name="pk_poll_layout"),
    )
    op.create_table(
        "poll_sample",
        sa.Column("device", sa.String(63), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("packed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("device", name="pk_poll_sample"),
    )
    op.create_table(
        "poll_rates",
        sa.Column("slot", sa.Integer, nullable=False),
        sa.Column("device", sa.String(63), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("packed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("slot", "device", name="pk_poll_rates"),
    )
    op.create_table(
        "poll_extra",
        sa.Column("device", sa.String(63), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("packed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("device", name="pk_poll_extra"),
    )
    op.create_table(
        "poll_day",
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("device", sa.String(63), nullable=False),
        sa.Column("packed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("day", "device", name="pk_poll_day"),
    )
