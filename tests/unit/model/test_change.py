"""What is sent and what undoes it, as the lines of a configuration."""

from __future__ import annotations

import pytest

from automation.model import Change, Stanza, inverse, sent_lines

PORT = "interface GigabitEthernet1/0/1"
MOVE = Stanza(
    "ports", PORT, ("switchport access vlan 20",), PORT, ("switchport access vlan 10",), subject="x"
)
ADD = Stanza("vlans", "", ("vlan 20",), "", ("no vlan 20",))
NAME = Stanza("vlans", "vlan 20", ("name CARE",), "", ("no vlan 20",))


def _change(*stanzas: Stanza) -> Change:
    return Change("sw-1", "mkb", "cisco_ios", "base", "target", "intent", "templates", stanzas)


@pytest.mark.parametrize(
    ("stanza", "lines", "undone"),
    [
        (
            MOVE,
            (PORT, " switchport access vlan 20"),
            (PORT, " switchport access vlan 10"),
        ),
        (ADD, ("vlan 20",), ("no vlan 20",)),
        (NAME, ("vlan 20", " name CARE"), ("no vlan 20",)),
    ],
    ids=["in a block", "at the top", "a block that is taken away whole"],
)
def test_a_stanza_and_what_undoes_it(
    stanza: Stanza, lines: tuple[str, ...], undone: tuple[str, ...]
) -> None:
    assert sent_lines(stanza) == lines
    assert sent_lines(inverse(stanza)) == undone
    assert inverse(inverse(stanza)) == stanza


def test_a_change_is_sent_forwards_and_undone_backwards() -> None:
    change = _change(ADD, MOVE)
    assert change.lines == ("vlan 20", PORT, " switchport access vlan 20")
    assert change.rollback == (PORT, " switchport access vlan 10", "no vlan 20")


def test_no_change_is_no_lines() -> None:
    assert (_change().lines, _change().rollback) == ((), ())
