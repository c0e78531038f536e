"""What devices reported unasked, and what was not believed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create the tables of `portvakt trap`."""
    op.create_table(
        "finding",
        sa.Column("device", sa.String(63), nullable=False),
        sa.Column("subject", sa.String(63), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("first", sa.Float, nullable=False),
        sa.Column("last", sa.Float, nullable=False),
        sa.Column("is_open", sa.Boolean, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("repeats", sa.Integer, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("clock", sa.BigInteger),
        sa.PrimaryKeyConstraint("device", "subject", "kind", "first", name="pk_finding"),
    )
    op.create_table(
        "trap_rejected",
        sa.Column("source", sa.String(63), nullable=False),
        sa.Column("why", sa.String(200), nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.Column("first", sa.Float, nullable=False),
        sa.Column("last", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("source", "why", name="pk_trap_rejected"),
    )
