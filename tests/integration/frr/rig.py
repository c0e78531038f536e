"""A real router without a right: FRR's daemons and vtysh, in namespaces of their own.

zebra, bgpd, ospfd, staticd and vtysh are the real ones. A user namespace makes whoever runs the
tests root over a network of nothing but cables to nowhere; the machine is not touched. That two
routers speak with each other, and that OpenSSH lets in to vtysh, is shown by tests/reallab.
"""

from __future__ import annotations

import json
import os
import re
import select
import shutil
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from automation import platforms
from automation.devices.in_force import marked
from automation.devices.steps import steps
from automation.model import Stanza

PLATFORM: Final = platforms.get("frr")
DAEMONS: Final = ("zebra", "bgpd", "ospfd", "staticd")
_PATH: Final = "/usr/lib/frr:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_PROGRAMS: Final = (*DAEMONS, "vtysh", "ip", "unshare", "nsenter", "setpriv")
_PROMPT: Final = re.compile(r"(?:^|\n)([\w.-]+(?:\([\w-]+\))?#) ?$")
_PATIENCE: Final = 20.0
_BOOT: Final = """\
set -e
cd "$1"; shift
hostname router
mkdir etc
echo hostname router >etc/frr.conf
echo service integrated-vtysh-config >etc/vtysh.conf
printf 'root:x:0:0::/:/bin/sh\\nfrr:x:0:0::/:/bin/sh\\n' >passwd
printf 'root:x:0:\\nfrr:x:0:\\nfrrvty:x:0:root,frr\\n' >group
mount --bind passwd /etc/passwd
mount --bind group /etc/group
mount --bind etc /etc/frr
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /var/tmp
mkdir /run/frr
ip link set lo up
for port; do
  ip link add "$port" type veth peer name "$port.far"
  ip link set "$port.far" up
done
echo 1 >/proc/sys/net/ipv4/ip_forward
for daemon in zebra bgpd ospfd staticd; do
  "$daemon" -d -u root -g root -A 127.0.0.1 --log "file:$PWD/$daemon.log" 2>>daemons.log
done
vtysh -b >>daemons.log 2>&1
vtysh
"""


def missing() -> list[str]:
    """Return the programs that are not installed."""
    return [name for name in _PROGRAMS if shutil.which(name, path=_PATH) is None]


@dataclass
class Router:
    """One router, at whose console we sit; its files are in a folder of its own."""

    folder: Path
    ports: tuple[str, ...]
    prompt: str = ""
    _process: subprocess.Popen[bytes] = field(init=False, repr=False)

    def up(self) -> None:
        """Start the router and wait for its prompt."""
        namespaces = ("--user", "--map-root-user", "--net", "--uts", "--mount", "--pid")
        self._process = subprocess.Popen(  # noqa: S603 - the router's own programs
            [
                str(shutil.which("unshare", path=_PATH)),
                *(*namespaces, "--mount-proc", "--fork", "--kill-child"),
                *("/bin/sh", "-c", _BOOT, "router", str(self.folder), *self.ports),
            ],
            env={"PATH": _PATH, "LC_ALL": "C", "TERM": "dumb", "COLUMNS": "500"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self._until_prompt()

    def down(self) -> None:
        """Switch the router off: with the first process of its namespace all the others go."""
        self._process.kill()
        self._process.communicate()

    def enter(self, line: str) -> str:
        """Type a line and return what the router says to it, from after its echo."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n".encode())
        self._process.stdin.flush()
        said = self._until_prompt()
        echo, _, rest = said.partition("\n")
        assert echo.strip() == line.strip(), f"typed {line!r}, and the router shows {said!r}"
        return rest.strip("\n")

    def type(self, *lines: str) -> None:
        """Type lines by hand in configuration mode; none of them is refused."""
        self.enter("configure terminal")
        refused = [f"{line}: {said}" for line in lines if (said := self.enter(line))]
        self.enter("end")
        assert refused == []

    def inside(self, *words: str) -> str:
        """Return what a program prints on the router, past its command line."""
        done = self.run(*words)
        assert done.returncode == 0, f"{words}: {done.stderr}"
        return done.stdout

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a program on the router, past its command line, however it ends."""
        unshare = self._process.pid
        init = Path(f"/proc/{unshare}/task/{unshare}/children").read_text().split()[0]
        return subprocess.run(  # noqa: S603 - the router's own programs
            [
                str(shutil.which("nsenter", path=_PATH)),
                *("--target", init, "--user", "--net", "--mount", "--preserve-credentials"),
                *words,
            ],
            env={"PATH": _PATH, "LC_ALL": "C"},
            capture_output=True,
            text=True,
            check=False,
        )

    def running(self) -> str:
        """Return the running configuration, in whatever mode we are."""
        return self.enter("do show running-config" if "(" in self.prompt else "show running-config")

    def fetched(self) -> str:
        """Return the running configuration as a session does: marked where it is not in force."""
        how = PLATFORM.cli.in_force
        assert how is not None
        end = time.monotonic() + how.patience
        while True:
            running = self.running()
            text = marked(how, running, self.enter(how.command))
            if text == running or time.monotonic() > end:
                return text
            time.sleep(0.1)

    def addresses(self) -> frozenset[str]:
        """Return the IPv4 addresses that the kernel has: `eth1 192.0.2.1/24`."""
        shown = self.inside("ip", "-j", "-4", "addr", "show", "scope", "global")
        return frozenset(
            f"{link['ifname']} {one['local']}/{one['prefixlen']}"
            for link in json.loads(shown)
            for one in link["addr_info"]
            if one  # of other links there are empty ones
        )

    def send(
        self, stanzas: Iterable[Stanza], after_each: Callable[[str], None] | None = None
    ) -> list[str]:
        """Enter the stanzas' lines as a session would; stop at the first that is not accepted.

        Return what was said to it, or at which prompt it left us instead of its mode's.
        """
        cli = PLATFORM.cli
        strange: list[str] = []
        self.enter(cli.enter)
        for step in steps(tuple(stanzas), cli):
            said = self.enter(step.line)
            strange += [f"{step.line}: {said}"] if said else []
            if not re.fullmatch(step.prompt.replace("{host}", r"[\w-]+"), self.prompt):
                strange.append(f"{step.line}: stands at {self.prompt}")
            if strange:
                break
            if after_each is not None and not step.leaves:
                after_each(step.line)
        self.enter(cli.leave)
        return strange

    def _until_prompt(self) -> str:
        """Read up to the next prompt, and return what came before it."""
        assert self._process.stdout is not None
        handle, data, end = self._process.stdout.fileno(), b"", time.monotonic() + _PATIENCE
        while not (found := _PROMPT.search(data.decode().replace("\r", ""))):
            ready, _, _ = select.select([handle], [], [], max(0.0, end - time.monotonic()))
            piece = os.read(handle, 65536) if ready else b""
            assert piece, f"no prompt; the router wrote {data.decode()!r}"
            data += piece
        self.prompt = found[1]
        return found.string[: found.start()]
