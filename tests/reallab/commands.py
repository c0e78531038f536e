"""Runs a program with nothing inherited, and says why when it fails."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/frr"
"""Where Debian has the programs of a lab; not all of it is on everybody's path."""
T = TypeVar("T")
_POLL = 0.05


class LabError(Exception):
    """The lab cannot do what was asked; the text says what to do about it."""


@dataclass(frozen=True, slots=True)
class Done:
    """How a program ended: its exit status and what it printed."""

    code: int
    out: str
    err: str


def attempt(
    *command: object, stdin: str = "", environment: Mapping[str, str] | None = None
) -> Done:
    """Run a program to its end, whatever that is; `environment` stands beside our own."""
    words = [str(word) for word in command]
    done = subprocess.run(  # noqa: S603 - the lab's own commands
        words,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PATH": f"{os.environ.get('PATH', '')}:{PATH}", **(environment or {})},
    )
    return Done(done.returncode, done.stdout, done.stderr)


def run(*command: object, stdin: str = "", environment: Mapping[str, str] | None = None) -> str:
    """Return what a program prints, or raise LabError with its last words."""
    done = attempt(*command, stdin=stdin, environment=environment)
    if done.code:
        words = " ".join(str(word) for word in command)
        raise LabError(f"{words}: exit status {done.code}: {(done.err or done.out).strip()[-800:]}")
    return done.out


def wait_for(what: str, look: Callable[[], T | None], seconds: float = 15.0) -> T:
    """Return the first answer of `look` that is true, or raise LabError after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        answer = look()
        if answer:
            return answer
        if time.monotonic() > end:
            raise LabError(f"waited {seconds:g} s in vain for: {what}")
        time.sleep(_POLL)
