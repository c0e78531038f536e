"""Who applies a job, so that one whose process is gone can be told from one under way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the job's process and workspace, how many devices it has, and when it was found lost."""
    for name, kind, none in (
        ("host", sa.Text, ""),
        ("pid", sa.Integer, "0"),
        ("root", sa.Text, ""),
        ("planned", sa.Integer, "0"),
    ):
        op.add_column("job", sa.Column(name, kind, nullable=False, server_default=none))
    op.add_column("job", sa.Column("lost", sa.String(40)))
