"""net-snmp's command line tools against the twin: the most used SNMP client reads its agents."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from automation import lab
from automation.lab.files import address

V2C = ("-v2c", "-c", "lab-snmp-read")


@dataclass(frozen=True)
class Done:
    """How a tool ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def values(self) -> list[str]:
        """The lines of values."""
        return self.out.splitlines()


@dataclass(frozen=True)
class NetSnmp:
    """The tools, and a lab for them to read."""

    folder: Path
    home: Path

    def run(self, tool: str, device: str, *arguments: str, how: tuple[str, ...] = V2C) -> Done:
        """Run a tool on a device; the values are printed bare, the names as numbers."""
        program = shutil.which(tool)
        if program is None:
            pytest.fail(f"net-snmp's {tool} is missing: apt-get install snmp")
        plan = lab.read_plan(self.folder)
        names = [one.name for one in plan.fleet()]
        where = f"{address(plan.network, names.index(device))}:{plan.port}"
        # What it remembers of engines and finds of MIBs on a machine must not matter.
        own = {"MIBS": "", "SNMPCONFPATH": str(self.home), "SNMP_PERSISTENT_DIR": str(self.home)}
        done = subprocess.run(  # noqa: S603 - a tool that we looked up
            [program, *how, "-t", "1", "-r", "1", "-OnU", where, *arguments],
            capture_output=True,
            text=True,
            errors="replace",
            env={**os.environ, **own},
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NetSnmp]:
    folder = tmp_path_factory.mktemp("netsnmp") / "lab"
    lab.write_workspace(folder, "city")
    lab.up(folder)
    home = tmp_path_factory.mktemp("home")
    (home / "cert_indexes").mkdir()  # else the first tool that is run says that it made it
    try:
        yield NetSnmp(folder, home)
    finally:
        lab.down(folder)
