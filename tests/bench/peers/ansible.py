"""`ansible-playbook` with `cisco.ios`, run as a program from an environment of its own.

Ansible is GPL-3.0: nothing here imports it. It keeps its shipped defaults (five forks) but for
what would ask a person or write outside our folder, and for two timeouts: it waits 0.1 s after
each prompt, so that 288 lines do not fit into the 30 s that it gives a task. It gets a hundredth of
the one and four times the other here, which costs it no CPU.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench import program

Task = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ansible:
    """An `ansible-playbook` (path `binary`) in `folder`, against devices from `twins.addresses`."""

    binary: Path
    folder: Path
    devices: Sequence[Mapping[str, Any]]

    def play(self, tasks: Sequence[Task]) -> program.Ended:
        """Run `tasks` on every device; raises ProgramError when one of them fails."""
        self.folder.mkdir(exist_ok=True)
        play = [{"hosts": "all", "gather_facts": False, "tasks": tasks}]
        (self.folder / "play.json").write_text(json.dumps(play), encoding="utf-8")
        (self.folder / "hosts.json").write_text(json.dumps(self._inventory()), encoding="utf-8")
        home = str(self.folder)
        return program.run(
            [str(self.binary), "-i", "hosts.json", "play.json"],
            self.folder,
            {
                "HOME": home,
                "ANSIBLE_HOME": home,
                "ANSIBLE_PERSISTENT_CONTROL_PATH_DIR": f"{home}/pc",
                "ANSIBLE_PERSISTENT_BUFFER_READ_TIMEOUT": "0.001",
                "ANSIBLE_PERSISTENT_COMMAND_TIMEOUT": "120",
                "ANSIBLE_HOST_KEY_CHECKING": "False",
                "ANSIBLE_NOCOLOR": "1",
                "PATH": f"{self.binary.parent}:/usr/bin:/bin",
            },
        )

    def _inventory(self) -> dict[str, Any]:
        shared = {
            "ansible_connection": "ansible.netcommon.network_cli",
            "ansible_network_os": "cisco.ios.ios",
            "ansible_python_interpreter": str(self.binary.parent / "python"),
        }
        hosts = {
            device["name"]: {
                "ansible_host": device["host"],
                "ansible_port": device["port"],
                "ansible_user": device["username"],
                "ansible_password": device["password"],
            }
            for device in self.devices
        }
        return {"all": {"vars": shared, "hosts": hosts}}


def lines(source: str, *, match: str, save: str) -> Task:
    """Return the task that sends the configuration in the file `source`.

    `match` none sends every line, line those that are missing; `save` is `save_when`.
    """
    arguments = {"src": source, "match": match, "save_when": save}
    return {"name": "configure", "cisco.ios.ios_config": arguments}


def read_back() -> Task:
    """Return the task that reads the running configuration."""
    return {"name": "read back", "cisco.ios.ios_command": {"commands": ["show running-config"]}}
