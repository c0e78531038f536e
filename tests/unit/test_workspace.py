"""Where a workspace is found, what its settings may say, and which file wins."""

from __future__ import annotations

import stat
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from automation.errors import BadInput, UsageError, WorkspaceError
from automation.workspace import Settings, Workspace, find, init
from automation.workspace.settings import LoginEntry, Source, Where, parse


def workspace(folder: Path, toml: str = "") -> Path:
    (folder / "inventory").mkdir(parents=True)
    (folder / "portvakt.toml").write_text(toml, encoding="utf-8")
    return folder


@dataclass
class Lookup:
    """Where we stand, what is asked for, and what is found."""

    name: str
    here: str
    found: str | None
    asked: str | None = None
    env: dict[str, str] = field(default_factory=dict)
    says: str = ""

    def __str__(self) -> str:
        return self.name


LOOKUPS = (
    Lookup("the current folder", "one", "one"),
    Lookup("the nearest parent", "one/inventory/city", "one"),
    Lookup("the nearest of two parents", "one/two/deep", "one/two"),
    Lookup("none", "empty", None, says="portvakt init DIR"),
    Lookup("the option wins", "one", "other", asked="other", env={"PORTVAKT_WORKSPACE": "one/two"}),
    Lookup("then the variable", "one", "other", env={"PORTVAKT_WORKSPACE": "other"}),
    Lookup("an empty variable is none", "one", "one", env={"PORTVAKT_WORKSPACE": ""}),
    Lookup("the option is no workspace", "one", None, asked="empty", says="portvakt init"),
    Lookup("no parent of the option", "one", None, asked="one/two/deep", says="no inventory/"),
    Lookup(
        "the variable is no workspace",
        "one",
        None,
        env={"PORTVAKT_WORKSPACE": "empty"},
        says="inventory/",
    ),
)


@pytest.mark.parametrize("case", LOOKUPS, ids=str)
def test_lookup(case: Lookup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "one/two", "other"):
        workspace(tmp_path / name)
    for name in ("empty", "one/two/deep", "one/inventory/city"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / case.here)
    asked = tmp_path / case.asked if case.asked else None
    env = {key: value and str(tmp_path / value) for key, value in case.env.items()}
    if case.found is None:
        with pytest.raises(WorkspaceError, match=case.says):
            find(asked, env)
    else:
        assert find(asked, env).root == tmp_path / case.found


FULL = """
[store]
url = "postgresql://noc@db/portvakt"

[run]
forks = 10
deadline = 60
plan_expiry = 600
window = {cisco_ios = "stanza", huawei_vrp = "line"}

[credentials.default]
username = "noc"
password = {env = "PW"}
enable = {file = "secrets/enable"}

[credentials."city north"]
username = "noc"
key_file = "~/.ssh/key"
passphrase = {command = ["pass", "show", "key"]}

[jump.bastion]
address = "192.0.2.250"
username = "noc"
password = {env = "PW"}

[secrets]
snmp = {env = "SNMP"}
"""


def test_settings() -> None:
    settings = parse(FULL)
    assert (settings.store_url, settings.forks) == ("postgresql://noc@db/portvakt", 10)
    assert (settings.deadline, settings.plan_expiry) == (60, 600)
    assert settings.windows == {"cisco_ios": "stanza", "huawei_vrp": "line"}
    assert settings.credentials["default"] == LoginEntry(
        "noc", Source(Where.ENV, ("PW",)), Source(Where.FILE, ("secrets/enable",))
    )
    north = settings.credentials["city north"]
    assert (north.key_file, north.password) == ("~/.ssh/key", None)
    assert north.passphrase == Source(Where.COMMAND, ("pass", "show", "key"))
    assert (settings.jumps["bastion"].address, settings.jumps["bastion"].port) == (
        "192.0.2.250",
        22,
    )
    assert settings.secrets == {"snmp": Source(Where.ENV, ("SNMP",))}


def test_where_traps_are_received() -> None:
    text = '[trap]\nlisten = ["127.0.0.1:9162", "[::0]:162"]\nrelays = ["192.0.2.9"]\n'
    trap = parse(text).trap
    assert trap.listen == (("127.0.0.1", 9162), ("::", 162))
    assert (trap.relays, trap.logins, trap.quiet) == (("192.0.2.9",), (), 900)


def test_without_a_file_there_are_defaults(tmp_path: Path) -> None:
    (tmp_path / "inventory").mkdir()
    assert find(tmp_path, {}).settings == Settings()


ENTRY = '[credentials.a]\nusername = "u"\n'


@pytest.mark.parametrize(
    ("toml", "faults"),
    [
        ("[run]\nforks = 0\n", ["f:2: run.forks: 0: expected a whole number from 1 to 1000"]),
        ("[run]\nforks = true\n", ["f:2: run.forks: True: expected a whole number"]),
        ("[run]\nfork = 5\n", ["f:2: run.fork: unknown key; expected one of deadline, forks"]),
        ("[runs]\n", ["f:1: runs: unknown key; expected one of credentials, jump, poll, run"]),
        ("run = 3\n", ["f:1: run: 3: expected a table"]),
        ("[store]\nurl = 3\n", ["f:2: store.url: 3: expected text in quotes"]),
        (
            '[run]\nwindow = {cisco_ios = "wide"}\n',
            ["f:2: run.window.cisco_ios: 'wide': expected one of line, stanza"],
        ),
        (ENTRY, ["f:1: credentials.a: has no password and no key_file"]),
        (
            f'{ENTRY}password = "hunter2"\n',
            ['f:3: credentials.a.password: expected {env = "NAME"}', "credentials.a: has no"],
        ),
        (f"{ENTRY}password = {{env = 3}}\n", ["a.password: expected", "has no password"]),
        (f"{ENTRY}password = {{command = []}}\n", ["a.password: expected", "has no password"]),
        (f'{ENTRY}key_file = "k"\npasword = 1\n', ["f:4: credentials.a.pasword: unknown key"]),
        ('[credentials.a]\nkey_file = "k"\n', ["f:1: credentials.a.username: missing"]),
        ("[credentials]\na = 3\n", ["f:2: credentials.a: 3: expected a table"]),
        (
            '[jump.b]\nport = 0\nusername = "u"\nkey_file = "k"\n',
            ["f:1: jump.b.address: missing", "f:2: jump.b.port: 0: expected"],
        ),
        ("[secrets]\nx = 1\n", ["f:2: secrets.x: expected {env"]),
        ('[trap]\nlisten = "x"\n', ["f:2: trap.listen: 'x': expected a list of texts", "empty"]),
        ("[trap]\nlisten = []\n", ["f:2: trap.listen: empty; expected at least one"]),
        ('[trap]\nlisten = ["noc:162"]\n', ["f:2: trap.listen: 'noc': expected an IPv4 or"]),
        ('[trap]\nlisten = ["::1:162"]\n', ["'::1:162': expected ADDRESS:PORT, or [ADDR"]),
        ('[trap]\nlisten = ["127.0.0.1:0"]\n', ["'127.0.0.1:0': expected ADDRESS:PORT"]),
        ('[trap]\nrelays = ["noc"]\n', ["f:2: trap.relays: 'noc': expected an IPv4 or IPv6"]),
        ("[trap]\nquiet = 1\nrat = 2\n", ["f:2: trap.quiet: 1", "f:3: trap.rat: unknown key"]),
        ("[run]\nforks = = 3\n", ["f:2: Invalid value (at line 2, column 9)"]),
    ],
)
def test_every_fault_of_the_settings_is_named(toml: str, faults: list[str]) -> None:
    with pytest.raises(BadInput) as caught:
        parse(toml, "f")
    said = str(caught.value).splitlines()
    for fault in faults:
        assert any(fault in line for line in said), said
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "resolved"),
    [
        ("sqlite:///.portvakt/store.db", "sqlite:///{root}/.portvakt/store.db"),
        ("sqlite:///data/store.db", "sqlite:///{root}/data/store.db"),
        ("sqlite:////var/lib/store.db", "sqlite:////var/lib/store.db"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("postgresql://noc@db/portvakt", "postgresql://noc@db/portvakt"),
    ],
)
def test_where_the_store_is(url: str, resolved: str, tmp_path: Path) -> None:
    found = Workspace(tmp_path, Settings(store_url=url))
    assert found.store_url == resolved.format(root=tmp_path)


def test_the_state_folder_is_for_its_owner(tmp_path: Path) -> None:
    found = find(workspace(tmp_path / "w"), {})
    assert not (found.root / ".portvakt").exists()
    for folder in (found.state, found.logs):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert found.known_hosts.parent == found.lock.parent == found.state


def test_a_template_of_the_workspace_wins_file_by_file(tmp_path: Path) -> None:
    found = find(workspace(tmp_path / "w"), {})
    shipped = found.templates("cisco_ios")
    assert {"ntp", "vlans", "ports/customer", "ports/parked"} <= shipped.sources.keys()
    ports = found.root / "templates" / "cisco_ios" / "ports"
    ports.mkdir(parents=True)
    (ports / "customer.j2").write_text("own\n", encoding="utf-8")
    own = found.templates("cisco_ios")
    assert own.sources == {**shipped.sources, "ports/customer": "own\n"}
    assert own.digest != shipped.digest
    assert found.templates("huawei_vrp").digest not in {own.digest, shipped.digest}
    (ports / "customer.j2").write_text(shipped.sources["ports/customer"], encoding="utf-8")
    assert found.templates("cisco_ios").digest == shipped.digest


def test_the_digest_covers_names(tmp_path: Path) -> None:
    digests = set()
    for name in ("a", "b"):
        folder = workspace(tmp_path / name) / "templates" / "other_os"
        folder.mkdir(parents=True)
        (folder / f"{name}.j2").write_text("same\n", encoding="utf-8")
        digests.add(find(tmp_path / name, {}).templates("other_os").digest)
    assert len(digests) == 2


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("mine", "workspace"),
        ("verify", "workspace"),
        ("playbooks/verify.yaml", "workspace"),
        ("{here}/loose.yaml", "loose"),
        ("loose.yaml", "loose"),
    ],
)
def test_a_playbook_by_name_or_path(
    name: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = find(workspace(tmp_path / "w"), {})
    (found.root / "playbooks").mkdir()
    for own in ("mine", "verify"):
        (found.root / "playbooks" / f"{own}.yaml").write_text("workspace", encoding="utf-8")
    (tmp_path / "loose.yaml").write_text("loose", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    asked = name.format(here=tmp_path)
    read, where = found.playbook(asked)
    assert read == text
    assert Path(where).name == Path(asked).with_suffix(".yaml").name


def test_a_shipped_playbook(tmp_path: Path) -> None:
    found = find(workspace(tmp_path / "w"), {})
    read, where = found.playbook("verify")
    assert "verify" in read
    assert where == "playbooks/verify.yaml"
    with pytest.raises(UsageError, match=r"no playbook 'nope'.*provision-access.*verify"):
        found.playbook("nope")


def test_init_writes_a_workspace_that_can_be_used(tmp_path: Path) -> None:
    written = init(tmp_path / "new")
    assert tmp_path / "new" / "inventory" / "city" / "hosts.yaml" in written
    assert not (tmp_path / "new" / "inventory" / "portvakt.toml.example").exists()
    assert (tmp_path / "new" / "ports.csv") in written
    settings = (tmp_path / "new" / "portvakt.toml").read_text(encoding="utf-8")
    assert settings.startswith("# The settings of this workspace.")
    found = find(tmp_path / "new", {})
    assert {"default", "mkb"} <= found.settings.credentials.keys()
    assert (found.root / ".gitignore").read_text(encoding="utf-8").endswith(".portvakt/\n")


def test_init_refuses_a_folder_with_something_in_it(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(WorkspaceError, match="not empty"):
        init(tmp_path)
    with pytest.raises(WorkspaceError, match="not empty"):
        init(tmp_path / "letter.txt")
    assert [file.name for file in tmp_path.iterdir()] == ["letter.txt"]
