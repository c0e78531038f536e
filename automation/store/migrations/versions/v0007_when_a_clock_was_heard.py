"""When the clock of a finding was heard: so far that was always its last change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the column."""
    op.add_column("finding", sa.Column("clock_at", sa.Float))
    finding = sa.table("finding", sa.column("clock"), sa.column("clock_at"), sa.column("last"))
    op.execute(finding.update().where(finding.c.clock.is_not(None)).values(clock_at=finding.c.last))
