"""Those who send the fixed block, each behind the same face."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench import block, twins
from tests.bench.harness import Sample
from tests.bench.peers.ansible import Ansible, lines
from tests.bench.worker import ROOT, Worker

OURS = ROOT / ".venv" / "bin" / "python"
GCM = ("aes128-gcm@openssh.com",)
"""The cipher that we offer first; asyncssh's own first choice costs it half as much again."""

WINDOW_LINE = "portvakt, window of a line"
WINDOW_STANZA = "portvakt, window of a stanza"
STOCK = "nornir + nornir-netmiko"
ASYNCSSH = "asyncssh, line by line"
ASYNCSSH_GCM = "asyncssh, line by line, our cipher"
ANSIBLE = "ansible-playbook, ios_config"


class NotDone(Exception):
    """A contender said that it was done, and a device does not show it."""


@dataclass(frozen=True, slots=True)
class Field:
    """Where the contenders meet: a running twin, its devices, and the peers' programs."""

    twin: twins.Twin
    devices: tuple[str, ...]
    peers: Path
    forks: int

    def check(self, tag: str, who: str) -> None:
        """Raise NotDone unless every device runs the block of `tag` and would boot with it."""
        for device in self.devices:
            for where, config in twins.saved(self.twin.folder, device).items():
                if not block.took(config, tag):
                    raise NotDone(f"{who}: {device} does not have the block in its {where}")

    def job(self, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever a worker wants
        """Return what a worker is told."""
        known = self.twin.folder / ".portvakt" / "known_hosts"
        devices = twins.addresses(self.twin.folder, self.devices)
        return {"devices": devices, "known_hosts": str(known), "forks": self.forks, **more}


@dataclass(frozen=True, slots=True)
class FromWorker:
    """A contender that is a worker."""

    name: str
    field: Field
    worker: Worker

    def round(self, number: int) -> Sample:
        """Send the block to every device of the field, and look whether it is there."""
        tag = f"{self.name.replace(' ', '-').replace(',', '')}-{number}"
        before = self.field.twin.cpu
        wall, used = self.worker.work(tag)
        sample = Sample(wall, used, self.field.twin.cpu - before)
        self.field.check(tag, self.name)
        return sample.over(len(self.field.devices))


@dataclass(frozen=True, slots=True)
class FromAnsible:
    """Ansible, which is a program that is started anew for each round."""

    field: Field
    ansible: Ansible
    name: str = ANSIBLE

    def round(self, number: int) -> Sample:
        """Send the block to every device of the field, and look whether it is there."""
        tag = f"ansible-{number}"
        text = "".join(
            f"{header}\n" + "".join(f" {line}\n" for line in inner)
            for header, inner in block.blocks(tag)
        )
        self.ansible.folder.mkdir(exist_ok=True)
        (self.ansible.folder / "block.cfg").write_text(text, encoding="utf-8")
        before = self.field.twin.cpu
        ended = self.ansible.play([lines("block.cfg", match="none", save="always")])
        sample = Sample(ended.wall, ended.cpu, self.field.twin.cpu - before)
        self.field.check(tag, self.name)
        return sample.over(len(self.field.devices))


@contextmanager
def workers(field: Field, names: Sequence[str]) -> Iterator[list[FromWorker]]:
    """Start those of the contenders that are workers, in the order of `names`."""
    stock = field.peers / "python"
    folder = {"folder": str(field.twin.folder), "devices": field.devices}
    each: dict[str, tuple[Path, str, dict[str, Any]]] = {
        WINDOW_LINE: (OURS, "portvakt", {**folder, "window": "line"}),
        WINDOW_STANZA: (OURS, "portvakt", {**folder, "window": "stanza"}),
        STOCK: (stock, "stock", {}),
        ASYNCSSH: (OURS, "lines", {"ciphers": None}),
        ASYNCSSH_GCM: (OURS, "lines", {"ciphers": GCM}),
    }
    with ExitStack() as stack:
        yield [
            FromWorker(name, field, stack.enter_context(_worker(field, *each[name])))
            for name in names
        ]


def _worker(field: Field, python: Path, module: str, more: dict[str, Any]) -> Worker:
    return Worker(python, f"tests.bench.peers.{module}", field.job(**more))


def ansible(field: Field, folder: Path) -> FromAnsible:
    """Return Ansible on the field; it writes into `folder` only."""
    devices = twins.addresses(field.twin.folder, field.devices)
    return FromAnsible(field, Ansible(field.peers / "ansible-playbook", folder, devices))
