"""`portvakt poll run` in bad company: a store that fails, and somebody who starts it again."""

from __future__ import annotations

import os
import re
import resource
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest

from tests.integration.cli.daemon import daemon
from tests.integration.cli.twin import Twin, twin_in

IOS = "city-acc-001"
ENDING = "ending: what is under way is finished and kept\n"
DONE = "12 devices, 0 not read"
STORE_UP = re.compile(r"^portvakt_store_up (\d)", re.MULTILINE)
ENDED = re.compile(r"^portvakt_cycle_end_timestamp_seconds (\S+)", re.MULTILINE)


@pytest.fixture(scope="module")
def often(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twin]:
    """A lab that is polled every ten seconds."""
    with twin_in(tmp_path_factory.mktemp("often") / "lab") as one:
        with (one.folder / "portvakt.toml").open("a", encoding="utf-8") as settings:
            settings.write("[poll]\ninterval = 10\ntimeout_ms = 300\ndeadline = 4\n")
        yield one


def database(twin: Twin) -> Path:
    """Return the file of the store."""
    (found,) = (twin.folder / ".portvakt").glob("*.db")
    return found


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold the store's write lock."""
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


UNMEASURED = {"COVERAGE_PROCESS_CONFIG": ""}


def fill_disk(process: int) -> None:
    """Let a process write no file beyond its first page: to SQLite, a disk that is full.

    That goes for what it would tell of its coverage too: it must run with UNMEASURED.
    """
    _, hard = resource.prlimit(process, resource.RLIMIT_FSIZE)
    resource.prlimit(process, resource.RLIMIT_FSIZE, (4096, hard))


def kept_at(twin: Twin) -> float:
    """Return when a port of the device was last read, as the store has it; 0 if never."""
    done = twin.portvakt("poll", "show", IOS, "-o", "json")
    return float(min(row["at"] for row in done.json)) if done.returncode == 0 else 0.0


def test_a_locked_store_costs_no_cycle_and_is_said_once(often: Twin) -> None:
    with daemon(often.folder, "--listen", "0") as poller:
        poller.until(DONE)
        assert STORE_UP.findall(poller.page()) == ["1"]
        with locked(database(often)):
            poller.until("the store failed: database is locked; what is read waits")
            (before,) = ENDED.findall(poller.page())
            poller.until(DONE, count=3)
            page = poller.page()
        assert STORE_UP.findall(page) == ["0"]
        assert ENDED.findall(page) > [before], "the page goes on"
        assert f'portvakt_device_up{{instance="{IOS}"}} 1' in page
        poller.until("the store is well again")
        assert STORE_UP.findall(poller.page()) == ["1"]
        poller.process.terminate()
        assert poller.ended() == 0
    assert poller.text().count("the store failed") == 1
    kept = often.portvakt("poll", "show", IOS, "GigabitEthernet1/0/1", "-o", "json").json
    assert len(kept["history"]) >= 3, "also of the cycles that had to wait"


def test_a_full_disk_costs_no_cycle(often: Twin) -> None:
    with daemon(often.folder, "--cycles", "3", "--listen", "0", **UNMEASURED) as poller:
        poller.until(DONE)
        before = kept_at(often)
        fill_disk(poller.process.pid)
        poller.until(DONE, count=2)
        poller.until("what is read waits")
        assert STORE_UP.findall(poller.page()) == ["0"]
        assert kept_at(often) == before
        assert poller.ended() == 1
    assert poller.text().count(DONE) == 3
    assert poller.text().count("what is read waits") == 1
    assert "what was read last is not kept" in poller.text().splitlines()[-1]
    assert kept_at(often) == before


def test_what_waits_is_kept_when_it_is_told_to_end(often: Twin) -> None:
    before = kept_at(often)
    with daemon(often.folder, "--listen", "0") as poller:
        with locked(database(often)):
            poller.until("what is read waits")
        poller.process.terminate()
        assert poller.ended() == 0
    assert kept_at(often) > before


def test_a_single_poll_shows_what_it_cannot_keep(often: Twin) -> None:
    with locked(database(often)):
        done = often.portvakt("poll", "once")
    assert done.returncode == 1
    assert IOS in done.stdout
    assert "the store failed: database is locked; what was read last is not kept" in done.stderr


@pytest.mark.parametrize("locks", [True, False])
def test_a_single_poll_that_cannot_write_its_file_says_also_what_is_not_kept(
    often: Twin, tmp_path: Path, locks: bool
) -> None:
    file = tmp_path / "poll.prom"
    file.mkdir()
    with locked(database(often)) if locks else nullcontext():
        done = often.portvakt("poll", "once", "--textfile", str(file))
    assert done.returncode == 1
    assert str(file) in done.stderr
    assert ("what was read last is not kept" in done.stderr) == locks


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
def test_a_restart_waits_for_the_next_interval(twin: Twin, ending: signal.Signals) -> None:
    mark = twin.folder / ".portvakt" / "poll.begun"
    mark.unlink(missing_ok=True)
    with daemon(twin.folder) as first:
        first.until(DONE)
        first.process.send_signal(ending)
        first.ended()
    with daemon(twin.folder) as second:
        second.until("the next begins in")
        assert "devices" not in second.text()
        second.process.terminate()
        assert second.ended() == 0
    os.utime(mark, (0, 0))
    with daemon(twin.folder) as third:
        third.until(DONE)


LATER = (
    ('[store]\nurl = "postgresql+psycopg://u@127.0.0.1:1/x"\n', (), "cannot be opened"),
    ('[snmp.default]\ncommunity = {command = ["false"]}\n', (), "false ended with 1"),
    ("", ("--listen", "192.0.2.1:9116"), "Cannot assign requested address"),
)


@pytest.mark.parametrize(("settings", "options", "said"), LATER)
def test_what_may_be_mended_later_is_no_wrong_usage(
    workspace: Path, settings: str, options: tuple[str, ...], said: str
) -> None:
    (workspace / "portvakt.toml").write_text(
        settings if "snmp" in settings else f'{settings}[snmp.default]\ncommunity = {{env = "C"}}\n'
    )
    with daemon(workspace, *options, C="secret") as poller:
        assert poller.ended() == 1, "systemd starts it again"
    assert said in poller.text()


def test_what_only_a_person_can_mend_is_wrong_usage(workspace: Path) -> None:
    (workspace / "portvakt.toml").write_text('[snmp.default]\ncommunity = {env = "C"}\n')
    with daemon(workspace) as poller:
        assert poller.ended() == 2


@pytest.mark.parametrize("shards", ["1", "2"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_cycle_under_way_is_finished_and_kept(
    often: Twin, shards: str, number: signal.Signals
) -> None:
    """The signal goes to all processes, as a terminal and systemd send it."""
    mark = often.folder / ".portvakt" / "poll.begun"
    mark.unlink(missing_ok=True)
    before = kept_at(often)
    with often.broken("mkb-acc-001", "dead"), daemon(often.folder, "--shards", shards) as poller:
        poller.wait(mark.exists, "the first cycle")
        os.killpg(poller.process.pid, number)
        assert poller.ended() == 0
    assert poller.text() == f"{ENDING}{poller.text().splitlines()[-1]}\n"
    assert "12 devices, 1 not read" in poller.text()
    assert kept_at(often) > before


def test_a_process_that_dies_costs_its_own_devices_one_cycle(often: Twin) -> None:
    mark = often.folder / ".portvakt" / "poll.begun"
    mark.unlink(missing_ok=True)
    with daemon(often.folder, "--shards", "2", "-v") as poller:
        poller.until(DONE)
        mine = Path(f"/proc/{poller.process.pid}/task/{poller.process.pid}/children")
        os.kill(int(mine.read_text(encoding="ascii").split()[1]), signal.SIGKILL)
        before = kept_at(often)
        assert poller.ended() == 1
    assert "12 devices, 6 not read" in poller.text()
    assert poller.text().count("the process that reads it has died") == 6
    assert "a polling process has died" in poller.text().splitlines()[-1]
    assert kept_at(often) > before
