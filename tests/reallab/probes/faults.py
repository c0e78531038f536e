"""What goes wrong in a network, done to the lab on purpose, and mended again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tests.reallab import machine, wiring
from tests.reallab.commands import LabError
from tests.reallab.lab import Lab


@contextmanager
def cut_off(lab: Lab, name: str) -> Iterator[None]:
    """Cut a node's management cable for the length of the block; its other cables stay."""
    wiring.management_link(lab.place, name, "down")
    try:
        yield
    finally:
        wiring.management_link(lab.place, name, "up")


def lose_power(lab: Lab, name: str) -> None:
    """Kill a node's PID 1: everything in it is gone at once, what is on its disk stays."""
    machine.power_off(lab.place, name)


def regain_power(lab: Lab, name: str) -> None:
    """Boot a node that has lost its power, and wait until it answers."""
    machine.power_on(lab.place, name)
    machine.wait_until_ready(lab.place, [name])


@contextmanager
def full_disk(lab: Lab, name: str) -> Iterator[None]:
    """Leave no free byte on a node's configuration disk for the length of the block."""
    filler = lab.place.node(name) / "disk" / "filler"
    try:
        _fill(lab, name)
        yield
    finally:
        filler.unlink(missing_ok=True)


def _fill(lab: Lab, name: str) -> None:
    filler = lab.place.node(name) / "disk" / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(65536))
    if filler.stat().st_size == 0:
        raise LabError(f"the disk of {name} was full already")
