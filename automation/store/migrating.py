"""Brings a store's tables to the newest form, once, whoever opens it first."""

from __future__ import annotations

from threading import Lock
from typing import Final

from sqlalchemy import Connection, Engine, inspect, text

from automation.errors import UsageError
from automation.store.engine import writing
from automation.store.tables import HEAD

_ONE_AT_A_TIME: Final = Lock()
"""Alembic's `op` and `context` are proxies of the whole process: two threads would mix them."""
_LOCK: Final = 7_067_861
"""The PostgreSQL advisory lock under which one process migrates while others wait."""


def migrate(engine: Engine) -> None:
    """Run the migrations that this store has not had, all or none.

    Raises:
        UsageError: the store was written by a newer Portvakt.
    """
    with engine.connect() as connection:
        if _version(connection) == HEAD:
            return
    with _ONE_AT_A_TIME, writing(engine).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        if _version(connection) != HEAD:
            _upgrade(connection)


def _version(connection: Connection) -> str | None:
    """Return the version the store says it has, None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(connection: Connection) -> None:
    # Alembic costs 0.1 CPU-seconds to import: only the first run after an upgrade pays it.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", "automation.store:migrations")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise UsageError(
            f"the store is at version {_version(connection)}, this program knows {HEAD}: "
            "it was written by a newer Portvakt; use that one"
        ) from error
