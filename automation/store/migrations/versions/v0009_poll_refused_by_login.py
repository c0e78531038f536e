"""Who turned down which SNMP login: two logins that are asked with do not displace each other."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
_COLUMNS = ("device", "login", "at", "why", "count")


def upgrade() -> None:
    """Make the table of refusals anew, a row a device and login, with what it had."""
    old = sa.table("poll_refused", *map(sa.column, _COLUMNS))
    rows = [dict(row) for row in op.get_bind().execute(sa.select(old)).mappings()]
    op.drop_table("poll_refused")
    new = op.create_table(
        "poll_refused",
        sa.Column("device", sa.String(63), nullable=False),
        sa.Column("login", sa.String(64), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("device", "login", name="pk_poll_refused"),
    )
    op.bulk_insert(new, rows)
