"""The inside of a worker: waits for a word, does the work, says what it cost.

Runs in an environment that knows nothing of Portvakt: only the standard library here.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any, TextIO

from tests.bench import cpu

Work = Callable[[str], None]
"""Does the work once, with a tag in it that shows which round it was."""


def serve(prepare: Callable[[dict[str, Any]], Work]) -> None:
    """Read what to do from the first line, then do it once for each further line: its tag.

    Only the work is measured: interpreter and imports are paid once, before.
    """
    said = sys.stdout
    sys.stdout = sys.stderr  # libraries may print; only our own words go to the bench
    work = prepare(json.loads(sys.stdin.readline()))
    _say(said, {"ready": True})
    for line in sys.stdin:
        cpu_before, wall_before = cpu.own(), time.perf_counter()
        work(line.strip())
        wall, used = time.perf_counter() - wall_before, cpu.own() - cpu_before
        _say(said, {"wall": wall, "cpu": used})


def _say(said: TextIO, what: dict[str, Any]) -> None:
    said.write(json.dumps(what) + "\n")
    said.flush()
