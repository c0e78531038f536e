"""Real databases: a SQLite file, and a private PostgreSQL cluster on a socket of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from automation.store import Store


@dataclass(frozen=True, slots=True)
class Cluster:
    """A PostgreSQL server that only this test run knows; its socket lies in `folder`."""

    programs: Path
    folder: Path

    def url(self, database: str) -> str:
        """Return the URL of a database of this server."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}&port=5432"

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs; as another user when we are root, as it demands."""
        subprocess.run(  # noqa: S603 - fixed programs with fixed arguments
            [str(self.programs / program), *arguments],
            check=True,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            **_owner(),
        )


def _owner() -> dict[str, Any]:
    """Return who runs the server: ourselves, or an unprivileged user when we are root."""
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = known.get("postgres") or known["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _programs() -> Path:
    """Return the folder with initdb and pg_ctl; their absence is a failure, never a skip."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    if not found and not on_path:
        pytest.fail("PostgreSQL's server programs are missing: apt-get install postgresql")
    return (found[-1] if found else Path(str(on_path))).parent


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Start a private PostgreSQL server, and stop it when the tests are over."""
    programs = _programs()
    with tempfile.TemporaryDirectory(prefix="pv-pg-", ignore_cleanup_errors=True) as name:
        cluster = Cluster(programs, Path(name))
        if owner := _owner():
            os.chown(name, owner["user"], owner["group"])
        data = str(cluster.folder / "data")
        cluster.run("initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "-N")
        options = f"-c listen_addresses= -c fsync=off -k {cluster.folder} -p 5432"
        log = str(cluster.folder / "log")
        cluster.run("pg_ctl", "-D", data, "-l", log, "-o", options, "-w", "start")
        try:
            yield cluster
        finally:
            cluster.run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty database, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.db'}"
    cluster: Cluster = request.getfixturevalue("cluster")
    name = f"t{os.getpid()}_{abs(hash(tmp_path))}"
    engine = create_engine(cluster.url("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    return cluster.url(name)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """Return an empty store."""
    with Store.open(url) as store:
        yield store
