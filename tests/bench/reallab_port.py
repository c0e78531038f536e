"""One port of a real switch: what a session of ours costs beside plain OpenSSH."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from automation.model import Output, Stanza
from automation.platforms.openvswitch.change import change
from automation.platforms.openvswitch.fetch import FETCH
from automation.platforms.openvswitch.snapshot import Snapshot
from tests.bench.bench import Setting
from tests.bench.harness import Contender, Measured, Sample, in_turns
from tests.bench.report import Finding, Target, compared
from tests.bench.worker import Worker
from tests.reallab.lab import Lab, standing
from tests.reallab.logins import secrets_folder
from tests.reallab.machine import inside
from tests.reallab.probes.truth import ports
from tests.reallab.topology import NOC, SMALL

_SWITCH: Final = "city-acc-001"
_PARKED: Final = "port {port} vlan_mode=access tag=4094 protected=true"
_MOVED: Final = "port {port} vlan_mode=access tag=1101 protected=true"
_TIMES: Final = 10
"""Changes in one round, there and back: the port is parked before and after."""
_COLD, _WARM = "portvakt, cold", "portvakt, warm"
_SSH_COLD, _SSH_WARM = "ssh, cold", "ssh, warm (ControlMaster)"
_NOTE: Final = (
    "A port of a real Open vSwitch over a real OpenSSH: read the switch, change one port in one "
    "guarded transaction, read it again. `ssh` is started once for all three, with the very "
    "scripts that Portvakt sends, and looks at none of the answers but for errors; Portvakt takes "
    "three channels, parses what it reads and finds its line in it. Both use the key exchange "
    "and the cipher that Portvakt offers first (those that ssh prefers cost it more). Cold logs in "
    "each time, warm has a connection. Both are asked from the NOC's namespace, by a process that "
    "has its imports done."
)


@dataclass(frozen=True, slots=True)
class OnPort:
    """A contender that is a worker with a port of its own."""

    name: str
    lab: Lab
    port: str
    worker: Worker

    def round(self, number: int) -> Sample:
        """Change the port there and back, and look past SSH whether it is parked again."""
        sample = Sample(*self.worker.work(str(number)))
        assert ports(self.lab, _SWITCH)[self.port].tag == 4094, self.name
        return sample.over(_TIMES)


def one_port(setting: Setting) -> Finding:
    """Measure a change of one port."""
    with standing(SMALL, "pvbench") as lab, _contenders(lab) as every:
        measured = in_turns(every, setting.runs)
    about = "One port of a real switch: read, transaction, read."
    return compared("reallab, one port", about, "change", measured, _targets(measured), (_NOTE,))


def _targets(found: Mapping[str, Measured]) -> Iterator[Target]:
    for ours, theirs, limit in ((_COLD, _SSH_COLD, 1.5), (_WARM, _SSH_WARM, 1.3)):
        ratio = found[ours].wall / found[theirs].wall
        yield Target(f"{ours} wall / {theirs} wall", ratio, limit, at_least=False)


@contextmanager
def _contenders(lab: Lab) -> Iterator[list[Contender]]:
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pvb-")))
        python = at_noc(lab, place)
        jobs = {
            _COLD: ("port", _ours(lab, "swp21", warm=False)),
            _SSH_COLD: ("openssh", _theirs(lab, "swp22", place, warm=False)),
            _WARM: ("port", _ours(lab, "swp23", warm=True)),
            _SSH_WARM: ("openssh", _theirs(lab, "swp24", place, warm=True)),
        }
        yield [
            OnPort(
                name,
                lab,
                job["port"],
                stack.enter_context(Worker(python, f"tests.bench.peers.{module}", job)),
            )
            for name, (module, job) in jobs.items()
        ]


def at_noc(lab: Lab, place: Path) -> Path:
    """Return a program that is this Python, run on the NOC's network."""
    program = place / "python"
    netns = lab.place.netns(NOC)
    program.write_text(f'#!/bin/sh\nexec ip netns exec {netns} {sys.executable} "$@"\n')
    program.chmod(0o755)
    return program


def _ours(lab: Lab, port: str, *, warm: bool) -> dict[str, Any]:
    lines = [one.format(port=port) for one in (_PARKED, _MOVED)]
    folder = str(lab.place.workspace)
    more = {"times": _TIMES, "warm": warm, "port": port}
    return {"folder": folder, "device": _SWITCH, "lines": lines, **more}


def _theirs(lab: Lab, port: str, place: Path, *, warm: bool) -> dict[str, Any]:
    folder = secrets_folder(lab.place)
    options = {
        "UserKnownHostsFile": folder.parent / "known_hosts",
        "GlobalKnownHostsFile": "/dev/null",
        "StrictHostKeyChecking": "yes",
        "IdentityFile": folder / "city",
        "IdentitiesOnly": "yes",
        "KexAlgorithms": "curve25519-sha256",
        "Ciphers": "aes128-gcm@openssh.com",
        "ControlPath": place / "master" if warm else "none",
    }
    words = [word for key, value in options.items() for word in ("-o", f"{key}={value}")]
    target = f"root@{lab.network.nodes[_SWITCH].address}"
    master = ["ssh", "-T", "-f", "-N", "-o", "ControlMaster=yes", *words, target] if warm else []
    scripts = [f"{FETCH}\n(\n{script}\n)\n{FETCH}" for script in _scripts(lab, port)]
    ssh = ["ssh", "-T", *words, target]
    return {"ssh": ssh, "scripts": scripts, "master": master, "times": _TIMES, "port": port}


def _scripts(lab: Lab, port: str) -> Iterator[str]:
    """Yield the scripts that Portvakt would send, there and back."""
    parked, moved = (one.format(port=port) for one in (_PARKED, _MOVED))
    for old, new in ((parked, moved), (moved, parked)):
        told = inside(lab.place, _SWITCH, "sh", stdin=FETCH)
        work = change(
            Snapshot.of(Output(0, told, "")), [Stanza("ports", "", (new,), "", (old,))], None
        )
        inside(lab.place, _SWITCH, "sh", stdin=work.script)
        yield work.script
