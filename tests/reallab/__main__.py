"""The real lab by hand: python -m tests.reallab up|down|status|install."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from tests.reallab.commands import LabError
from tests.reallab.debian import install
from tests.reallab.lab import Lab, find, raise_to_stay, take_down
from tests.reallab.lifetime import owner_is_gone
from tests.reallab.machine import is_on
from tests.reallab.place import Place
from tests.reallab.teardown import traces
from tests.reallab.topology import NOC, SIZES

MARK = "pvlab"
_TRY = """
A shell at the NOC, where portvakt reaches every switch and router:
  ip netns exec {noc} env PATH={programs}:$PATH bash
  cd {workspace}
  portvakt inventory check
  portvakt port import ports.csv
  portvakt run provision-access -C -D
  portvakt run provision-core -y
  portvakt run provision-access -y
  portvakt run provision-transport -y
  portvakt poll once              # every port's counters, over SNMP; again, for rates
  portvakt poll show city-acc-001

What the switches report, in the same shell; Ctrl-C ends it:
  portvakt trap run -v            # and in another shell: ip -n {mark}-cpe-a link set wan down
  portvakt trap show

As the customer cpe-a, behind city-acc-001 swp1 (port and provider: ports.csv):
  ip netns exec {mark}-cpe-a busybox udhcpc -f -n -q -i wan -s {folder}/udhcpc.sh
  ip netns exec {mark}-cpe-a ping -c 3 10.11.1.1

A switch's own words, past Portvakt:
  ip netns exec {noc} ssh -i {workspace}/.portvakt/secrets/city \\
    -o UserKnownHostsFile={workspace}/.portvakt/known_hosts root@10.254.0.11 ovs-vsctl show

Take it down: make reallab-down"""


def main(words: list[str]) -> int:
    """Do what the command line says; 0 as asked, 1 with the reason on stderr."""
    parser = argparse.ArgumentParser(prog="python -m tests.reallab", description=__doc__)
    parser.add_argument("verb", choices=tuple(_VERBS))
    parser.add_argument("--size", choices=SIZES, default="small")
    parser.add_argument("--mark", default=MARK, help="the name of the lab; default %(default)s")
    asked = parser.parse_args(words)
    try:
        return _VERBS[asked.verb](asked)
    except LabError as error:
        print(f"reallab: {error}", file=sys.stderr)  # noqa: T201 - a command's own output
        return 1


def _up(asked: argparse.Namespace) -> int:
    began = time.monotonic()
    lab = raise_to_stay(SIZES[asked.size], asked.mark)
    took = time.monotonic() - began
    nodes = len(lab.network.nodes)
    _say(f"The lab {asked.mark!r} stands: {nodes} machines, {took:.1f} s.")
    _say(hints(lab))
    return 0


def hints(lab: Lab) -> str:
    """Return the commands to try in a lab that stands."""
    place = lab.place
    return _TRY.format(
        noc=place.netns(NOC),
        workspace=place.workspace,
        folder=place.folder,
        mark=place.mark,
        programs=Path(sys.executable).parent,
    )


def _down(asked: argparse.Namespace) -> int:
    take_down(asked.mark)
    left = traces(Place(asked.mark))
    _say("\n".join(left) or f"Nothing is left of the lab {asked.mark!r}.")
    return 1 if left else 0


def _status(asked: argparse.Namespace) -> int:
    lab = find(asked.mark)
    for node in lab.network.nodes.values():
        if node.has_daemons:
            _say(
                f"{node.name:14} {node.address:12} {'on' if is_on(lab.place, node.name) else 'off'}"
            )
    return 0


def _install(_: argparse.Namespace) -> int:
    if packages := install():
        _say(f"Installed {', '.join(packages)}. No daemon was started; at its next boot this")
        _say("machine would start those that Debian enables: see systemctl disable.")
    return 0


def _warden(asked: argparse.Namespace) -> int:
    if owner_is_gone():
        take_down(asked.mark, patience=60.0)
    return 0


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - a command's own output


_VERBS: Final[Mapping[str, Callable[[argparse.Namespace], int]]] = {
    "up": _up,
    "down": _down,
    "status": _status,
    "install": _install,
    "warden": _warden,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
