"""How a command ends: its exit code, and one line about why."""

from __future__ import annotations

import sys

import pytest
import typer

from automation import __version__, workspace
from automation.cli.app import main
from automation.errors import (
    AlreadyRunning,
    BadInput,
    CannotListen,
    CredentialError,
    DeviceError,
    Fault,
    PlanError,
    PortvaktError,
    SafeFailed,
    StoreFailed,
    UsageError,
    WorkspaceError,
)

ENDINGS: list[tuple[BaseException, int, str]] = [
    (PortvaktError("it broke"), 1, "it broke\n"),
    (UsageError("not so"), 2, "not so\n"),
    (BadInput([Fault("a.yaml", "x", 3), Fault("b.yaml", "y", 1)]), 2, "a.yaml:3: x\nb.yaml:1: y\n"),
    (WorkspaceError("none"), 2, "none\n"),
    (PlanError("edited"), 2, "edited\n"),
    (CredentialError("no NAME"), 2, "no NAME\n"),
    (SafeFailed("locked"), 1, "locked\n"),
    (StoreFailed("full"), 1, "full\n"),
    (CannotListen("not there"), 1, "not there\n"),
    (DeviceError("silent\x1b[2J"), 3, "silent[2J\n"),
    (AlreadyRunning("busy"), 75, "busy\n"),
    (ValueError("odd"), 1, "our own fault: ValueError: odd\n"),
    (AssertionError("2 are not 3"), 1, "our own fault: AssertionError: 2 are not 3\n"),
    (KeyboardInterrupt(), 130, ""),
    (typer.Exit(3), 3, ""),
]


def _raising(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the body of `portvakt init` raise `error`."""

    def init(folder: object) -> None:
        raise error

    monkeypatch.setattr(workspace, "init", init)


@pytest.mark.parametrize(("error", "code", "said"), ENDINGS, ids=[repr(one[0]) for one in ENDINGS])
def test_each_error_has_its_exit_code_and_its_words(
    error: BaseException,
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _raising(error, monkeypatch)
    assert main(["init", "somewhere"]) == code
    assert capsys.readouterr() == ("", said)


@pytest.mark.parametrize(
    ("error", "traced"), [(ValueError("odd"), True), (UsageError("not so"), False)]
)
def test_verbose_shows_the_traceback_of_what_nobody_meant(
    error: Exception,
    traced: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _raising(error, monkeypatch)
    main(["-v", "init", "somewhere"])
    assert ("Traceback" in capsys.readouterr().err) is traced


@pytest.mark.parametrize(
    ("arguments", "code", "stream", "said"),
    [
        (["--version"], 0, "out", f"portvakt {__version__}\n"),
        (["--help"], 0, "out", "Usage: portvakt"),
        (["run", "-h"], 0, "out", "Example: portvakt run"),
        ([], 2, "err", "Usage: portvakt"),
        (["fly"], 2, "err", "No such command 'fly'"),
        (["run"], 2, "err", "Missing argument"),
        (["port", "list", "-o", "xml"], 2, "err", "xml"),
        (["run", "verify", "-f", "0"], 2, "err", "--forks"),
    ],
)
def test_usage(
    arguments: list[str],
    code: int,
    stream: str,
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(arguments) == code
    written = capsys.readouterr()
    assert said in (written.out if stream == "out" else written.err)
    assert (written.err if stream == "out" else written.out) == ""


def test_a_reader_that_left_is_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def write(text: str) -> int:
        raise BrokenPipeError(32, "Broken pipe")

    monkeypatch.setattr(sys.stdout, "write", write)
    assert main(["--version"]) == 1
    assert "Traceback" not in capfd.readouterr().err
