"""The tables, as SQLAlchemy sees them; `migrations/` builds them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

HEAD: Final = "0009"
"""The newest migration; a store that says so is opened without loading Alembic."""

METADATA: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
)

PORT: Final = Table(
    "port",
    METADATA,
    Column("device", String(63), primary_key=True),
    Column("name", String(63), primary_key=True),
    Column("role", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("outlet", String(200)),
    Column("cpe", String(200)),
    UniqueConstraint("outlet"),
)

# No foreign key to port.outlet: the outlet is the key that both estates share and outlives
# its patching. `inventory check` says which subscriptions have no port.
SUBSCRIPTION: Final = Table(
    "subscription",
    METADATA,
    Column("outlet", String(200), primary_key=True),
    Column("service", String(63), primary_key=True),
    Column("provider", String(63), nullable=False),
    Column("vlan", Integer, nullable=False),
    Column("tagged", Boolean(name="tagged"), nullable=False),
    Column("tier", String(63), nullable=False),
    Column("state", String(20), nullable=False),
    Column("start_on", Date, nullable=False),
    Column("end_on", Date),
)

VERIFIED: Final = Table(
    "verified",
    METADATA,
    Column("device", String(63), primary_key=True),
    Column("engine", String(64), nullable=False),
    Column("intent", String(64), nullable=False),
    Column("templates", String(64), nullable=False),
    Column("running", String(64), nullable=False),
)

SECRET_DIGEST: Final = Table(
    "secret_digest",
    METADATA,
    Column("device", String(63), primary_key=True),
    Column("line", Text, primary_key=True),
    Column("digest", String(64), nullable=False),
)

JOB: Final = Table(
    "job",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("plan", String(64), nullable=False),
    Column("playbook", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("host", Text, nullable=False, server_default=""),
    Column("pid", Integer, nullable=False, server_default="0"),
    Column("root", Text, nullable=False, server_default=""),
    Column("planned", Integer, nullable=False, server_default="0"),
    Column("begun", String(40), nullable=False),
    Column("ended", String(40)),
    Column("lost", String(40)),
)

JOB_DEVICE: Final = Table(
    "job_device",
    METADATA,
    Column("job", Integer, ForeignKey("job.id", ondelete="CASCADE"), primary_key=True),
    Column("device", String(63), primary_key=True),
    Column("estate", String(63), nullable=False),
    Column("begun", String(40)),
    Column("ended", String(40)),
    Column("lines", Text, nullable=False),
    Column("rollback", Text, nullable=False),
    Column("outcome", String(20)),
    Column("why", Text, nullable=False),
    Column("line", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("states", Text, nullable=False),
    Column("standing", Integer, nullable=False, server_default="0"),
    Column("sent", Integer, nullable=False),
    Column("accepted", Integer, nullable=False, server_default="0"),
    Column("reached", Text, nullable=False, server_default=""),
    Column("diff", Text, nullable=False, server_default=""),
    Column("ports", Integer, nullable=False),
    Column("ports_unchanged", Integer, nullable=False),
    Column("deferred", Integer, nullable=False),
    Column("saved", Boolean(name="saved"), nullable=False),
    Column("seconds", Float, nullable=False),
)

CLAIM: Final = Table(
    "claim",
    METADATA,
    Column("device", String(63), primary_key=True),
    Column("job", Integer, ForeignKey("job.id", ondelete="CASCADE"), nullable=False),
    Column("since", String(40), nullable=False),
    Column("until", String(40), nullable=False),
)

# What agents counted: one row of bytes a device, packed and read by `automation.counters`.
POLL_LAYOUT: Final = Table(
    "poll_layout",
    METADATA,
    Column("device", String(63), primary_key=True),
    Column("packed", LargeBinary, nullable=False),
)

POLL_SAMPLE: Final = Table(
    "poll_sample",
    METADATA,
    Column("device", String(63), primary_key=True),
    Column("at", Float, nullable=False),
    Column("packed", LargeBinary, nullable=False),
)

POLL_RATES: Final = Table(
    "poll_rates",
    METADATA,
    Column("slot", Integer, primary_key=True),
    Column("device", String(63), primary_key=True),
    Column("at", Float, nullable=False),
    Column("packed", LargeBinary, nullable=False),
)
"""A ring of slots: a cycle takes the place of the one six hours before, so it cannot grow.

Slot -1 is beside the ring: the last rates over so little time that they are no history.
"""

POLL_EXTRA: Final = Table(
    "poll_extra",
    METADATA,
    Column("device", String(63), primary_key=True),
    Column("at", Float, nullable=False),
    Column("packed", LargeBinary, nullable=False),
)

POLL_DAY: Final = Table(
    "poll_day",
    METADATA,
    Column("day", String(10), primary_key=True),
    Column("device", String(63), primary_key=True),
    Column("packed", LargeBinary, nullable=False),
)

POLL_REFUSED: Final = Table(
    "poll_refused",
    METADATA,
    Column("device", String(63), primary_key=True),
    Column("login", String(64), primary_key=True),
    Column("at", Float, nullable=False),
    Column("why", Text, nullable=False),
    Column("count", Integer, nullable=False),
)

FINDING: Final = Table(
    "finding",
    METADATA,
    Column("device", String(63), primary_key=True),
    Column("subject", String(63), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("first", Float, primary_key=True),
    Column("last", Float, nullable=False),
    Column("is_open", Boolean(name="is_open"), nullable=False),
    Column("count", Integer, nullable=False),
    Column("repeats", Integer, nullable=False),
    Column("detail", Text, nullable=False),
    Column("clock", BigInteger),
    Column("clock_at", Float),
)

TRAP_REJECTED: Final = Table(
    "trap_rejected",
    METADATA,
    Column("source", String(63), primary_key=True),
    Column("why", String(200), primary_key=True),
    Column("count", BigInteger, nullable=False),
    Column("first", Float, nullable=False),
    Column("last", Float, nullable=False),
)
