"""On a terminal the command asks and shows bars; both on stderr."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import threading

import pytest
from filelock import FileLock

from automation.cli.opening import found
from tests.integration.cli.twin import COMMAND, Done, Twin, environment

RUN = ("run", "provision-access", "-l", "city-acc-00[1-3]")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def _on_terminal(twin: Twin, typed: str, *arguments: str, **variables: str) -> Done:
    """Run the command with stdin and stderr on a terminal, and stdout in a pipe."""
    here, there = pty.openpty()
    try:
        with subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [*COMMAND, "-w", str(twin.folder), *arguments],
            env={**environment(), "TERM": "xterm", "COLUMNS": "120", **variables},
            stdin=there,
            stdout=subprocess.PIPE,
            stderr=there,
            text=True,
        ) as process:
            os.close(there)
            os.write(here, typed.encode())
            shown: list[bytes] = []
            reader = threading.Thread(target=_read, args=(here, shown))
            reader.start()
            assert process.stdout is not None
            stdout = process.stdout.read()
            process.wait()
            reader.join()
    finally:
        os.close(here)
    return Done(process.returncode, stdout, b"".join(shown).decode())


def _read(terminal: int, shown: list[bytes]) -> None:
    """Collect what the terminal shows until the other side is closed."""
    while True:
        try:
            data = os.read(terminal, 65536)
        except OSError:  # Linux says EIO when nobody holds the other side any more
            return
        shown.append(data)


@pytest.mark.parametrize("answer", ["n\n", "\n", "\x04"])
def test_any_answer_but_yes_sends_nothing(twin: Twin, answer: str) -> None:
    before = twin.configured()
    done = _on_terminal(twin, answer, *RUN)
    assert (done.returncode, done.stdout) == (130, "")
    assert "devices to change" in done.stderr
    assert "Apply this plan" in done.stderr
    assert twin.configured() == before


def test_yes_goes_on_with_bars_and_without_colour_where_nobody_wants_it(twin: Twin) -> None:
    done = _on_terminal(twin, "y\n", *RUN, NO_COLOR="1")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0].startswith("RECAP")
    assert "3/3" in done.stderr
    assert "city: wave 2 of 2" in done.stderr
    assert COLOUR.findall(done.stderr) == []
    assert "\x1b" not in done.stdout


def test_with_nothing_to_do_nobody_is_asked(twin: Twin) -> None:
    twin.portvakt(*RUN, "-y")
    done = _on_terminal(twin, "", *RUN)
    assert done.returncode == 0
    assert "Apply this plan" not in done.stderr
    assert COLOUR.search(done.stderr)


@pytest.mark.parametrize(
    "arguments", [(*RUN, "-y"), ("apply", "plan.json", "-y")], ids=["run", "apply"]
)
def test_only_one_at_a_time(twin: Twin, arguments: tuple[str, ...]) -> None:
    plan = twin.folder / "plan.json"
    assert twin.portvakt("plan", "-l", "city-acc-001", "--out", plan).returncode == 0
    given = [str(plan) if one == "plan.json" else one for one in arguments]
    with FileLock(found(twin.folder).lock):
        done = twin.portvakt(*given)
        looked = twin.portvakt("run", "provision-access", "-C", "-l", "city-acc-001")
    assert (done.returncode, done.stdout) == (75, "")
    assert "under way" in done.stderr
    assert looked.returncode == 0
    assert twin.portvakt(*given).returncode == 0


def test_a_reader_that_leaves_early_is_no_traceback(twin: Twin) -> None:
    piped = f"{' '.join(COMMAND)} -w {twin.folder} port list | head -1"
    done = subprocess.run(  # noqa: S602 - our own command line
        piped, shell=True, env=environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("device")
    assert done.stderr == ""


def test_a_run_goes_on_when_whoever_read_its_progress_has_left(twin: Twin) -> None:
    command = [*COMMAND, "-v", "-w", str(twin.folder), "run", "provision-access", "-y"]
    with subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [*command, "-l", "mkb-acc-00[1-3]", "-o", "json"],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        while not process.stderr.readline().startswith("applying"):
            assert process.poll() is None
        process.stderr.close()
        stdout = process.stdout.read()
    assert process.returncode == 0
    assert json.loads(stdout)["recap"]["changed"] == 3


@pytest.mark.parametrize(
    ("redirection", "code", "said"),
    [
        (">&-", 0, ""),
        ("2>&-", 0, ""),
        (">&- 2>&-", 0, ""),
        ("> /dev/full", 1, "not all of it could be written: No space left on device\n"),
    ],
)
def test_a_stream_that_takes_nothing_is_no_traceback(
    twin: Twin, redirection: str, code: int, said: str
) -> None:
    closed = f"{' '.join(COMMAND)} -w {twin.folder} job list {redirection}"
    done = subprocess.run(  # noqa: S602 - our own command line
        closed, shell=True, env=environment(), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (code, said)
