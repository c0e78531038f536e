"""What processes cost: CPU of this one and of others, and the most memory they held.

Linux only: it reads /proc, whose files proc(5) explains.
"""

from __future__ import annotations

import resource
from pathlib import Path

_NANO = 1e-9


def own() -> float:
    """Return the CPU-seconds, user and system, of this process and of children it waited for."""
    every = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in every)


def of_process(pid: int) -> float:
    """Return the CPU-seconds of a process that still runs, to the nanosecond.

    `stat` counts in hundredths, which is more than a whole session costs.
    """
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) * _NANO


def peak_megabytes(pid: int) -> float:
    """Return the most memory that a process that still runs has held in RAM, in 10^6 bytes."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    kibibytes = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(kibibytes.split()[1]) * 1024 / 1e6


def children(pid: int) -> list[int]:
    """Return the processes whose parent is `pid`."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
            continue
        if int(fields[1]) == pid:
            found.append(int(stat.parent.name))
    return found
