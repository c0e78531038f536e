"""A new workspace: what is in it, what is wrong with it, and what to do about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from automation.cli.app import main
from tests.integration.cli.twin import Twin, called


def _checks(done_json: list[dict[str, object]]) -> dict[object, bool]:
    return {row["check"]: bool(row["well"]) for row in done_json}


def test_a_new_workspace_has_a_good_inventory_and_no_ports(workspace: Path) -> None:
    assert called("-w", workspace, "inventory", "list", "-o", "json").json
    done = called("-w", workspace, "inventory", "check")
    assert done.returncode == 2
    assert "ports.csv" in done.stdout or "import" in done.stdout


def test_what_init_writes_is_imported_checked_and_rendered(workspace: Path) -> None:
    done = called("-w", workspace, "port", "import", workspace / "ports.csv")
    assert (done.returncode, done.stderr) == (0, "")
    checked = called("-w", workspace, "inventory", "check")
    assert checked.returncode == 0, checked.stdout
    rendered = called("-w", workspace, "render").stdout
    devices = {
        row["device"] for row in called("-w", workspace, "inventory", "list", "-o", "json").json
    }
    assert {line.split()[1] for line in rendered.splitlines() if line.startswith("# ")} == devices
    exported = called("-w", workspace, "port", "export").stdout
    assert exported.splitlines() == (workspace / "ports.csv").read_text("utf-8").splitlines()


def test_init_says_what_the_system_refuses(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("mine", encoding="utf-8")
    done = called("init", file / "net")
    assert (done.returncode, done.stderr) == (
        2,
        f"{file / 'net'} cannot be written: Not a directory\n",
    )


def test_host_keys_that_cannot_be_written_are_said_with_their_path(workspace: Path) -> None:
    (workspace / ".portvakt").write_text("in the way", encoding="utf-8")
    done = called("-w", workspace, "hostkeys", "forget", "city-acc-001")
    assert (done.returncode, f"{workspace / '.portvakt'} cannot be made" in done.stderr) == (
        2,
        True,
    )


@pytest.mark.parametrize(
    ("out", "why"),
    [
        ("nowhere/plan.json", "there is no folder"),
        ("net", "is a folder"),
        ("net/portvakt.toml/plan.json", "there is no folder"),
    ],
)
def test_where_a_plan_cannot_be_written_no_device_is_read(
    workspace: Path, out: str, why: str
) -> None:
    place = workspace.parent / out
    done = called("-w", workspace, "plan", "-l", "city-acc-001", "--out", place)
    assert (done.returncode, done.stdout, why in done.stderr) == (2, "", True)
    assert str(place) in done.stderr


def test_a_playbook_that_selects_nothing_says_that_it_is_its_own_select(workspace: Path) -> None:
    book = workspace / "own.yaml"
    book.write_text(
        "name: own\nabout: x\nselect: role=nothing\nsteps: [verify]\n", encoding="utf-8"
    )
    done = called("-w", workspace, "run", book, "-C")
    assert done.returncode == 2
    assert f"{book}:3: its own select 'role=nothing' matches no device" in done.stderr


def test_init_overwrites_nothing(workspace: Path) -> None:
    done = called("init", workspace)
    assert (done.returncode, "not empty" in done.stderr) == (2, True)


def test_check_tells_every_fault_with_file_and_line(workspace: Path) -> None:
    models = workspace / "inventory" / "models.yaml"
    models.write_text(models.read_text("utf-8") + "\nextra:\n  wings: 2\n", "utf-8")
    hosts = workspace / "inventory" / "mkb" / "hosts.yaml"
    hosts.write_text(hosts.read_text("utf-8") + "\nmkb-acc-009:\n  colour: red\n", "utf-8")
    done = called("-w", workspace, "inventory", "check")
    assert done.returncode == 2
    assert "models.yaml:" in done.stdout
    assert "hosts.yaml:" in done.stdout
    rows = called("-w", workspace, "inventory", "check", "-o", "json").json
    assert len(rows) == len(done.stdout.splitlines())
    assert all(row["line"] for row in rows)


def test_show_a_device_with_its_merged_policy(workspace: Path) -> None:
    found = called("-w", workspace, "inventory", "show", "mkb-acc-001", "-o", "json").json
    assert found["policy"]["snmp_location"] == "Lindangen"
    assert "mkb-acc-001" in called("-w", workspace, "inventory", "show", "mkb-acc-001").stdout
    assert called("-w", workspace, "inventory", "show", "nobody").returncode == 2


def test_the_nearest_workspace_around_the_current_folder_is_used(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(workspace / "inventory" / "city")
    assert called("inventory", "list").returncode == 0
    monkeypatch.chdir(workspace.parent)
    outside = called("inventory", "list")
    assert (outside.returncode, "portvakt init" in outside.stderr) == (2, True)


def test_the_doctor_is_content_with_a_twin(twin: Twin) -> None:
    done = twin.portvakt("doctor", "-o", "json")
    assert done.returncode == 0, done.stdout
    assert set(_checks(done.json)) == {
        *("python", "libraries", "workspace", "open files"),
        *("store", "clock", "inventory", "secrets", "host keys", "devices"),
    }


@pytest.mark.parametrize("check", ["store", "secrets", "host keys"])
def test_the_doctor_says_what_a_new_workspace_lacks_and_what_to_do(
    workspace: Path, check: str
) -> None:
    done = called("-w", workspace, "doctor", "-l", "mkb-acc-001", "-o", "json")
    assert done.returncode == 3
    (row,) = [one for one in done.json if one["check"] == check]
    assert not row["well"]
    assert row["to do"]


def test_the_doctor_never_shows_a_secret(twin: Twin) -> None:
    secrets = [
        path.read_text("utf-8").strip()
        for path in (twin.folder / ".portvakt" / "secrets").iterdir()
    ]
    shown = twin.portvakt("-v", "doctor").stdout
    assert secrets
    assert [secret for secret in secrets if secret in shown] == []


@pytest.mark.parametrize(
    ("file", "text", "check"),
    [
        ("portvakt.toml", "[run]\nforks = 'many'\n", "workspace"),
        ("inventory/models.yaml", "nonsense: [\n", "inventory"),
        ("portvakt.toml", "[run]\nforks = 1000\n[store]\nurl = 'ftp://x'\n", "store"),
    ],
)
def test_the_doctor_finds_what_is_broken(workspace: Path, file: str, text: str, check: str) -> None:
    (workspace / file).write_text(text, encoding="utf-8")
    done = called("-w", workspace, "doctor", "-l", "mkb-acc-001", "-o", "json")
    assert done.returncode == 3
    assert _checks(done.json)[check] is False


def test_without_its_extra_the_lab_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("automation.cli.lab.find_spec", lambda name: None)
    for arguments in (["lab", "up", "--dir", str(tmp_path / "lab")], ["demo"]):
        assert main(arguments) == 2
        assert "pip install 'portvakt[lab]'" in capsys.readouterr().err
    assert not (tmp_path / "lab").exists()


def test_the_doctor_tells_people_one_fault_a_line_and_programs_the_same(workspace: Path) -> None:
    hosts = workspace / "inventory" / "mkb" / "hosts.yaml"
    hosts.write_text("".join(f"mkb-{n}: {{colour: red}}\n" for n in range(12)), encoding="utf-8")
    done = called("-w", workspace, "doctor")
    assert done.returncode == 3
    lines = done.stdout.splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith("FAULT inventory"))
    told = lines[first : first + 12]
    assert all("hosts.yaml:" in line for line in told[:10])
    assert told[10].strip().startswith("and ")
    assert told[11].strip() == "-> portvakt inventory check"
    (row,) = [
        one
        for one in called("-w", workspace, "doctor", "-o", "json").json
        if one["check"] == "inventory"
    ]
    assert len(row["found"].split(" / ")) >= 12


def test_the_check_reads_on_after_broken_yaml_and_says_what_it_left_out(workspace: Path) -> None:
    hosts = workspace / "inventory" / "mkb" / "hosts.yaml"
    hosts.write_text("mkb-1: {a: [\nmkb-2: {colour: red}\n", encoding="utf-8")
    done = called("-w", workspace, "inventory", "check", "-o", "json")
    assert done.returncode == 2
    lines = [row["line"] for row in done.json if row["where"].endswith("mkb/hosts.yaml")]
    assert lines == [2, 3]  # where it should have ended is after all of it
    assert done.stderr.endswith("; the store is checked when the inventory has none\n")


UNREADABLE = {
    "portvakt.toml": ("inventory", "list"),
    ".portvakt/known_hosts": ("hostkeys", "list"),
    "playbooks/own.yaml": ("run", "own", "-C"),
}


@pytest.mark.parametrize("file", UNREADABLE)
@pytest.mark.parametrize("folder", [True, False])
def test_a_file_that_cannot_be_read_is_told_with_its_place(
    workspace: Path, file: str, folder: bool
) -> None:
    path = workspace / file
    path.unlink(missing_ok=True)
    path.parent.mkdir(exist_ok=True)
    if folder:
        path.mkdir()
    else:
        path.write_bytes(b"# fine\n\xff\n")
    done = called("-w", workspace, *UNREADABLE[file])
    said = "cannot be read: Is a directory" if folder else ":2: byte 0xff is not UTF-8"
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{file}{': ' if folder else ''}{said}" in done.stderr
