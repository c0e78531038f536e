"""Installs what the lab runs from Debian, without letting one of its daemons start."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.reallab.commands import LabError, run
from tests.reallab.needs import check_rights, missing_packages

POLICY: Final = Path("/usr/sbin/policy-rc.d")
LEFT: Final = "# Portvakt: while packages are installed. If none are being installed, remove it."
"""By this line one is known that a killed run left behind; .ci/run writes the same."""
_NONE_STARTS: Final = f"#!/bin/sh\n{LEFT}\nexit 101\n"
_APT: Final = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q")


def install() -> tuple[str, ...]:
    """Install the packages that are missing, and return them.

    Raises:
        LabError: not root, no apt-get here, or it did not work.
    """
    check_rights()
    packages = missing_packages()
    if not packages:
        return ()
    if shutil.which("apt-get") is None:
        raise LabError(f"no apt-get here; install what Debian calls {', '.join(packages)}")
    print("installing:", *packages, file=sys.stderr, flush=True)  # noqa: T201 - it takes a while
    run(*_APT, "update")
    with no_daemon_starts():
        run(*_APT, "install", "-y", "--no-install-recommends", *packages)
    return packages


@contextmanager
def no_daemon_starts(policy: Path = POLICY) -> Iterator[None]:
    """Forbid packages to start their daemons, for the length of the block.

    `policy` is the file that invoke-rc.d asks (its status 101 says no). One that is there
    already is the machine's own and stays as it is, unless a run that was killed left it.
    """
    if policy.exists() and LEFT not in policy.read_text("utf-8", "replace").splitlines():
        yield
        return
    policy.write_text(_NONE_STARTS, encoding="utf-8")
    policy.chmod(0o755)
    try:
        yield
    finally:
        policy.unlink()
