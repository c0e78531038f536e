"""How far the lines of a change came, and what a device itself said of the change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Tell the lines that stand on a device from those that were sent and accepted."""
    for name, kind, none in (
        ("standing", sa.Integer, "0"),
        ("accepted", sa.Integer, "0"),
        ("reached", sa.Text, ""),
        ("diff", sa.Text, ""),
    ):
        op.add_column("job_device", sa.Column(name, kind, nullable=False, server_default=none))
    # Until now `sent` held what stands: those lines were sent, and accepted.
    op.execute("UPDATE job_device SET standing = sent, accepted = sent")
