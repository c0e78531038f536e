"""Commands as the NOC gives them: on its network, with the lab's workspace."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Final

from tests.reallab.commands import Done, LabError, attempt, run, wait_for
from tests.reallab.lab import Lab
from tests.reallab.loaded import command
from tests.reallab.logins import secrets_folder, snmp_login
from tests.reallab.machine import on_network
from tests.reallab.topology import NOC

_ROOT: Final = Path(__file__).parents[2]
_LOADING: Final = 60.0


def portvakt(lab: Lab, *words: object) -> Done:
    """Run `portvakt` on the lab's workspace, from the NOC."""
    served = lab.place.folder / "portvakt.socket"
    if not served.exists():
        log = lab.place.folder / "portvakt.log"
        start = ("sh", "-c", 'exec "$@" </dev/null >>"$0" 2>&1', log)
        lab.place.run("setsid", "--fork", *start, *_python(lab, "tests.reallab.loaded", served))
        wait_for("portvakt to load", partial(_is_there, served, log), _LOADING)
    return command(served, ("-w", lab.place.workspace, *words))


def _is_there(served: Path, log: Path) -> bool:
    if log.exists() and (said := log.read_text(encoding="utf-8")):
        raise LabError(f"portvakt cannot be loaded: {said[-800:]}")
    return served.exists()


def _python(lab: Lab, module: str, *words: object) -> tuple[object, ...]:
    program = ("env", f"PYTHONPATH={_ROOT}", sys.executable, "-m", module)
    return on_network(lab.place, NOC, *program, *words)


@contextmanager
def receiving(lab: Lab) -> Iterator[None]:
    """Have `portvakt trap run` receive at the NOC for the length of the block.

    LabError where it does not begin, or does not end well when it is told to.
    """
    program = _python(lab, "automation", "-w", lab.place.workspace, "trap", "run", "-v")
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603 - ourselves
            [str(word) for word in program], stdin=subprocess.DEVNULL, stdout=said, stderr=said
        )
        try:
            wait_for("portvakt to receive", lambda: b"receiving on" in _text(said))
            yield
            process.terminate()
            if process.wait(timeout=10):
                raise LabError(f"portvakt trap run: {process.returncode}: {_text(said)!r}")
        finally:
            process.kill()
            process.wait()


def _text(said: IO[bytes]) -> bytes:
    said.seek(0)
    return said.read()


def walk(lab: Lab, name: str, oid: str) -> Mapping[str, str]:
    """Return what net-snmp's own client reads below a name, by the rest of the name."""
    node = lab.network.nodes[name]
    words = ("snmpbulkwalk", *snmp_login(lab.place, node.estate).words, "-Oqn", node.address, oid)
    lines = run(*on_network(lab.place, NOC, *words)).splitlines()
    below = (line.removeprefix(f".{oid}.") for line in lines if line.startswith(f".{oid}."))
    pairs = (line.partition(" ") for line in below)
    return {index: value.strip('"') for index, _, value in pairs}


def ssh(lab: Lab, name: str, command: str = "", stdin: str = "") -> Done:
    """Run a command on a managed node by OpenSSH: its host key is the known one, and the login
    that of its estate.
    """
    node = lab.network.nodes[name]
    folder = secrets_folder(lab.place)
    options = {
        "UserKnownHostsFile": folder.parent / "known_hosts",
        "GlobalKnownHostsFile": "/dev/null",
        "StrictHostKeyChecking": "yes",
        "ConnectTimeout": 2,
        "NumberOfPasswordPrompts": 1,
        "IdentityFile": folder / "city" if node.estate == "city" else "/dev/null",
        "IdentitiesOnly": "yes",
    }
    words = [word for key, value in options.items() for word in ("-o", f"{key}={value}")]
    asking = f"exec cat {folder}/mkb"
    program = ("env", f"SSH_ASKPASS={_askpass(lab, asking)}", "SSH_ASKPASS_REQUIRE=force")
    login = ("setsid", "-w", "ssh", "-T", *words, f"root@{node.address}", command)
    return attempt(*on_network(lab.place, NOC, *program, *login), stdin=stdin)


def _askpass(lab: Lab, asking: str) -> Path:
    """Return a program that says the password, as ssh(1) wants it."""
    program = lab.place.folder / "askpass.sh"
    program.touch(mode=0o700)
    program.write_text(f"#!/bin/sh\n{asking}\n", encoding="utf-8")
    return program
