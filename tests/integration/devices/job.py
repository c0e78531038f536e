"""Jobs on a device that takes transactions: the command, and what the device was asked for."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from automation.model import Output
from tests.integration.devices import fake
from tests.integration.devices.desk import Desk
from tests.integration.devices.fake import Rack, Then
from tests.integration.openvswitch.workspace import OneSwitch

LOGIN = f'username = "{fake.USER}"\npassword = {{command = ["printf", "{fake.PASSWORD}"]}}'


class Job:
    """A workspace whose one device is a desk."""

    def __init__(self, rack: Rack, folder: Path) -> None:
        self.desk = Desk(rack, folder)
        self.desk.listen()
        port = self.desk.device
        (key,) = self.desk.hostkeys.list()
        self.workspace = OneSwitch(folder, port, LOGIN, key.kind, key.key)

    def run(self, *instead: Output | Then | None) -> dict[str, object]:
        """Run the playbook; `instead` are the answers to its scripts."""
        self.desk.instead = [*instead]
        return self.workspace.run()

    @property
    def verbs(self) -> Sequence[str]:
        """What each script asked for."""
        last = (script.splitlines()[-1].split()[0] for script in self.desk.scripts)
        return ["fetch" if verb == "done" else verb for verb in last]

    @property
    def clock(self) -> str:
        """Return how many seconds the last change was to wait for its proof, or ""."""
        (change,) = (
            one for one in self.desk.scripts if one.splitlines()[-1].startswith("pv_change ")
        )
        return shlex.split(change.splitlines()[-1])[2]
