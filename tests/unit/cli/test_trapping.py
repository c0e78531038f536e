"""What a receiver of traps writes of what it does not believe."""

from __future__ import annotations

import pytest

from automation.cli.trapping import _Log
from automation.model import Rejected
from automation.tasks.traps import News

WHY = "our own fault: ValueError in named (seen.py:51)"
REJECTED = Rejected("sw-1", WHY, 1, 0.0, 0.0)


def _fault() -> Exception:
    try:
        raise ValueError("said by a device: \x1b[2J")
    except ValueError as error:
        return error


@pytest.mark.parametrize("verbose", [False, True])
def test_a_fault_of_ours_is_said_when_its_count_has_doubled(
    capsys: pytest.CaptureFixture[str], verbose: bool
) -> None:
    log, fault = _Log(verbose), _fault()
    for _ in range(5):
        log.news(News(rejected=(REJECTED,), own={WHY: fault}))
    said = capsys.readouterr().err
    assert [line for line in said.splitlines() if "not believed" in line] == [
        f"not believed: {count} from sw-1: {WHY}" for count in (1, 2, 4)
    ]
    assert said.count("Traceback") == (3 if verbose else 0)
    assert said.count("ValueError: said by a device: [2J") == (3 if verbose else 0)
    assert "\x1b" not in said


def test_what_is_no_fault_of_ours_has_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    _Log(verbose=True).news(News(rejected=(REJECTED,)))
    assert capsys.readouterr().err == f"not believed: 1 from sw-1: {WHY}\n"
