"""Commands as the NOC gives them: on its network, with the lab's workspace."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from tests.reallab.commands import Done, attempt
from tests.reallab.lab import Lab
from tests.reallab.logins import secrets_folder
from tests.reallab.machine import on_network
from tests.reallab.topology import NOC

_ROOT: Final = Path(__file__).parents[2]


def portvakt(lab: Lab, *words: object) -> Done:
    """Run `portvakt` on the lab's workspace, from the NOC."""
    program = ("env", f"PYTHONPATH={_ROOT}", sys.executable, "-m", "automation")
    return attempt(*on_network(lab.place, NOC, *program, "-w", lab.place.workspace, *words))


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
