"""A lab that stands: built from its topology, and taken down with nothing left behind."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from tests.reallab import machine, needs, wiring
from tests.reallab.client import write_client
from tests.reallab.commands import LabError
from tests.reallab.lifetime import held, held_if_free, watched
from tests.reallab.logins import make_access
from tests.reallab.place import HOME, Place
from tests.reallab.teardown import tear_down
from tests.reallab.topology import SIZES, Size, Topology, topology
from tests.reallab.workspace import write_workspace

_TO_CLEAR: Final = 30.0


@dataclass(frozen=True, slots=True)
class Lab:
    """A standing lab: its network, and where it is."""

    place: Place
    network: Topology


@contextmanager
def standing(size: Size, mark: str) -> Iterator[Lab]:
    """Hold a new lab for the length of the block; it goes at its end, however that comes.

    A warden that still takes the lab of a killed run down is waited for, and what has no warden
    any more goes first.
    """
    needs.check()
    clear_what_nobody_holds()
    with held(mark, _TO_CLEAR), watched(mark):
        try:
            yield build(size, Place(mark), passing=True)
        finally:
            tear_down(Place(mark))


def raise_to_stay(size: Size, mark: str) -> Lab:
    """Build a lab that stays when this process ends; a former one of the same mark goes."""
    needs.check()
    place = Place(mark)
    with held(mark), watched(mark):
        try:
            return build(size, place)
        except BaseException:
            tear_down(place)
            raise


def take_down(mark: str, patience: float = 0.0) -> None:
    """Take the lab of that mark down, if there is one."""
    with held(mark, patience):
        tear_down(Place(mark))


def clear_what_nobody_holds() -> None:
    """Take down the labs, of whatever mark, whose holder was killed, and his warden with him.

    A lab that is held is left, and one that was raised to stay: nobody holds that by intent.
    """
    for place in [Place(folder.name) for folder in HOME.glob("*")]:
        with held_if_free(place.mark) as ours:
            if ours and place.passing.exists():
                tear_down(place)


def find(mark: str) -> Lab:
    """Return the lab of that mark that stands; LabError if none does."""
    place = Place(mark)
    try:
        notes = json.loads((place.folder / "lab.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise LabError(f"no lab {mark!r} stands; build one with: make reallab-up") from None
    return Lab(place, topology(SIZES[notes["size"]]))


def build(size: Size, place: Place, *, passing: bool = False) -> Lab:
    """Build a lab where nothing but remains of an earlier one may be, and return it standing.

    `passing` notes that it goes with its holder.
    """
    tear_down(place)
    network = topology(size)
    HOME.mkdir(mode=0o711, exist_ok=True)
    place.folder.mkdir(mode=0o711)
    if passing:
        place.passing.touch()
    write_client(place)
    wiring.build(place, network)
    access = make_access(place)
    nodes = [node for node in network.nodes.values() if node.has_daemons]
    for node in nodes:
        machine.install(place, node, access[node.estate])
    for node in nodes:
        machine.power_on(place, node.name)
    machine.wait_until_ready(place, (node.name for node in nodes))
    write_workspace(place, network)
    (place.folder / "lab.json").write_text(json.dumps({"size": size.name}), encoding="utf-8")
    return Lab(place, network)
