"""Starts the process that serves a lab, and leaves none behind where that does not come to its end.

The server and the process that waits for it are one session, whose id is known before either
runs: whatever interrupts the start can end both. The write end of a pipe, which both inherit
and nobody writes to, tells when they are gone.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import threading
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from automation.errors import UsageError
from automation.lab.terminal import Pace

_ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0
"""Seconds that a lab gets to start, or to stop."""
_GRACE = 5.0
"""Seconds that a lab gets to end that is not to start after all."""
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)


def start(folder: Path, pace: Pace) -> None:
    """Start the server of the lab in `folder`; return when it listens at every address.

    Raises:
        UsageError: it did not start; the message says why, and nothing of it runs.
    """
    log = folder / ".portvakt" / "lab.log"
    log.write_text("", encoding="utf-8")
    over, life = os.pipe()
    begun: Future[subprocess.Popen[bytes]] = Future()
    starter = threading.Thread(target=_begin, args=(folder, pace, life, begun))
    try:
        starter.start()
        process = begun.result()
        _, said = process.communicate(timeout=PATIENCE)
    except BaseException:
        if starter.ident is not None:
            _end(begun.result(), over)
        raise
    finally:
        os.close(over)
    if process.returncode:
        words = (said.decode() + log.read_text(encoding="utf-8")).strip().splitlines()
        raise UsageError(f"the lab did not start: {words[-1] if words else 'no reason given'}")


def _begin(folder: Path, pace: Pace, life: int, begun: Future[subprocess.Popen[bytes]]) -> None:
    """Begin the process, in a thread of its own: an interrupt never falls between fork and pid."""
    try:
        begun.set_result(_begun(folder, pace, life))
    except Exception as error:  # noqa: BLE001 - `result` raises it, where somebody waits
        begun.set_exception(error)
    finally:
        os.close(life)


def _begun(folder: Path, pace: Pace, life: int) -> subprocess.Popen[bytes]:
    """Return the process that waits until the server is ready."""
    command = [sys.executable, "-m", "automation.lab.server", str(folder.resolve())]
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
    return subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [*command, json.dumps(asdict(pace))],
        env={**os.environ, "PYTHONPATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
        pass_fds=(life,),
    )


def _end(process: subprocess.Popen[bytes], over: int) -> None:
    """End a start that was cut short; return when nothing of it runs.

    An interrupt first: on it Python puts away what it has begun, temporary files, too.
    """
    for number in _ENDING:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        gone, _, _ = select.select([over], [], [], _GRACE)
        if gone:
            break
    process.communicate()
