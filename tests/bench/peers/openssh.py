"""OpenSSH on one port of a real switch: the same read, transaction and read, in one `ssh`.

Knows nothing of Portvakt: the scripts are given.
"""

from __future__ import annotations

import subprocess
import sys
from typing import Any

from tests.bench.serving import Work, serve


def prepare(job: dict[str, Any]) -> Work:
    """Return the work: `job` has ssh (the command), scripts (two), master and times.

    `scripts` take turns. `master` is a command that opens
    a connection for all the others to share; without it each opens its own.
    """
    if job["master"]:
        subprocess.run(job["master"], check=True, stdin=subprocess.DEVNULL)  # noqa: S603 - given

    def work(_: str) -> None:
        for at in range(job["times"]):
            done = subprocess.run(  # noqa: S603 - given
                [*job["ssh"], "sh"],
                input=job["scripts"][at % 2],
                capture_output=True,
                text=True,
                check=True,
            )
            assert '"error"' not in done.stdout.replace('"error":["set",[]]', ""), done.stdout
            assert done.stderr == "", done.stderr

    return work


if __name__ == "__main__":
    serve(prepare)
    sys.exit(0)
