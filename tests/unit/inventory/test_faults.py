"""Every fault that people can make in `inventory/`, one a case, with its file and line.

A case in `faults/*.txt` edits one file of the faultless inventory in `conftest.py`:
`== title`, `@file`, `-text taken out`, `+text put in`, `!each fault that is reported`.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from automation.errors import BadInput
from automation.inventory import load
from automation.model import Platform


@dataclass(frozen=True, slots=True)
class Case:
    """One edit and all the faults that it makes."""

    title: str
    file: str
    old: str
    new: str
    faults: tuple[str, ...]


def _cases() -> list[Case]:
    found = []
    for path in sorted((Path(__file__).parent / "faults").glob("*.txt")):
        for block in path.read_text(encoding="utf-8").split("== ")[1:]:
            title, *lines = block.rstrip("\n").split("\n")
            part = {sign: [line[1:] for line in lines if line.startswith(sign)] for sign in "@-+!"}
            old, new = "\n".join(part["-"]), "\n".join(part["+"])
            found.append(Case(title, part["@"][0], old, new, tuple(part["!"])))
    return found


@pytest.mark.parametrize("case", _cases(), ids=lambda case: case.title)
def test_fault_is_reported_with_its_line(
    case: Case, folder: Path, platforms: dict[str, Platform]
) -> None:
    path = folder / case.file
    text = path.read_text(encoding="utf-8")
    assert case.old in text
    path.write_text(text.replace(case.old, case.new, 1), encoding="utf-8")
    with pytest.raises(BadInput) as raised:
        load(folder, platforms)
    said = [str(fault).replace(f"{folder}/", "") for fault in raised.value.faults]
    assert said == list(case.faults)


def test_all_faults_of_all_files_come_in_one_run(
    folder: Path, platforms: dict[str, Platform]
) -> None:
    edits = {
        "city/hosts.yaml": ("hostname: 192.0.2.1\n", "hostname: 192.0.2.1\n  colour: red\n"),
        "groups.yaml": ("{model: b2}", "{model: b3}"),
        "models.yaml": ("{1-4}", "{4-1}"),
        "services.yaml": ("1101", "4095"),
        "port_roles.yaml": ("320", "1201"),
        "policy.yaml": ("  sw-1: {", "  sw-7: {"),
    }
    for name, (old, new) in edits.items():
        path = folder / name
        path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    (folder / "defaults.yaml").write_bytes(b"data:\n  credentials: \xe5\n")
    with pytest.raises(BadInput) as raised:
        load(folder, platforms)
    places = [str(fault).replace(f"{folder}/", "").split(": ")[0] for fault in raised.value.faults]
    assert places == [
        "city/hosts.yaml:4",
        "defaults.yaml:2",
        "groups.yaml:8",
        "models.yaml:3",
        "policy.yaml:28",
        "port_roles.yaml:7",
        "services.yaml:10",
    ]
    assert raised.value.exit_code == 2


MISSING = {
    "models": "models.yaml: no such file; expected models of the inventory",
    "services": "services.yaml: no such file; expected services of the inventory",
    "port_roles": "port_roles.yaml: no such file; expected port_roles of the inventory",
    "policy": "policy.yaml: no such file; expected policy of the inventory",
}


@pytest.mark.parametrize("name", MISSING)
def test_missing_file_is_the_only_fault(
    name: str, folder: Path, platforms: dict[str, Platform]
) -> None:
    (folder / f"{name}.yaml").unlink()
    with pytest.raises(BadInput) as raised:
        load(folder, platforms)
    assert [str(fault).replace(f"{folder}/", "") for fault in raised.value.faults] == [
        MISSING[name]
    ]


FILES = [*(f"{name}.yaml" for name in MISSING), "groups.yaml", "defaults.yaml", "mkb/hosts.yaml"]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- a\n", ":1: not a mapping; expected `name: …` on the first level"),
        ("a\n", ":1: not a mapping; expected `name: …` on the first level"),
        ("a: [\n", ":2: not valid YAML: "),
    ],
)
def test_unusable_file_is_the_only_fault(
    name: str, text: str, said: str, folder: Path, platforms: dict[str, Platform]
) -> None:
    (folder / name).write_text(text)
    with pytest.raises(BadInput) as raised:
        load(folder, platforms)
    (fault,) = raised.value.faults
    assert str(fault).replace(f"{folder}/", "").startswith(name + said)


def test_characters_that_cannot_be_read_do_not_hide_the_next_host(
    folder: Path, platforms: dict[str, Platform]
) -> None:
    path = folder / "city" / "hosts.yaml"
    text = path.read_bytes()
    text = text.replace(b"varvet", b"h\xe5llet\x07").replace(b"hamnen", b"\xef\xbf\xbd")
    path.write_bytes(text.replace(b"192.0.2.2\n", b"192.0.2.300\n").replace(b"# Inv", b"# \xe5"))
    with pytest.raises(BadInput) as raised:
        load(folder, platforms)
    assert [str(fault).replace(f"{folder}/", "") for fault in raised.value.faults] == [
        "city/hosts.yaml:1: byte 0xe5 is not UTF-8",
        "city/hosts.yaml:6: byte 0xe5 is not UTF-8",
        "city/hosts.yaml:9: hostname: '192.0.2.300' is no address; "
        "expected an IPv4 or IPv6 literal",
        "city/hosts.yaml:11: control character '\ufffd'; expected printable text",
    ]


@pytest.mark.parametrize(
    "content", [bytes(range(128, 256)) * 20, "a: b\n".encode("utf-16") * 40, b"\x00\n" * 40]
)
def test_file_that_is_no_text_has_few_faults(
    content: bytes, folder: Path, platforms: dict[str, Platform]
) -> None:
    (folder / "mkb" / "hosts.yaml").write_bytes(content)
    with pytest.raises(BadInput) as raised:
        load(folder, platforms)
    assert 1 <= len(raised.value.faults) <= 12


def test_file_that_cannot_be_read(folder: Path, platforms: dict[str, Platform]) -> None:
    (folder / "mkb" / "hosts.yaml").unlink()
    (folder / "mkb" / "hosts.yaml").mkdir()
    with pytest.raises(BadInput, match=r"mkb/hosts\.yaml: cannot be read: Is a directory$"):
        load(folder, platforms)


def test_estate_without_hosts(folder: Path, platforms: dict[str, Platform]) -> None:
    (folder / "mkb" / "hosts.yaml").rename(folder / "mkb" / "hosts.yml")
    with pytest.raises(BadInput, match=r"mkb: no hosts\.yaml; expected one in each estate"):
        load(folder, platforms)


def test_folder_without_estates(tmp_path: Path, platforms: dict[str, Platform]) -> None:
    with pytest.raises(BadInput, match="no estate; expected a folder with hosts"):
        load(tmp_path, platforms)


def test_folder_that_is_not_there(tmp_path: Path, platforms: dict[str, Platform]) -> None:
    with pytest.raises(BadInput, match="nowhere: cannot be read: No such file"):
        load(tmp_path / "nowhere", platforms)


@pytest.mark.parametrize("secret", ["hunter2", "s3cr3t words"])
def test_secret_written_by_mistake_is_not_shown(
    secret: str, folder: Path, platforms: dict[str, Platform]
) -> None:
    for name, old, new in (
        ("policy.yaml", "snmp_community: snmp_read", f"snmp_community: '{secret}!'"),
        ("city/hosts.yaml", "hostname: 192.0.2.1", f"hostname: 192.0.2.1\n  password: {secret}"),
    ):
        path = folder / name
        path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadInput) as raised:
        load(folder, platforms)
    assert len(raised.value.faults) == 2
    assert secret not in str(raised.value)


WORDS = st.sampled_from(
    [
        "a",
        "common",
        "services",
        ": ",
        "- ",
        "\n",
        "  ",
        "{",
        "}",
        "[",
        "]",
        "&x ",
        "*x",
        "!t ",
        "1",
        "NO",
    ]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(name=st.sampled_from(FILES), text=st.lists(WORDS, max_size=25).map("".join) | st.text())
def test_any_text_is_read_or_reported(
    name: str, text: str, folder: Path, platforms: dict[str, Platform]
) -> None:
    path = folder / name
    before = path.read_bytes()
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with suppress(BadInput):
        load(folder, platforms)
    path.write_bytes(before)


@pytest.mark.parametrize("text", ["[" * 100_000, "[\n" * 100_000, "- " * 100_000, "? " * 100_000])
def test_nesting_without_end_is_a_fault(
    text: str, folder: Path, platforms: dict[str, Platform]
) -> None:
    (folder / "policy.yaml").write_text(f"\na:\n  {text}")
    with pytest.raises(BadInput, match=r"policy\.yaml:\d+: nested too deep") as raised:
        load(folder, platforms)
    assert len(raised.value.faults) == 1


def test_long_file_is_no_deep_one(folder: Path, platforms: dict[str, Platform]) -> None:
    hosts = "".join(
        f"a-{n}: {{hostname: 192.0.2.{n % 250}, port: {2000 + n}, groups: [access, small], "
        f"data: {{site: hamnen}}}}\n"
        for n in range(2000)
    )
    with (folder / "city" / "hosts.yaml").open("a") as file:
        file.write(hosts)
    assert len(load(folder, platforms).devices) == 2003
