"""The whole job on a device: fetch, compare, send, read back, save; against Ansible's."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from automation import lab
from automation.drift import Seen
from automation.playbook import Network
from automation.tasks.subject import Subject
from automation.workspace import find
from tests.bench import paper_city, twins, workspace
from tests.bench.bench import Setting
from tests.bench.harness import Sample, in_turns
from tests.bench.peers.ansible import Ansible, lines, read_back
from tests.bench.report import Finding, Target, compared

_PORTVAKT, _ANSIBLE = "portvakt run", "ansible-playbook"
_NOTE = (
    "Both are programs, from start to end, interpreter and imports included, divided by the "
    "devices. Each starts from freshly bootstrapped switches, and afterwards a comparison past "
    "SSH must find nothing left to do, running or saved. Ansible sends the lines that portvakt "
    "planned (`ios_config`, match line, saved when changed) and reads back with `ios_command`. "
    "portvakt reads twice as often: before, at the change, after it, and at the wave's gate."
)


class NotDone(Exception):
    """A contender said that it was done, and a device still differs from its intent."""


@dataclass(frozen=True, slots=True)
class Scene:
    """The workspace, the subjects that are to be provisioned, and the lines that Ansible sends."""

    folder: Path
    subjects: Mapping[str, Subject]

    def check(self, who: str) -> None:
        """Raise NotDone unless every device is as intended, running and saved."""
        for name, subject in self.subjects.items():
            for where, text in twins.saved(self.folder, name).items():
                if left := subject.compare(text, Seen(trust=True)).stanzas:
                    raise NotDone(f"{who}: {name}, {where}: {left[0].header} {left[0].lines}")


@dataclass(frozen=True, slots=True)
class Ours:
    """`portvakt run` of the shipped playbook."""

    scene: Scene
    name: str = _PORTVAKT

    def round(self, number: int) -> Sample:
        """Provision freshly bootstrapped devices, from a store that knows only their ports."""
        workspace.forget(self.scene.folder)
        with twins.running(self.scene.folder, twins.Pace()) as twin:
            before = twin.cpu
            ran = workspace.provision(self.scene.folder, ",".join(self.scene.subjects))
            sample = Sample(ran.ended.wall, ran.ended.cpu, twin.cpu - before)
            self.scene.check(self.name)
        return sample.over(len(self.scene.subjects))


@dataclass(frozen=True, slots=True)
class Theirs:
    """`ansible-playbook` with the same lines."""

    scene: Scene
    ansible: Ansible
    name: str = _ANSIBLE

    def round(self, number: int) -> Sample:
        """Provision freshly bootstrapped devices."""
        tasks = (
            lines("{{ inventory_hostname }}.cfg", match="line", save="changed"),
            read_back(),
        )
        with twins.running(self.scene.folder, twins.Pace()) as twin:
            before = twin.cpu
            ended = self.ansible.play(tasks)
            sample = Sample(ended.wall, ended.cpu, twin.cpu - before)
            self.scene.check(self.name)
        return sample.over(len(self.scene.subjects))


def job(setting: Setting) -> Iterator[Finding]:
    """Measure the whole job."""
    names = twins.switches(2 if setting.quick else 20)
    with (
        workspace.imported() as folder,
        tempfile.TemporaryDirectory(prefix="pvb-") as place,
        Network(find(folder, {})) as network,
    ):
        devices = [network.inventory.devices[name] for name in names]
        scene = Scene(folder, network.subjects(devices, (), paper_city.TODAY))
        sent = _write_lines(network, scene, Path(place))
        ansible = Ansible(
            setting.peers / "ansible-playbook", Path(place), twins.addresses(folder, names)
        )
        network.store.close()  # its file is put back before each round
        measured = in_turns([Ours(scene), Theirs(scene, ansible)], setting.runs)
    ratio = measured[_ANSIBLE].cpu / measured[_PORTVAKT].cpu
    target = Target("Ansible CPU / portvakt CPU", ratio, 12, at_least=True)
    about = f"{len(names)} bootstrapped IOS switches, {sent} lines each, no latency."
    yield compared("job", about, "device", measured, [target], (_NOTE,))


def _write_lines(network: Network, scene: Scene, place: Path) -> int:
    """Write the lines that portvakt plans for each device; return how many one of them gets."""
    devices = [subject.device for subject in scene.subjects.values()]
    playbook = network.playbook("provision-access")
    with twins.running(scene.folder, twins.Pace()):
        rollout = network.rollout(devices, playbook.features, paper_city.TODAY)
        now, life = datetime.now(UTC), timedelta(hours=1)
        changes = rollout.plan(playbook, "", devices, now, life).plan.changes
        shown = {
            name: subject.tools.engine.shown_secrets(lab.running(scene.folder, name))
            for name, subject in scene.subjects.items()
        }
    for change in changes:
        secrets = {**lab.files.SECRETS, **shown[change.device]}
        text = "".join(f"{paper_city.revealed(line, secrets)}\n" for line in change.lines)
        (place / f"{change.device}.cfg").write_text(text, encoding="utf-8")
    return max(len(change.lines) for change in changes)
