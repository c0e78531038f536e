"""The tree of errors is its module's docstring, and messages say where and what."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from automation import errors
from automation.errors import BadInput, Fault, Lost, PortvaktError, Refused

BRANCH = re.compile(r"^(?P<stem>[│ ├└─]*)(?P<name>[A-Z]\w+) +(?P<code>\d+)\b")


Branch = tuple[str, str, int]
"""A class, its parent and its exit code."""


def _told() -> Iterator[Branch]:
    """Yield the tree in the docstring."""
    above = [""]
    for line in (errors.__doc__ or "").splitlines():
        if match := BRANCH.match(line):
            depth = len(match["stem"]) // 4
            above[depth + 1 :] = [match["name"]]
            yield match["name"], above[depth], int(match["code"])


def _tree(cls: type[PortvaktError], parent: str = "") -> Iterator[Branch]:
    """Yield the tree of the module's classes; a room may have refinements of its own."""
    yield cls.__name__, parent, cls.exit_code
    for child in cls.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from _tree(child, cls.__name__)


def test_the_docstring_is_the_tree() -> None:
    assert sorted(_told()) == sorted(_tree(PortvaktError))


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (Fault("hosts.yaml", "no such model", 7), "hosts.yaml:7: no such model"),
        (Fault("portvakt.toml", "cannot be read"), "portvakt.toml: cannot be read"),
    ],
)
def test_a_fault_is_written_as_editors_read_it(fault: Fault, text: str) -> None:
    assert str(fault) == text


def test_bad_input_keeps_every_fault() -> None:
    faults = [Fault("a.yaml", "one", 1), Fault("b.yaml", "two", 2)]
    error = BadInput(faults)
    assert error.faults == tuple(faults)
    assert str(error) == "a.yaml:1: one\nb.yaml:2: two"


def test_a_refusal_has_the_line_and_the_devices_own_words() -> None:
    error = Refused("vlan 9999", "% Bad VLAN list")
    assert (error.line, error.text) == ("vlan 9999", "% Bad VLAN list")
    assert str(error) == "'vlan 9999' was refused: % Bad VLAN list"


def test_what_is_lost_says_how_far_it_came() -> None:
    error = Lost("the session ended", ("applied", "unknown"), "vlan 10")
    assert (str(error), error.states, error.line) == (
        "the session ended",
        ("applied", "unknown"),
        "vlan 10",
    )
