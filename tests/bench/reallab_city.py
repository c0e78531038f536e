"""Twenty real switches of 48 ports, from parked to verified, against Ansible's `command`."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import monotonic
from typing import Any, Final

from automation.drift import Seen
from automation.model import Output, Stanza, inverse
from automation.platforms.openvswitch.change import change
from automation.platforms.openvswitch.fetch import FETCH
from automation.platforms.openvswitch.snapshot import Snapshot
from automation.playbook import Network
from automation.tasks.subject import Subject
from automation.workspace import find
from tests.bench import program, workspace
from tests.bench.bench import Setting
from tests.bench.harness import Sample, in_turns
from tests.bench.peers.commands import Command, changing, reading
from tests.bench.report import Finding, Target, compared
from tests.reallab.lab import Lab, standing
from tests.reallab.logins import secrets_folder
from tests.reallab.machine import inside, on_network
from tests.reallab.topology import LARGE, NOC, SMALL

_PORTVAKT = "portvakt run"
_COMMANDS, _SCRIPTS = "ansible-playbook, a command a task", "ansible-playbook, a script a step"
_FORKS: Final = 20
_TODAY: Final = date(2026, 6, 1)
_NOTE: Final = (
    "All are programs, from start to end, interpreter and imports included. Each starts from "
    "parked switches, and afterwards a comparison past SSH must find nothing left to do. Ansible "
    "does with `ansible.builtin.command` what portvakt does: a read, the one transaction with its "
    "meters and flows, a read. The module runs one program, so the first Ansible runs the programs "
    "of portvakt's scripts one by one; the second gives each of the three scripts whole to a `sh`, "
    f"the least that Ansible can cost. {_FORKS} forks, its shipped defaults otherwise, over "
    "OpenSSH with its own ControlPersist. portvakt reads twice as often, proves each change of an "
    "uplink by a new login, and goes in the waves of the shipped playbook. Switches and clients "
    "share the machine."
)


class NotDone(Exception):
    """A contender said that it was done, and a switch still differs from its intent."""


@dataclass(frozen=True, slots=True)
class Scene:
    """The lab, what each access switch should be, and the stanzas that take it there.

    `raised` is the seconds from nothing to a lab that answers.
    """

    lab: Lab
    raised: float
    subjects: Mapping[str, Subject]
    stanzas: Mapping[str, tuple[Stanza, ...]]

    def check(self, who: str) -> None:
        """Raise NotDone unless every switch is as intended."""
        for name, subject in self.subjects.items():
            if left := subject.compare(_seen(self.lab, name).running, Seen(trust=True)).stanzas:
                raise NotDone(f"{who}: {name}: {left[0].lines}")

    def script(self, name: str, stanzas: tuple[Stanza, ...]) -> str:
        """Return the script that carries stanzas out on a switch as it is now."""
        return change(_seen(self.lab, name), stanzas, None).script

    def park(self) -> None:
        """Take every switch back to what it was when the lab was new."""
        for name, stanzas in self.stanzas.items():
            back = tuple(inverse(one) for one in stanzas)
            inside(self.lab.place, name, "sh", stdin=self.script(name, back))


@dataclass(frozen=True, slots=True)
class Ours:
    """`portvakt run` of the shipped playbook."""

    scene: Scene
    name: str = _PORTVAKT

    def round(self, number: int) -> Sample:
        """Provision parked switches, from a store that knows only their ports."""
        folder = self.scene.lab.place.workspace
        workspace.forget(folder)
        words = ("-w", folder, "run", "provision-access", "-y", "-o", "json")
        ended = program.run(
            _at_noc(self.scene.lab, sys.executable, "-m", "automation", *words), folder
        )
        recap = json.loads(ended.out)["recap"]
        assert recap["planned"] == recap["changed"] == len(self.scene.subjects), recap
        return _looked_at(self, self.scene, ended)


@dataclass(frozen=True, slots=True)
class Theirs:
    """`ansible-playbook` in `folder`, with the same commands, or with the same `scripts`."""

    scene: Scene
    binary: Path
    folder: Path
    scripts: bool

    @property
    def name(self) -> str:
        """What it is called in the tables."""
        return _SCRIPTS if self.scripts else _COMMANDS

    def round(self, number: int) -> Sample:
        """Provision parked switches."""
        every = "{{ lookup('file', inventory_hostname + '.json') | from_json }}"
        for name, stanzas in self.scene.stanzas.items():
            text = json.dumps(list(self._commands(name, stanzas)))
            (self.folder / f"{name}.json").write_text(text, encoding="utf-8")
        task = {
            "ansible.builtin.command": {"argv": "{{ item.argv }}", "stdin": "{{ item.stdin }}"},
            "loop": every,
            "loop_control": {"label": "{{ item.argv[0] }}"},
        }
        play = [{"hosts": "all", "gather_facts": False, "tasks": [task]}]
        (self.folder / "play.json").write_text(json.dumps(play), encoding="utf-8")
        (self.folder / "hosts.json").write_text(json.dumps(self._hosts()), encoding="utf-8")
        words = (self.binary, "-f", _FORKS, "-i", "hosts.json", "play.json")
        ended = program.run(_at_noc(self.scene.lab, *words), self.folder, self._environment())
        return _looked_at(self, self.scene, ended)

    def _commands(self, name: str, stanzas: tuple[Stanza, ...]) -> Iterator[Command]:
        if self.scripts:
            whole = (FETCH, self.scene.script(name, stanzas), FETCH)
            every: Iterable[Command] = ({"argv": ["sh"], "stdin": one} for one in whole)
        else:
            seen = _seen(self.scene.lab, name)
            every = (*reading(), *changing(seen, stanzas), *reading())
        yield from ({"stdin": "", **one} for one in every)

    def _environment(self) -> Mapping[str, str]:
        home = str(self.folder)
        return {
            "HOME": home,
            "ANSIBLE_HOME": home,
            "ANSIBLE_HOST_KEY_CHECKING": "False",
            "ANSIBLE_NOCOLOR": "1",
            "PATH": f"{self.binary.parent}:/usr/bin:/bin:/usr/sbin:/sbin",
        }

    def _hosts(self) -> dict[str, Any]:
        known = secrets_folder(self.scene.lab.place).parent / "known_hosts"
        shared = {
            "ansible_user": "root",
            "ansible_ssh_private_key_file": str(secrets_folder(self.scene.lab.place) / "city"),
            "ansible_ssh_common_args": f"-o UserKnownHostsFile={known}",
            "ansible_python_interpreter": "/usr/bin/python3",
        }
        nodes = self.scene.lab.network.nodes
        hosts = {name: {"ansible_host": nodes[name].address} for name in self.scene.subjects}
        return {"all": {"vars": shared, "hosts": hosts}}


def many_ports(setting: Setting) -> Finding:
    """Measure all access switches of a lab."""
    size = SMALL if setting.quick else LARGE
    with _scene(size.name) as scene, tempfile.TemporaryDirectory(prefix="pvb-") as place:
        binary = setting.peers / "ansible-playbook"
        theirs = [Theirs(scene, binary, Path(place), scripts) for scripts in (False, True)]
        measured = in_turns([Ours(scene), *theirs], setting.runs)
        raised = scene.raised
        count = sum(len(subject.intent.ports) for subject in scene.subjects.values())
    targets = [
        Target(f"{name} CPU / portvakt CPU", one.cpu / measured[_PORTVAKT].cpu, 10, at_least=True)
        for name, one in measured.items()
        if name != _PORTVAKT
    ]
    targets.append(
        Target(f"the lab, from nothing, {size.name}", raised, 30, at_least=False, unit="s")
    )
    about = f"{len(scene.subjects)} real switches, {count} ports, from parked to verified."
    return compared("reallab, every port", about, "network", measured, targets, (_NOTE,))


@contextmanager
def _scene(size: str) -> Iterator[Scene]:
    """Raise a lab with its ports imported, and let the one key of the peers in everywhere."""
    begun = monotonic()
    with standing(LARGE if size == LARGE.name else SMALL, "pvbench") as lab:
        raised = monotonic() - begun
        folder = lab.place.workspace
        words = ("-w", folder, "port", "import", folder / "ports.csv")
        program.run(_at_noc(lab, sys.executable, "-m", "automation", *words), folder)
        shutil.copy(folder / ".portvakt" / "store.db", folder / "store.imported")
        key = (secrets_folder(lab.place) / "city.pub").read_text(encoding="utf-8")
        with Network(find(folder, {})) as network:
            devices = network.select("role=access")
            subjects = network.subjects(devices, (), _TODAY)
        for name in subjects:
            inside(lab.place, name, "sh", "-c", "cat >>/etc/ssh/authorized_keys", stdin=key)
        stanzas = {
            name: subject.compare(_seen(lab, name).running, Seen(trust=True)).stanzas
            for name, subject in subjects.items()
        }
        yield Scene(lab, raised, subjects, stanzas)


def _seen(lab: Lab, name: str) -> Snapshot:
    return Snapshot.of(Output(0, inside(lab.place, name, "sh", stdin=FETCH), ""))


def _at_noc(lab: Lab, *command: object) -> list[str]:
    return [str(word) for word in on_network(lab.place, NOC, *command)]


def _looked_at(who: Ours | Theirs, scene: Scene, ended: program.Ended) -> Sample:
    """Return what a round cost, once the switches have shown that it was done; park them again."""
    scene.check(who.name)
    scene.park()
    return Sample(ended.wall, ended.cpu)
