"""Ports and subscriptions, verified digests, and jobs with their journal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the first tables."""
    _rows()
    _digests()
    _journal()


def _rows() -> None:
    op.create_table(
        "port",
        sa.Column("device", sa.String(63), nullable=False),
        sa.Column("name", sa.String(63), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("outlet", sa.String(200)),
        sa.Column("cpe", sa.String(200)),
        sa.PrimaryKeyConstraint("device", "name", name="pk_port"),
        sa.UniqueConstraint("outlet", name="uq_port_outlet"),
    )
    op.create_table(
        "subscription",
        sa.Column("outlet", sa.String(200), nullable=False),
        sa.Column("service", sa.String(63), nullable=False),
        sa.Column("provider", sa.String(63), nullable=False),
        sa.Column("vlan", sa.Integer, nullable=False),
        sa.Column("tagged", sa.Boolean, nullable=False),
        sa.Column("tier", sa.String(63), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("start_on", sa.Date, nullable=False),
        sa.Column("end_on", sa.Date),
        sa.PrimaryKeyConstraint("outlet", "service", name="pk_subscription"),
    )


def _digests() -> None:
    op.create_table(
        "verified",
        sa.Column("device", sa.String(63), nullable=False),
        sa.Column("engine", sa.String(64), nullable=False),
        sa.Column("intent", sa.String(64), nullable=False),
        sa.Column("templates", sa.String(64), nullable=False),
        sa.Column("running", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("device", name="pk_verified"),
    )
    op.create_table(
        "secret_digest",
        sa.Column("device", sa.String(63), nullable=False),
        sa.Column("line", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("device", "line", name="pk_secret_digest"),
    )


def _journal() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("plan", sa.String(64), nullable=False),
        sa.Column("playbook", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("begun", sa.String(40), nullable=False),
        sa.Column("ended", sa.String(40)),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
    )
    op.create_table(
        "job_device",
        sa.Column("job", sa.Integer, nullable=False),
        sa.Column("device", sa.String(63), nullable=False),
        sa.Column("estate", sa.String(63), nullable=False),
        sa.Column("begun", sa.String(40)),
        sa.Column("ended", sa.String(40)),
        sa.Column("lines", sa.Text, nullable=False),
        sa.Column("rollback", sa.Text, nullable=False),
        sa.Column("outcome", sa.String(20)),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("line", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("states", sa.Text, nullable=False),
        sa.Column("sent", sa.Integer, nullable=False),
        sa.Column("ports", sa.Integer, nullable=False),
        sa.Column("ports_unchanged", sa.Integer, nullable=False),
        sa.Column("deferred", sa.Integer, nullable=False),
        sa.Column("saved", sa.Boolean, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.ForeignKeyConstraint(["job"], ["job.id"], name="fk_job_device_job", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("job", "device", name="pk_job_device"),
    )
