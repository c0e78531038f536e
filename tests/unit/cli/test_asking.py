"""Nothing is changed without a yes, typed as `-y` or at a terminal."""

from __future__ import annotations

import io
import sys

import pytest
import typer

from automation.cli.asking import can_ask, go_on
from automation.errors import UsageError


def _terminal(monkeypatch: pytest.MonkeyPatch, *, stdin: bool, stderr: bool) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: stdin)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: stderr)


@pytest.mark.parametrize(
    ("yes", "stdin", "stderr", "allowed"),
    [
        (True, False, False, True),
        (True, True, True, True),
        (False, True, True, True),
        (False, True, False, False),
        (False, False, True, False),
        (False, False, False, False),
    ],
)
def test_who_can_be_asked(
    yes: bool, stdin: bool, stderr: bool, allowed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    _terminal(monkeypatch, stdin=stdin, stderr=stderr)
    if allowed:
        can_ask(yes)
    else:
        with pytest.raises(UsageError, match="no -y"):
            can_ask(yes)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        *(("y\n", None), ("yes\n", None), (" Y \n", None)),
        *(("n\n", 130), ("\n", 130), ("", 130), ("yesterday\n", 130)),
    ],
)
def test_any_answer_but_yes_ends_the_command(
    answer: str,
    code: int | None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
    _terminal(monkeypatch, stdin=True, stderr=True)
    if code is None:
        go_on("Sure?", yes=False)
    else:
        with pytest.raises(typer.Exit) as end:
            go_on("Sure?", yes=False)
        assert end.value.exit_code == code
    written = capsys.readouterr()
    assert written.err.startswith("Sure? [y/N]: ")
    assert ("Nothing was done." in written.err) is (code is not None)
    assert written.out == ""


def test_yes_asks_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    go_on("Sure?", yes=True)
    assert capsys.readouterr() == ("", "")
