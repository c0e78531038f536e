"""Opening a store: tables, rights, and what is said when it cannot be used."""

from __future__ import annotations

import logging
import socket
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Timer

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from automation.errors import StoreFailed, UsageError
from automation.store import Store, engine
from automation.store.tables import HEAD, METADATA

ROOT = Path(__file__).parents[3]


def test_migrations_end_where_the_program_thinks() -> None:
    config = Config()
    config.set_main_option("script_location", "automation.store:migrations")
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_migrations_build_the_tables_that_the_program_uses(store: Store) -> None:
    with store._read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
        assert context.get_current_revision() == HEAD


def test_opening_again_keeps_what_is_there(url: str) -> None:
    for _ in range(2):
        with Store.open(url) as store:
            store.record_secrets("sw-1", {**store.secrets().get("sw-1", {}), "line": "digest"})
    with Store.open(url) as store:
        assert store.secrets() == {"sw-1": {"line": "digest"}}


def test_many_open_a_new_store_at_once(url: str) -> None:
    with ThreadPoolExecutor(6) as pool:
        stores = list(pool.map(Store.open, [url] * 6))
    for store in stores:
        assert store.ports() == ()
        store.close()


def test_many_open_stores_of_their_own_at_once(tmp_path: Path) -> None:
    urls = [f"sqlite:///{tmp_path / str(number)}.db" for number in range(6)]
    with ThreadPoolExecutor(6) as pool:
        stores = list(pool.map(Store.open, urls))
    for store in stores:
        assert store.ports() == ()
        store.close()


PROGRAM = """
import sys
import alembic.command
from automation.store import Store, engine
print("ready", flush=True)
sys.stdin.readline()
Store.open(sys.argv[1]).close()
"""


def _program(url: str) -> subprocess.Popen[str]:
    """Start a program that opens the store once it is told to."""
    return subprocess.Popen(  # noqa: S603 - this test's own program
        [sys.executable, "-c", PROGRAM, url],
        cwd=ROOT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_many_programs_open_a_new_store_at_once(url: str) -> None:
    running = [_program(url) for _ in range(4)]
    for program in running:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
    for program in running:
        assert program.stdin is not None
        program.stdin.write("\n")
        program.stdin.flush()
    said = [program.communicate(timeout=60)[1] for program in running]
    assert ([program.returncode for program in running], said) == ([0] * 4, [""] * 4)


def test_a_new_file_that_another_program_is_making_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    done = Timer(0.3, other.execute, ("COMMIT",))
    done.start()
    with Store.open(f"sqlite:///{path}") as store:
        assert store.ports() == ()
    done.join()
    other.close()


def test_nothing_is_printed_or_logged(
    url: str, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    handlers = list(logging.getLogger().handlers)
    with caplog.at_level(logging.WARNING), Store.open(url):
        pass
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []
    assert logging.getLogger().handlers == handlers


def test_store_of_a_newer_program_is_refused(url: str) -> None:
    with Store.open(url) as store, store._write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(UsageError, match=r"version 9999, this program knows .* newer Portvakt"):
        Store.open(url)


def test_sqlite_file_is_private_and_durable(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "store.db"
    with Store.open(f"sqlite:///{path}") as store:
        store.record_secrets("sw-1", {"line": "digest"})
        assert {file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {0o600}
        assert path.parent.stat().st_mode & 0o777 == 0o700
        with store._read() as connection:
            found = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
            }
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "busy_timeout": 5000,
        "foreign_keys": 1,
    }


def test_sqlite_file_that_others_can_read_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.touch(mode=0o644)
    Store.open(f"sqlite:///{path}").close()
    assert path.stat().st_mode & 0o777 == 0o600


def test_relative_path_stands_below_the_base(tmp_path: Path) -> None:
    Store.open("sqlite:///.portvakt/store.db", tmp_path).close()
    assert (tmp_path / ".portvakt" / "store.db").is_file()


UNUSABLE = [
    ("no url at all", "store URL cannot be read; expected sqlite:///FILE or"),
    ("mysql://localhost/x", "store URL names 'mysql'; expected sqlite:///FILE or"),
    ("sqlite://", "store URL names no file"),
    ("sqlite:///:memory:", "store URL names no file"),
    ("sqlite:////proc/nowhere/store.db", "store /proc/nowhere/store.db: "),
]


@pytest.mark.parametrize(("url", "said"), UNUSABLE)
def test_store_that_cannot_be_used(url: str, said: str) -> None:
    with pytest.raises(UsageError) as raised:
        Store.open(url)
    assert said in str(raised.value)


def test_a_server_that_is_down_may_be_up_later() -> None:
    with pytest.raises(StoreFailed, match="cannot be opened: ") as raised:
        Store.open("postgresql://u:hunter2@127.0.0.1:1/x?connect_timeout=2")
    assert (raised.value.exit_code, "hunter2" in str(raised.value)) == (1, False)


def test_a_server_that_says_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_CONNECT", 2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://u@127.0.0.1:{silent.getsockname()[1]}/x"
        with pytest.raises(StoreFailed, match="timeout"):
            Store.open(url)


def test_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.write_text("Dear diary, " * 400)
    with pytest.raises(UsageError, match="cannot be opened: file is not a database"):
        Store.open(f"sqlite:///{path}")
    assert path.read_text().startswith("Dear diary")


def test_missing_driver_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(UsageError, match=r"install portvakt\[postgres\]"):
        Store.open("postgresql+psycopg://u@127.0.0.1/x")


def test_reader_does_not_wait_for_a_writer(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with Store.open(f"sqlite:///{path}") as store:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        other.execute("INSERT INTO secret_digest VALUES ('sw-1', 'line', 'digest')")
        assert store.secrets() == {}
        other.execute("COMMIT")
        other.close()
        assert store.secrets() == {"sw-1": {"line": "digest"}}
