"""A line is a command, or fails to be one in the way and at the place that a device says."""

from __future__ import annotations

import pytest

from automation.lab.grammar import Found, Language, Misfit, Mismatch, expand

LANGUAGE: Language[str] = Language(
    [
        ("switchport access vlan <vlan>", "access"),
        ("switchport mode <mode:access|trunk>", "mode"),
        ("switchport", "layer two"),
        ("description <text>", "description"),
        (
            "storm-control <kind:broadcast|multicast> level <level:percent> [<fall:percent>]",
            "storm",
        ),
        ("ntp server <ip> [prefer]", "ntp"),
        ("shutdown", "shutdown"),
    ]
)


@pytest.mark.parametrize(
    ("line", "row", "full"),
    [
        ("switchport access vlan 10", "access", "switchport access vlan 10"),
        ("sw acc vl 010", "access", "switchport access vlan 10"),
        ("switchport mode t", "mode", "switchport mode trunk"),
        ("switchport", "layer two", "switchport"),
        ("description  two   words", "description", "description two words"),
        ("storm-control b level 1", "storm", "storm-control broadcast level 1.00"),
        ("storm-control b level 1 0.5", "storm", "storm-control broadcast level 1.00 0.50"),
        ("ntp server 192.0.2.1 prefer", "ntp", "ntp server 192.0.2.1 prefer"),
    ],
)
def test_a_command_is_found_and_written_out(line: str, row: str, full: str) -> None:
    found = LANGUAGE.find(line)
    assert isinstance(found, Found)
    assert (found.row, found.line) == (row, full)


@pytest.mark.parametrize(
    ("line", "how", "column"),
    [
        ("switchport access vlan 4095", Misfit.INVALID, 23),
        ("switchport axess vlan 10", Misfit.INVALID, 11),
        ("switchport access vlan", Misfit.INCOMPLETE, 22),
        ("switchport access vlan 10 20", Misfit.EXCESS, 26),
        ("s", Misfit.AMBIGUOUS, 0),
        ("storm-control broadcast level 101", Misfit.INVALID, 30),
        ("ntp server 192.0.2.256", Misfit.INVALID, 11),
        ("ntp server 192.0.2", Misfit.INVALID, 11),
        ("frobnicate", Misfit.INVALID, 0),
    ],
)
def test_what_is_no_command_says_where_and_how(line: str, how: Misfit, column: int) -> None:
    found = LANGUAGE.find(line)
    assert isinstance(found, Mismatch)
    assert (found.how, found.column) == (how, column)


@pytest.mark.parametrize(
    ("syntax", "paths"),
    [
        ("a b", ["a b"]),
        ("a [b]", ["a b", "a"]),
        ("a {b|c d} e", ["a b e", "a c d e"]),
        ("a [b [c]]", ["a b c", "a b", "a"]),
        ("a {b|[c]}", ["a b", "a c", "a"]),
        (r"a [\| <x:word>]", ["a | <x:word>", "a"]),
    ],
)
def test_a_syntax_stands_for_paths(syntax: str, paths: list[str]) -> None:
    assert [" ".join(path) for path in expand(syntax)] == paths


def test_two_commands_of_one_name_are_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="two commands"):
        Language([("a [b]", 1), ("a", 2)])
    with pytest.raises(ValueError, match="unbalanced"):
        list(expand("a b]"))
