"""A clock that logind would end with the login that began it is not begun; nor is the change."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from automation.platforms.openvswitch.change import calling

pytestmark = pytest.mark.openvswitch
ROOT = 'as 1 "root"'


def stand_in(folder: Path, program: str, text: str) -> None:
    place = folder / program
    place.write_text(f"#!/bin/sh\n{text}\n")
    place.chmod(0o755)


def changed(folder: Path, answer: Sequence[str], user: str = "oper", session: str = "7") -> str:
    """Begin a timed change as `user`; return what the switch says first.

    logind answers as busctl(1) prints it: whether it kills, only whom, and whom not.
    """
    said = "\n".join(answer)
    stand_in(folder, "busctl", f"cat <<'EOF'\n{said}\nEOF" if answer else "exit 1")
    stand_in(folder, "id", f"echo {user}")
    stand_in(folder, "ovsdb-client", "echo sent >&2; exit 1")
    stand_in(folder, "setsid", "echo ready")
    done = subprocess.run(  # noqa: S603 - the switch's own shell
        [str(shutil.which("sh"))],
        input=calling("pv_change", "[]", "60", "token", "", "swp1"),
        env={"PATH": f"{folder}:/usr/bin:/bin", "XDG_SESSION_ID": session},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    "answer",
    [
        ("b true", "as 0", ROOT),
        ("b true", "as 0", "as 0"),
        ("b true", 'as 1 "oper"', ROOT),
        ("b false", 'as 2 "guest" "oper"', ROOT),
        ("b true", "as 0", 'as 1 "operator"'),
        ("b true", 'as 2 "root" "oper"', "as 0"),
    ],
)
def test_where_logind_would_end_the_clock_nothing_is_sent(
    tmp_path: Path, answer: Sequence[str]
) -> None:
    (said,) = json.loads(changed(tmp_path, answer))
    assert said == {
        "error": "the clock does not run",
        "details": (
            "systemd-logind would end it with this session: name root and oper in KillExcludeUsers"
        ),
    }


@pytest.mark.parametrize(
    "answer",
    [
        ("b false", "as 0", ROOT),
        ("b true", "as 0", 'as 2 "root" "oper"'),
        ("b true", 'as 1 "guest"', ROOT),
        ("b true", 'as 1 "oper"', 'as 1 "oper"'),
        (),
    ],
)
def test_where_it_would_not_the_change_goes_its_way(tmp_path: Path, answer: Sequence[str]) -> None:
    assert changed(tmp_path, answer) == "sent\n"


@pytest.mark.parametrize(
    ("answer", "user", "session"),
    [
        (("b true", "as 0", ROOT), "root", "7"),
        (("b true", "as 0", "as 0"), "root", "7"),
        (("b true", 'as 1 "root"', "as 0"), "root", "7"),
        (("b false", "as 0", 'as 1 "oper"'), "root", "7"),
        (("b true", "as 0", ROOT), "oper", ""),
    ],
)
def test_root_is_spared_as_systemd_comes_and_so_is_who_has_no_session_of_logind(
    tmp_path: Path, answer: Sequence[str], user: str, session: str
) -> None:
    assert changed(tmp_path, answer, user, session) == "sent\n"


@pytest.mark.parametrize(
    "answer", [("b true", "as 0", 'as 1 "oper"'), ("b false", 'as 1 "root"', 'as 1 "oper"')]
)
def test_root_is_not_spared_where_only_others_are(tmp_path: Path, answer: Sequence[str]) -> None:
    (said,) = json.loads(changed(tmp_path, answer, "root"))
    assert said["details"].endswith("with this session: name root in KillExcludeUsers")
