"""What goes wrong in a network, done to the lab on purpose, and mended again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

from tests.reallab import machine, wiring
from tests.reallab.commands import LabError, wait_for
from tests.reallab.lab import Lab
from tests.reallab.topology import End, Kind

_NOTE: Final = "filler"
_HANGS: Final = """\
#!/bin/sh
case " $* " in *" {word} "*) ;; *) exec {real} "$@" ;; esac
{before}touch {mark}
while [ -e {mark} ]; do sleep 0.02; done
{after}"""
"""A program that stops at its work until a file goes, called for one word only."""


@contextmanager
def cut_off(lab: Lab, name: str) -> Iterator[None]:
    """Cut a node's management cable for the length of the block; its other cables stay."""
    wiring.management_link(lab.place, name, "down")
    try:
        yield
    finally:
        wiring.management_link(lab.place, name, "up")


@contextmanager
def down(lab: Lab, end: End) -> Iterator[None]:
    """Have a machine's interface set down for the length of the block."""
    wiring.set_link(lab.place, end, "down")
    try:
        yield
    finally:
        wiring.set_link(lab.place, end, "up")


def lose_power(lab: Lab, name: str) -> None:
    """Kill a node's PID 1: everything in it is gone at once, what is on its disk stays."""
    machine.power_off(lab.place, name)


def get_other_ports(lab: Lab, name: str) -> None:
    """Give a node that has lost its power new hardware: its ports are numbered the other way
    round, and have counted nothing.
    """
    wiring.renumber(lab.place, lab.network, name)


def regain_power(lab: Lab, name: str) -> None:
    """Boot a node that has lost its power, and wait until it answers."""
    machine.power_on(lab.place, name)
    machine.wait_until_ready(lab.place, [name])


@contextmanager
def full_disk(lab: Lab, name: str) -> Iterator[None]:
    """Leave no free byte on a node's configuration disk for the length of the block.

    Nor in the last page of a switch's database, which could grow to its end.
    """
    filler = lab.place.node(name) / "disk" / "filler"
    is_switch = any(node.name == name for node in lab.network.of(Kind.SWITCH))
    try:
        _fill(lab, name)
        if is_switch:
            _fill_page(lab, name)
        yield
    finally:
        filler.unlink(missing_ok=True)
        if is_switch:
            forget = ("remove", "Open_vSwitch", ".", "other_config", _NOTE)
            machine.inside(lab.place, name, "ovs-vsctl", "--no-wait", *forget)


def _fill(lab: Lab, name: str) -> None:
    filler = lab.place.node(name) / "disk" / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(65536))
    if filler.stat().st_size == 0:
        raise LabError(f"the disk of {name} was full already")


def _fill_page(lab: Lab, name: str) -> None:
    """Have a database write until it cannot."""
    for number in range(machine.PAGE):
        note = ("set", "Open_vSwitch", ".", f"other_config:{_NOTE}={number}")
        if machine.tried_inside(lab.place, name, "ovs-vsctl", "--no-wait", *note).code:
            return
    raise LabError(f"the database of {name} still writes, on a full disk")


@dataclass(frozen=True, slots=True)
class Hanging:
    """A program on a node that does not come back."""

    lab: Lab
    name: str
    path: str
    word: str
    mark: str

    def wait(self) -> None:
        """Wait until somebody called it."""
        wait_for(f"{self.name} to be asked", self._asked, 60.0)

    def let_others_by(self) -> None:
        """Let whoever calls it from now on find the real program; who hangs, hangs on."""
        machine.inside(self.lab.place, self.name, "umount", "-l", self.path)

    def come_to_its_end(self) -> None:
        """Let it come back, and wait until nobody is at it any more."""
        self.go_on()
        wait_for(f"{self.name} to be done", lambda: not self._at_work(), 60.0)

    def go_on(self) -> None:
        """Let it come back, and not hang again."""
        if machine.tried_inside(self.lab.place, self.name, "mountpoint", "-q", self.path).code == 0:
            machine.inside(self.lab.place, self.name, "umount", "-l", self.path)
        machine.inside(self.lab.place, self.name, "rm", "-f", self.mark)

    def _at_work(self) -> bool:
        told = machine.inside(self.lab.place, self.name, "ps", "-eo", "args=")
        lines = (line.removeprefix("/bin/sh ") for line in told.splitlines())
        return any(line.startswith((f"{self.path} ", f"{_real(self.word)} ")) for line in lines)

    def _asked(self) -> bool:
        return machine.tried_inside(self.lab.place, self.name, "test", "-e", self.mark).code == 0


def _real(word: str) -> str:
    """Return where the real program is that hangs at `word`."""
    return f"/run/real-{word}"


@contextmanager
def hanging(lab: Lab, name: str, program: str, word: str, *, done: bool) -> Iterator[Hanging]:
    """Have a node's program hang when `word` is among its arguments, for the length of the block.

    It hangs before its work, or when that is `done`. A node that loses its power forgets it.
    """
    place, real, mark = lab.place, _real(word), f"/run/hangs-{word}"
    path = machine.inside(place, name, "sh", "-c", f"command -v {program}").strip()
    work = f'{real} "$@"; status=$?\n' if done else ""
    after = "exit $status\n" if done else f'exec {real} "$@"\n'
    text = _HANGS.format(word=word, real=real, mark=mark, before=work, after=after)
    machine.inside(place, name, "cp", path, real)
    machine.inside(place, name, "sh", "-c", "cat >/run/wrapper; chmod +x /run/wrapper", stdin=text)
    machine.inside(place, name, "mount", "--bind", "/run/wrapper", path)
    hangs = Hanging(lab, name, path, word, mark)
    try:
        yield hangs
    finally:
        if machine.is_on(place, name):
            hangs.go_on()


def cut_sessions(lab: Lab, name: str) -> None:
    """Kill every SSH session on a node; its server stays. LabError where there is none."""
    told = machine.inside(lab.place, name, "ps", "-eo", "pid=,args=")
    lines = (line.split(None, 1) for line in told.splitlines())
    pids = [pid for pid, words in lines if words.startswith("sshd: root@")]
    machine.inside(lab.place, name, "kill", "-9", *pids)


@contextmanager
def read_only(lab: Lab, name: str, folder: str) -> Iterator[None]:
    """Let nothing be written below a node's folder, for the length of the block."""
    machine.inside(lab.place, name, "mount", "--bind", folder, folder)
    machine.inside(lab.place, name, "mount", "-o", "remount,bind,ro", folder)
    try:
        yield
    finally:
        machine.inside(lab.place, name, "umount", folder)


@contextmanager
def full_table(lab: Lab, name: str, table: str) -> Iterator[None]:
    """Leave a switch's database no room for another row of a table, for the length of the block.

    Some switches can only have so many queues. Their schema says so (RFC 7047, "maxRows").
    """
    place = lab.place
    schema = machine.inside(place, name, "ovsdb-client", "get-schema")
    narrow = json.loads(schema)
    rows = machine.inside(place, name, "ovs-vsctl", "--bare", "--columns=_uuid", "list", table)
    narrow["tables"][table]["maxRows"] = len(rows.split())
    _convert(lab, name, json.dumps(narrow))
    try:
        yield
    finally:
        _convert(lab, name, schema)


def _convert(lab: Lab, name: str, schema: str) -> None:
    convert = "cat >/run/schema; ovsdb-client convert /run/schema"
    machine.inside(lab.place, name, "sh", "-ec", convert, stdin=schema)
