"""Processes that poll: how they end, with results larger than a pipe holds."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.integration.cli.twin import Twin, environment, twin_in

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[3]
PATIENCE = 60.0
PROGRAM = """
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from automation import workspace
from automation.playbook import Network
from automation.snmp import Limits, Shards, Target

folder, silent = Path(sys.argv[1]), int(sys.argv[2])
with Network(workspace.find(folder, {})) as network:
    devices = list(network.inventory.devices.values())
    login = network.credentials.snmp("city")
agents = [one for one in devices if one.snmp == "city"]
lively = [agents[number % len(agents)] for number in range(80)]
targets = [
    target
    for number, one in enumerate(lively)
    for target in (
        Target(f"silent-{number}", "127.0.0.1", silent, login),
        Target(f"lively-{number}", one.address, one.snmp_port, login, one.model.access),
    )
]
send = Connection.send

def told(pipe, what):
    if what != {}:
        print("telling", flush=True)
    send(pipe, what)

Connection.send = told
with Shards(targets, Limits(timeout=10, tries=1, deadline=30), {}, 2) as shards:
    print(*(worker.process.pid for worker in shards._workers), flush=True)
    found = shards.cycle()
    print(sum(one.sample is not None for one in found), len(found), shards.has_died)
"""
"""The first process asks who never answers, while the other has megabytes to tell."""


@pytest.fixture(scope="module")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twin]:
    with twin_in(tmp_path_factory.mktemp("shards") / "lab") as one:
        yield one


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of somebody who never answers."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        yield one.getsockname()[1]


class Polling:
    """The program, and its two processes: one that waits for answers, one that waits to tell."""

    def __init__(self, folder: Path, silent: int) -> None:
        self.process = subprocess.Popen(  # noqa: S603 - this test's own program
            [sys.executable, "-c", PROGRAM, str(folder), str(silent)],
            cwd=ROOT,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        self.waiting, self.telling = map(int, self.process.stdout.readline().split())
        assert self.process.stdout.readline() == "telling\n"
        sleep(0.3)  # its pipe is full by now; were it not, nothing here would come out otherwise

    def ended(self) -> tuple[int, str, str]:
        """Return how it ended and what it said; fail if it does not end."""
        try:
            said = self.process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            pytest.fail(f"did not end: {self.process.communicate()}")
        return self.process.returncode, *said


def gone(process: int) -> bool:
    return not Path(f"/proc/{process}").exists()


def test_an_interrupt_in_the_middle_of_a_cycle_ends_all(twin: Twin, silent: int) -> None:
    polling = Polling(twin.folder, silent)
    os.killpg(polling.process.pid, signal.SIGINT)
    code, _, said = polling.ended()
    assert (code, "KeyboardInterrupt" in said) == (-signal.SIGINT, True)
    assert gone(polling.waiting)
    assert gone(polling.telling)


@pytest.mark.parametrize(("name", "kept"), [("waiting", 80), ("telling", 0)])
def test_what_the_others_read_is_there_when_a_process_was_killed(
    twin: Twin, silent: int, name: str, kept: int
) -> None:
    polling = Polling(twin.folder, silent)
    os.kill(getattr(polling, name), signal.SIGKILL)
    code, found, said = polling.ended()
    assert (code, found.split()[-3:], said) == (0, [str(kept), "160", "True"], "")
    assert gone(polling.waiting)
    assert gone(polling.telling)


def test_who_is_left_alone_ends(twin: Twin, silent: int) -> None:
    polling = Polling(twin.folder, silent)
    polling.process.kill()
    polling.ended()
    end = monotonic() + PATIENCE
    while not (gone(polling.waiting) and gone(polling.telling)) and monotonic() < end:
        sleep(0.1)
    assert gone(polling.telling)
    assert gone(polling.waiting)
