"""Runs one program and writes down what it cost, with all that it started.

`python -m tests.bench.launch REPORT PROGRAM ARGUMENT…`

Some programs leave processes behind that are no longer their children (`ansible-connection`
detaches, one a host). So the launcher makes itself the parent of all orphans below it
(PR_SET_CHILD_SUBREAPER, prctl(2)), ends those that are left when the program has ended, and
waits for each: then the kernel's own account of waited-for children holds them all.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.bench import cpu

_SUBREAPER = 36
_PATIENCE = 10.0


def main(report: str, command: list[str]) -> int:
    if ctypes.CDLL(None, use_errno=True).prctl(_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")
    started = time.perf_counter()
    program = subprocess.Popen(command)  # noqa: S603 - what the bench asks for
    _, status, used = os.wait4(program.pid, 0)
    wall = time.perf_counter() - started
    program.returncode = code = os.waitstatus_to_exitcode(status)
    left = _end_the_rest()
    all_of_them = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = {
        "wall": wall,
        "cpu": all_of_them.ru_utime + all_of_them.ru_stime,
        "peak_mb": used.ru_maxrss * 1024 / 1e6,
        "left_behind": left,
        "code": code,
    }
    Path(report).write_text(json.dumps(found), encoding="utf-8")
    return code


def _end_the_rest() -> int:
    """End and wait for all that the program left behind; return how many processes that was."""
    ended = 0
    until = time.monotonic() + _PATIENCE
    while left := cpu.children(os.getpid()):
        for pid in left:
            os.kill(pid, signal.SIGTERM if time.monotonic() < until else signal.SIGKILL)
        ended += _waited(left)
    return ended


def _waited(pids: list[int]) -> int:
    """Give `pids` a moment to end; return how many did."""
    time.sleep(0.05)
    return sum(1 for pid in pids if os.waitpid(pid, os.WNOHANG)[0])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
