"""`portvakt`, loaded once at the NOC: each command is a process of its own that forks from there.

Loading it takes most of a second, and the proofs give a hundred commands. From its words to its
exit status a command is the one that a shell starts.

    python -m tests.reallab.loaded SOCKET     at the NOC; serves until it is killed
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from automation import cli, playbook, tasks
from automation.__main__ import main
from tests.reallab.commands import Done, LabError

_LONGEST = 65536


def command(path: Path, words: Sequence[object]) -> Done:
    """Give a command to who serves at `path`, and wait for its end.

    Raises:
        ConnectionError, FileNotFoundError: nobody serves there.
        LabError: a signal ended the command.
    """
    with (
        socket.socket(socket.AF_UNIX) as asking,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
    ):
        asking.connect(str(path))
        said = json.dumps([str(word) for word in words]).encode()
        socket.send_fds(asking, [said], [out.fileno(), err.fileno()])
        status = os.waitstatus_to_exitcode(int(asking.recv(_LONGEST)))
        out.seek(0)
        err.seek(0)
        done = Done(status, out.read().decode(), err.read().decode())
    if done.code < 0:
        raise LabError(f"portvakt was killed by signal {-done.code}: {done.err[-300:]}")
    return done


def _load() -> None:
    """Import what commands import when they are run."""
    for room in (cli, playbook, tasks):
        for module in iter_modules(room.__path__, f"{room.__name__}."):
            import_module(module.name)


def _given(path: Path) -> list[str]:
    """Serve, and return once for each command: its words, in the process that is to run it."""
    listening = socket.socket(socket.AF_UNIX)
    new = path.with_suffix(".new")
    listening.bind(str(new))
    listening.listen()
    new.rename(path)  # whoever sees it is heard
    while True:
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        asking, _ = listening.accept()
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            listening.close()
            return _run(asking)
        asking.close()


def _run(asking: socket.socket) -> list[str]:
    """Return the words of one command in a new process; tell, in this one, how that ended."""
    said, (out, err), _, _ = socket.recv_fds(asking, _LONGEST, 2)
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        asking.send(str(status).encode())
        os._exit(0)
    asking.close()
    for given, own in ((out, 1), (err, 2)):
        os.dup2(given, own)
        os.close(given)
    words: list[str] = json.loads(said)
    return words


if __name__ == "__main__":
    _load()
    sys.argv[1:] = _given(Path(sys.argv[1]))
    main()
