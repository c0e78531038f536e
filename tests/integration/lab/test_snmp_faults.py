"""The table of SNMP faults in docs/lab.md is run: each on one switch of the city, over UDP."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from pysnmp.proto.api import v2c

from automation import lab
from automation.lab.faults import SNMP_FAULTS, FaultKind
from automation.lab.files import address
from tests.unit.lab.agent.demo import Heard, heard, message, question

pytestmark = pytest.mark.integration
ROOT = Path(__file__).parents[3]
DEVICE = "mkb-acc-001"
UP_TIME = "1.3.6.1.2.1.1.3.0"
BOOTS = "1.3.6.1.6.3.10.2.1.2.0"
NAMES = "1.3.6.1.2.1.31.1.1.1.1"
OUT = "1.3.6.1.2.1.31.1.1.1.10"
LIGHT = "1.3.6.1.4.1.9.9.91.1.1.1.1.4.1042"
"""What the first uplink receives, in tenths of dBm."""
_ROW = re.compile(r"^\| `(?P<fault>\w+)` \|[^|]*\| (?P<seen>[^|`]+) \|$", re.MULTILINE)


@dataclass(frozen=True)
class Wire:
    """A UDP socket that asks one device, and takes answers from anybody."""

    socket: socket.socket
    place: tuple[str, int]

    def ask(self, *oids: str, bulk: int = 0) -> tuple[bytes, tuple[str, int]]:
        """GET, or GETBULK with so many repetitions: the answer as it came, and from where."""
        pdu = question(v2c.GetBulkRequestPDU() if bulk else v2c.GetRequestPDU(), oids)
        if bulk:
            v2c.apiBulkPDU.set_max_repetitions(pdu, bulk)
        self.socket.sendto(message(pdu), self.place)
        return self.socket.recvfrom(65_535)

    def heard(self, *oids: str, bulk: int = 0) -> Heard:
        """Return the answer as pysnmp reads it."""
        return heard(self.ask(*oids, bulk=bulk)[0])


@contextmanager
def _wire(folder: Path) -> Iterator[Wire]:
    plan = lab.read_plan(folder)
    names = [device.name for device in plan.fleet()]
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        sock.settimeout(10)
        yield Wire(sock, (address(plan.network, names.index(DEVICE)), plan.port))


@pytest.fixture
def wire(city: Path) -> Iterator[Wire]:
    with _wire(city) as one:
        yield one
    lab.mend(city, DEVICE)
    lab.reboot(city, DEVICE)


Break = Callable[[], None]


def _silent(wire: Wire, strike: Break) -> None:
    strike()
    wire.socket.settimeout(0.3)
    with pytest.raises(TimeoutError):
        wire.ask(UP_TIME)


def _late(wire: Wire, strike: Break) -> None:
    strike()
    wire.socket.settimeout(0.3)
    with pytest.raises(TimeoutError):
        wire.ask(UP_TIME)
    wire.socket.settimeout(10)
    assert heard(wire.socket.recv(65_535)).names == [UP_TIME]


def _little_and_late(wire: Wire, strike: Break) -> None:
    strike()
    wire.socket.settimeout(0.1)
    with pytest.raises(TimeoutError):
        wire.ask(NAMES, bulk=40)
    wire.socket.settimeout(10)
    assert len(heard(wire.socket.recv(65_535)).names) == 1


def _again(wire: Wire, strike: Break) -> None:
    strike()
    names = wire.heard(NAMES, bulk=40).names
    assert len(set(names)) == 16
    assert names[16:32] == names[:16]


def _one_row(wire: Wire, strike: Break) -> None:
    strike()
    assert len(set(wire.heard(NAMES, bulk=40).names[15:])) == 1


def _more_rows(wire: Wire, strike: Break) -> None:
    walked = 60
    assert any(not name.startswith(f"{NAMES}.") for name in _walk(wire, walked))
    strike()
    assert all(name.startswith(f"{NAMES}.") for name in _walk(wire, 200))


def _walk(wire: Wire, count: int) -> list[str]:
    found = [NAMES]
    while len(found) <= count:
        found += wire.heard(found[-1], bulk=30).names
    return found[1:]


def _too_big(wire: Wire, strike: Break) -> None:
    strike()
    assert wire.heard(*[UP_TIME] * 9).status == 1
    assert wire.heard(*[UP_TIME] * 8).status == 0


def _gen_err(wire: Wire, strike: Break) -> None:
    strike()
    said = wire.heard(UP_TIME, f"{NAMES}.10101")
    assert (said.status, said.index) == (5, 2)


def _half(wire: Wire, strike: Break) -> None:
    whole, _ = wire.ask(f"{NAMES}.10101")
    strike()
    half, _ = wire.ask(f"{NAMES}.10101")
    assert len(half) == len(whole) // 2
    assert half[:2] == whole[:2]


def _another_sender(wire: Wire, strike: Break) -> None:
    assert wire.ask(UP_TIME)[1] == wire.place
    strike()
    data, sender = wire.ask(UP_TIME)
    assert sender[0] != wire.place[0]
    assert heard(data).names == [UP_TIME]


def _no_such_object(wire: Wire, strike: Break) -> None:
    strike()
    assert wire.heard(f"{OUT}.10101", f"{NAMES}.10101").values == ["NoSuchObject", b"Gi1/0/1"]


def _other_indexes(wire: Wire, strike: Break) -> None:
    assert wire.heard(f"{NAMES}.10101").values == [b"Gi1/0/1"]
    (boots,) = wire.heard(BOOTS).values
    strike()
    assert wire.heard(f"{NAMES}.10102", BOOTS).values == [b"Gi1/0/1", _number(boots) + 1]


def _wrapped(wire: Wire, strike: Break) -> None:
    names = [f"{OUT}.{10101 + at}" for at in range(48)]
    assert max(map(_number, wire.heard(*names).values)) < 2**60
    strike()
    while max(map(_number, wire.heard(*names).values)) >= 2**60:
        pass


def _zero(wire: Wire, strike: Break) -> None:
    dark = "1.3.6.1.2.1.2.2.1.14.10501"
    assert wire.heard("1.3.6.1.2.1.31.1.1.1.19.10101").values == [0]
    while wire.heard(UP_TIME).values == [0]:
        pass
    strike()
    since, errors = wire.heard("1.3.6.1.2.1.31.1.1.1.19.10101", dark).values
    assert (_number(since) > 0, errors) == (True, 0)
    assert max(map(_number, wire.heard(f"{OUT}.10501", f"{OUT}.10101").values)) < 2**34


def _less_light(wire: Wire, strike: Break) -> None:
    (before,) = wire.heard(LIGHT).values
    strike()
    assert wire.heard(LIGHT).values == [_number(before) - 60]


def _number(value: object) -> int:
    assert isinstance(value, int)
    return value


SEEN = {
    "silence": _silent,
    "late": _late,
    "a little, late": _little_and_late,
    "the same rows again": _again,
    "one row for ever": _one_row,
    "rows that nobody has": _more_rows,
    "tooBig": _too_big,
    "genErr": _gen_err,
    "half a message": _half,
    "another sender": _another_sender,
    "noSuchObject": _no_such_object,
    "other indexes": _other_indexes,
    "a wrap": _wrapped,
    "zero": _zero,
    "less light": _less_light,
}


def _table() -> list[tuple[str, str]]:
    text = (ROOT / "docs" / "lab.md").read_text(encoding="utf-8")
    text = text.partition("which is about the SNMP agents.")[2].partition("\n## ")[0]
    return [(row["fault"], row["seen"]) for row in _ROW.finditer(text)]


def test_the_table_has_every_fault_of_an_agent() -> None:
    assert {fault for fault, _ in _table()} == SNMP_FAULTS | {FaultKind.DEAD, FaultKind.SLOW}


@pytest.mark.parametrize(("fault", "seen"), _table(), ids=lambda text: text.replace(" ", "-"))
def test_what_the_table_says_is_seen(city: Path, wire: Wire, fault: str, seen: str) -> None:
    lab.reboot(city, DEVICE)
    SEEN[seen](wire, lambda: lab.break_device(city, DEVICE, fault))
    lab.mend(city, DEVICE)
    wire.socket.settimeout(10)
    assert wire.heard("1.3.6.1.2.1.1.5.0").values == [DEVICE.encode()]


def test_a_dead_device_takes_no_session_and_a_mended_one_does(city: Path) -> None:
    with _wire(city) as wire:
        lab.break_device(city, DEVICE, "dead")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(wire.place, timeout=5)
        lab.mend(city, DEVICE)
        with socket.create_connection(wire.place, timeout=5) as line:
            assert line.recv(64).startswith(b"SSH-2.0-")
