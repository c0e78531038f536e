"""A configuration as nested settings, and the one canonical text of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from automation.model import Rule

MASK = "<secret>"
"""What stands for every stored secret, on both sides of a comparison."""
REENCODED = "encoded anew at each display"
"""What stands for the digest of such a secret: that it is there is all that can be known."""
SEEN = "seen-"
"""How the names of secrets begin that are not ours: a device shows them, nobody stores them."""


class Entry(NamedTuple):
    """One setting of a block, under its key.

    `line` is what is sent to set it: in intent with `<secret:NAME>`, in running masked.
    `text` is what is compared. `removal` takes it away; None means that it never is on its own.
    `ids` are the members of a list. `block` holds the children, None for a leaf. `secret` is
    the digest of a stored secret text, None where there is none. `others` are lines of the same
    key with another text: a device that holds several shows that they do not replace each other.
    `told` is the device's word that the setting is not in force, "" where it says nothing; `bars`
    what the setting cannot have now (`Platform.attainable`); one that is `unmet` is not in force
    either, and entering it again mends that. `subnet` is that of an address which falls with
    others of its subnet, else "".
    """

    key: str
    line: str
    text: str
    rule: Rule
    removal: str | None
    ids: frozenset[int] | None = None
    block: Block | None = None
    secret: str | None = None
    others: tuple[Entry, ...] = ()
    told: str = ""
    bars: str = ""
    unmet: bool = False
    subnet: str = ""

    @property
    def each(self) -> tuple[Entry, ...]:
        """Every line of the key, this one first."""
        return (self, *self.others)

    @property
    def hidden(self) -> bool:
        """Whether the line cannot be sent, because it holds a secret that we only saw masked."""
        return MASK in self.line


Block: TypeAlias = Mapping[str, Entry]
"""The settings of a block by key, in the order in which they were read."""


def same(one: Entry, other: Entry) -> bool:
    """Return whether two entries mean the same, whatever their order or writing."""
    return one is other or canonical({one.key: one}) == canonical({other.key: other})


def canonical(block: Block, depth: int = 0) -> list[str]:
    """Return the block's canonical lines: sorted by key, lists spelled out."""
    lines: list[str] = []
    pad = " " * depth
    for key in sorted(block):
        entry = block[key]
        if entry.ids is not None:
            lines.append(f"{pad}{key} {sorted(entry.ids)}")
        elif entry.others:
            lines += sorted(pad + one.text for one in entry.each)
        else:
            lines.append(pad + entry.text)
        if entry.block:
            lines += canonical(entry.block, depth + 1)
    return lines
