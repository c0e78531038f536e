"""Runs the lab's relay agent beside a switch."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.reallab.commands import LabError
from tests.reallab.lab import Lab
from tests.reallab.machine import inside
from tests.reallab.processes import init_of
from tests.reallab.relay import COOKIE

_ROOT = Path(__file__).parents[3]


@contextmanager
def relaying(lab: Lab, switch: str, *ports: str) -> Iterator[None]:
    """Have a switch's DHCP clients relayed, with option 82, for the length of the block."""
    init = init_of(lab.place.netns(switch))
    sockets = f"/proc/{init}/root/run/openvswitch"
    process = subprocess.Popen(  # noqa: S603 - ourselves, on the switch's network
        [
            *("nsenter", "-t", str(init), "-n", "-u", sys.executable),
            *("-m", "tests.reallab.relay", switch, sockets, *ports),
        ],
        cwd=_ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        if process.stdout.readline() != b"relaying\n":
            raise LabError(f"the relay of {switch} did not begin; see its words above")
        yield
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        inside(lab.place, switch, "ovs-ofctl", "del-flows", "br0", f"cookie={COOKIE}/-1")
