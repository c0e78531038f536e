"""Each place a secret may be in, what goes wrong there, and that no value is shown."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from automation import credentials
from automation.credentials import Credentials
from automation.errors import CredentialError
from automation.model import Secret
from automation.workspace import JumpEntry, LoginEntry, Settings, Source, Workspace
from automation.workspace.settings import Where

VALUE = "c0rrect-h0rse"


def env(name: str) -> Source:
    return Source(Where.ENV, (name,))


def python(code: str) -> Source:
    return Source(Where.COMMAND, (sys.executable, "-c", code))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text, mode in (
        ("good", f"{VALUE}\n", 0o600),
        ("two", f"{VALUE}\nmore\n", 0o600),
        ("empty", "\n", 0o600),
        ("open", VALUE, 0o640),
        ("wide", VALUE, 0o604),
        ("binary", "", 0o600),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
        (tmp_path / name).chmod(mode)
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    (tmp_path / "folder").mkdir()
    return tmp_path


def opened(root: Path, source: Source) -> Credentials:
    settings = Settings(secrets={"s": source})
    return Credentials(Workspace(root, settings), {"GOOD": VALUE, "EMPTY": ""})


@pytest.mark.parametrize(
    ("source", "value"),
    [
        (env("GOOD"), VALUE),
        (Source(Where.FILE, ("good",)), VALUE),
        (Source(Where.FILE, ("two",)), f"{VALUE}\nmore"),
        (Source(Where.FILE, ("{root}/good",)), VALUE),
        (python(f"print({VALUE!r}); print('second line')"), VALUE),
        (python("import os; print(os.getcwd())"), "{root}"),
    ],
)
def test_a_secret(source: Source, value: str, root: Path) -> None:
    source = replace(source, value=tuple(one.replace("{root}", str(root)) for one in source.value))
    assert opened(root, source).secret("s") == Secret(value.format(root=root))


@dataclass
class Fault:
    """A place that gives no value, and what is said of it."""

    source: Source
    says: str

    def __str__(self) -> str:
        return self.says


FAULTS = (
    Fault(env("GONE"), "the environment variable GONE is not set"),
    Fault(env("EMPTY"), "env EMPTY gives an empty value"),
    Fault(Source(Where.FILE, ("gone",)), "there is no file {root}/gone"),
    Fault(Source(Where.FILE, ("folder",)), "there is no file {root}/folder"),
    Fault(Source(Where.FILE, ("empty",)), "file empty gives an empty value"),
    Fault(Source(Where.FILE, ("open",)), "others may read {root}/open: chmod 600 {root}/open"),
    Fault(Source(Where.FILE, ("wide",)), "others may read {root}/wide: chmod 600 {root}/wide"),
    Fault(Source(Where.FILE, ("binary",)), "the file {root}/binary cannot be read"),
    Fault(Source(Where.COMMAND, ("/no/such/program",)), "/no/such/program cannot be run"),
    Fault(Source(Where.COMMAND, ("/no/such/program; true",)), "cannot be run"),
    Fault(python("pass"), "gives an empty value"),
    Fault(
        python(
            f"import sys; print({VALUE!r}); "
            f"print('bad key for', {VALUE!r}, file=sys.stderr); sys.exit(4)"
        ),
        "ended with 4: bad key for ***",
    ),
)


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_secret_that_cannot_be_resolved(fault: Fault, root: Path) -> None:
    with pytest.raises(CredentialError) as caught:
        opened(root, fault.source).secret("s")
    assert "portvakt.toml: secrets.s: " in str(caught.value)
    assert fault.says.format(root=root) in str(caught.value)
    assert VALUE not in str(caught.value).partition("ended with")[2]


def test_a_command_that_hangs(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials, "_SECONDS", 0.2)
    with pytest.raises(CredentialError, match=r"was not done within 0\.2 s"):
        opened(root, python("import time; time.sleep(60)")).secret("s")


@pytest.mark.parametrize("code", ["", "raise SystemExit(1)"])
def test_a_command_runs_once_a_run_however_it_ends(code: str, root: Path) -> None:
    source = python(f"open('ran', 'a').write('x'); print('v'); {code}")
    run = opened(root, source)
    for _ in range(3):
        try:
            run.secret("s")
        except CredentialError:
            assert code
    assert (root / "ran").read_text(encoding="utf-8") == "x"


def test_logins_and_jump_hosts(root: Path) -> None:
    entry = LoginEntry("noc", env("GOOD"), Source(Where.FILE, ("good",)))
    by_key = LoginEntry("noc", key_file="good", passphrase=env("GOOD"))
    settings = Settings(
        credentials={"city": entry, "key": by_key, "bad": LoginEntry("noc", env("GONE"))},
        jumps={"bastion": JumpEntry("192.0.2.250", 2222, by_key)},
    )
    run = Credentials(Workspace(root, settings), {"GOOD": VALUE})
    login = run.login("city")
    assert (login.username, login.password, login.enable) == ("noc", Secret(VALUE), Secret(VALUE))
    assert run.login("key").key_file == str(root / "good")
    jump = run.jump("bastion")
    assert (jump.name, jump.address, jump.port) == ("bastion", "192.0.2.250", 2222)
    assert jump.login.passphrase == Secret(VALUE)
    assert VALUE not in f"{login!r} {jump!r} {run!r} {vars(run)['_kept']!r}"
    with pytest.raises(CredentialError, match=r"credentials\.bad\.password: the environment"):
        run.login("bad")


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda run: run.login("x"), "no credentials entry 'x'; there are: city"),
        (lambda run: run.jump("x"), "no jump entry 'x'; there are: none"),
        (lambda run: run.secret("x"), "no secrets entry 'x'; there are: none"),
    ],
)
def test_names_that_are_not_there(ask: object, says: str, root: Path) -> None:
    settings = Settings(credentials={"city": LoginEntry("noc", env("GOOD"))})
    with pytest.raises(CredentialError, match=says):
        ask(Credentials(Workspace(root, settings), {}))  # type: ignore[operator]
