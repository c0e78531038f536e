"""The operator at the NOC: imports changed rows and plays shipped playbooks, all by `portvakt`."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.reallab.commands import LabError
from tests.reallab.lab import Lab
from tests.reallab.noc import portvakt
from tests.reallab.topology import End
from tests.reallab.workspace import HEADER, SINCE, outlet_id, ports_csv

PLAYBOOKS: Final[Mapping[str, str]] = {
    "core": "provision-core",
    "transport": "provision-transport",
    "access": "provision-access",
}
"""The shipped playbook that gives the devices of a role their intent."""
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ended:
    """How `portvakt run` ended: its exit status, its recap, and each device's row, from JSON."""

    code: int
    recap: Mapping[str, Any]
    devices: Mapping[str, Row]

    @property
    def outcomes(self) -> Mapping[str, str]:
        """The outcome of each device."""
        return {name: row["outcome"] for name, row in self.devices.items()}


@dataclass(frozen=True, slots=True)
class City:
    """A lab that was provisioned, and how that ended, by the role of the devices."""

    lab: Lab
    first: Mapping[str, Ended]


class Operator:
    """Works in a lab's workspace; `puts_back` undoes what rows were changed."""

    def __init__(self, lab: Lab) -> None:
        """Work in `lab`."""
        self._lab = lab
        self._touched: dict[End, None] = {}

    @classmethod
    @contextmanager
    def at(cls, lab: Lab) -> Iterator[Operator]:
        """Work for the length of the block; at its end every port has its first rows again."""
        somebody = cls(lab)
        try:
            yield somebody
        finally:
            somebody.puts_back()

    def says(self, *words: object) -> str:
        """Return what `portvakt` prints; LabError, with its words, unless it exits 0."""
        done = portvakt(self._lab, *words)
        if done.code:
            raise LabError(f"portvakt {' '.join(map(str, words))}: {done.code}: {done.err[-800:]}")
        return done.out

    def imports(self, *rows: str) -> None:
        """Import rows of ports, each as in `ports.csv`."""
        self._touched.update({_place(row): None for row in rows})
        file = self._lab.place.workspace / "changed.csv"
        file.write_text("".join(f"{row}\n" for row in (HEADER, *rows)), encoding="utf-8")
        self.says("port", "import", file)

    def plays(self, playbook: str, *limits: str) -> Ended:
        """Play a playbook, on the devices of `limits` if there are any."""
        limit = ("-l", ",".join(limits)) if limits else ()
        return self._ended("run", playbook, "-y", *limit)

    def applies(self, plan: Path) -> Ended:
        """Apply a plan that `plans` wrote."""
        return self._ended("apply", plan, "-y")

    def provisions(self, *switches: str) -> Ended:
        """Play the playbook of access switches on some of them, or on all."""
        return self.plays(PLAYBOOKS["access"], *switches)

    def moves(self, *rows: str) -> Ended:
        """Import rows and give their switches the new intent; LabError if one ends badly."""
        self.imports(*rows)
        ended = self.provisions(*sorted({_place(row).node for row in rows}))
        if ended.code or "changed" not in ended.outcomes.values():
            raise LabError(f"the rows {rows} did not become a change: {dict(ended.devices)}")
        for end in {_place(row) for row in rows}:
            if set(self._first_rows([end])) == {row for row in rows if _place(row) == end}:
                del self._touched[end]
        return ended

    def polls(self, *limits: str) -> Mapping[End, Row]:
        """Read counters once, of the devices of `limits` if there are any; return a row a port."""
        limit = ("-l", ",".join(limits)) if limits else ()
        told = json.loads(self.says("poll", "once", "-o", "json", *limit))
        return {End(row["device"], row["port"]): row for row in told["ports"]}

    def troubles(self) -> Mapping[End, Row]:
        """Return what is the matter now, by the device and what of it."""
        told = json.loads(self.says("trap", "show", "-o", "json"))
        return {End(row["device"], row["subject"]): row for row in told}

    def plans(self, switch: str, name: str) -> Path:
        """Write a plan for an access switch, and return its file."""
        file = self._lab.place.workspace / f"{name}.json"
        self.says("plan", PLAYBOOKS["access"], "-l", switch, "--out", file)
        return file

    def puts_back(self) -> None:
        """Give every port whose rows were imported the rows that it had when the lab was new."""
        if self._touched:
            self.imports(*self._first_rows(self._touched))
            ended = self.provisions(*sorted({end.node for end in self._touched}))
            self._touched.clear()
            if ended.code:
                raise LabError(f"not as at the beginning: {dict(ended.devices)}")

    def _first_rows(self, ends: Collection[End]) -> tuple[str, ...]:
        """Return the rows that ports had when the lab was new."""
        every = list(ports_csv(self._lab.network))[1:]
        return tuple(row for row in every if _place(row) in ends)

    def _ended(self, *words: object) -> Ended:
        done = portvakt(self._lab, *words, "-o", "json")
        if not done.out:
            raise LabError(f"portvakt {' '.join(map(str, words))}: {done.code}: {done.err[-800:]}")
        told = json.loads(done.out)
        return Ended(done.code, told["recap"], {row["device"]: row for row in told["devices"]})


def provisioned(lab: Lab) -> City:
    """Import the ports of a new lab and play its playbooks, the core first."""
    somebody = Operator(lab)
    somebody.says("port", "import", lab.place.workspace / "ports.csv")
    return City(lab, {role: somebody.plays(playbook) for role, playbook in PLAYBOOKS.items()})


def customer(switch: str, port: str, *services: str, state: str = "active") -> tuple[str, ...]:
    """Return the rows of a customer's port, a row a service: `internet;nordlys;t10`."""
    place = f"{switch};{port};customer;{outlet_id(switch, int(port.removeprefix('swp')))}"
    return tuple(f"{place};{service};{state};{SINCE};" for service in services)


def idle(switch: str, port: str, role: str = "parked") -> str:
    """Return the row of a port that has no service."""
    return f"{switch};{port};{role};;;;;;;"


def _place(row: str) -> End:
    device, port, *_ = row.split(";")
    return End(device, port)
