"""How a store is reached: a private SQLite file by default, PostgreSQL by URL."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from automation.errors import UsageError

_WRITES = "portvakt_writes"
_CONNECT = 10
"""Seconds for which a server may be silent, when it is called and while it takes what is sent."""
_BUSY: Final = 5.0
"""Seconds for which a SQLite file may be locked by another program."""


def engine_for(url: str, base: Path | None) -> Engine:
    """Return an engine for `url`; a relative SQLite path stands below `base`.

    Raises:
        UsageError: the URL is none we know, or its driver is not installed.
    """
    # A connection that cannot be closed is logged there with a traceback. What failed is told by
    # whoever used it: without a handler the traceback would be the last line on stderr.
    if not (pool := logging.getLogger("sqlalchemy.pool")).handlers:
        pool.addHandler(logging.NullHandler())
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise UsageError(f"store URL cannot be read; expected {_FORMS}") from None
    match parsed.get_backend_name():
        case "sqlite":
            return _sqlite(parsed, base)
        case "postgresql":
            return _postgresql(parsed)
        case other:
            raise UsageError(f"store URL names {other!r}; expected {_FORMS}")


_FORMS = "sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE"


def writing(engine: Engine) -> Engine:
    """Return `engine` for transactions that write: SQLite takes its write lock at once."""
    return engine.execution_options(**{_WRITES: True})


def reading(engine: Engine) -> Engine:
    """Return `engine` for transactions that read: what they read is of one moment.

    SQLite has no other kind. PostgreSQL would show each query what was committed until then.
    """
    if engine.dialect.name == "sqlite":
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ")


def _sqlite(url: URL, base: Path | None) -> Engine:
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise UsageError("store URL names no file; expected sqlite:///FILE")
    path = (base or Path()) / url.database
    _private_file(path)
    engine = create_engine(
        url.set(database=str(path)), connect_args={"timeout": _BUSY, "check_same_thread": False}
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _private_file(path: Path) -> None:
    """Make sure that the file is there and nobody else's; SQLite gives WAL the same mode."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
    except OSError as error:
        raise UsageError(f"store {path}: {error.strerror}") from None


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    """Set what SQLite forgets between connections; transactions are begun by `_begin`."""
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout={_BUSY * 1000:.0f}")
    _write_ahead(connection)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Turn to WAL. SQLite does not wait for a writer here: two that make a file would collide."""
    end = monotonic() + _BUSY
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or monotonic() > end:
                raise
            sleep(0.01)
        else:
            return


def _begin(connection: Connection) -> None:
    """Begin as reader or as writer: a reader that turns writer half-way is refused by SQLite."""
    kind = " IMMEDIATE" if connection.get_execution_options().get(_WRITES) else ""
    connection.exec_driver_sql(f"BEGIN{kind}")


def _postgresql(url: URL) -> Engine:
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    patience = {"connect_timeout": _CONNECT, "tcp_user_timeout": _CONNECT * 1000}
    options: dict[str, Any] = {
        "pool_size": 8,
        "max_overflow": 56,
        "pool_pre_ping": True,
        "connect_args": {name: one for name, one in patience.items() if name not in url.query},
    }
    try:
        return create_engine(url, **options)
    except ModuleNotFoundError:
        raise UsageError(
            "the PostgreSQL driver is not installed; install portvakt[postgres]"
        ) from None
