"""VLAN id lists as switches read and print them.

IOS and EOS write `10,20-25`; VRP writes `10 20 to 25`. Two adjacent ids stay apart on IOS
(`901,902`) and become a range on EOS and VRP.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

VLAN_IDS = range(1, 4095)


def parse_commas(text: str) -> frozenset[int] | None:
    """Return the ids of `10,20-25`, or None when it is no such list of VLAN ids."""
    found: set[int] = set()
    for item in text.split(","):
        first, dash, last = item.partition("-")
        if not first.isdecimal() or (dash and not last.isdecimal()):
            return None
        low, high = int(first), int(last or first)
        if low > high or low not in VLAN_IDS or high not in VLAN_IDS:
            return None
        found.update(range(low, high + 1))
    return frozenset(found)


def parse_spaces(words: list[str]) -> frozenset[int] | None:
    """Return the ids of `10 20 to 25` given as words, or None when it is no such list."""
    found: set[int] = set()
    last: int | None = None
    pending = False
    for word in words:
        if word == "to" and last is not None and not pending:
            pending = True
            continue
        if not word.isdecimal() or int(word) not in VLAN_IDS:
            return None
        start = int(word)
        if pending:
            if last is None or start < last:
                return None
            found.update(range(last, start + 1))
        found.add(start)
        last, pending = (None if pending else start), False
    return None if pending or not found else frozenset(found)


def runs(ids: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield (first, last) of each run of consecutive ids, ascending."""
    first: int | None = None
    last = 0
    for number in sorted(ids):
        if first is None:
            first = number
        elif number != last + 1:
            yield first, last
            first = number
        last = number
    if first is not None:
        yield first, last


def items(ids: Iterable[int], span: str, min_span: int) -> list[str]:
    """Return the list's items as text; runs shorter than `min_span` are written id by id."""
    found: list[str] = []
    for first, last in runs(ids):
        if last - first + 1 >= min_span and last > first:
            found.append(f"{first}{span}{last}")
        else:
            found.extend(str(number) for number in range(first, last + 1))
    return found


def commas(ids: Iterable[int], min_span: int = 3) -> str:
    """Return `ids` as one comma list (`min_span` 3 on IOS, 2 on EOS)."""
    return ",".join(items(ids, "-", min_span))


def wrapped(head: str, more: str, ids: Iterable[int], width: int = 80) -> list[str]:
    """Return IOS lines of at most `width` columns: `head` list, then `more` with the rest."""
    lines: list[str] = []
    current = head
    for item in items(ids, "-", 3):
        joined = f"{current},{item}" if current[-1].isdigit() else f"{current} {item}"
        # One column is left for the indentation of the block that the line stands in.
        if len(joined) >= width and current not in (head, more):
            lines.append(current)
            joined = f"{more} {item}"
        current = joined
    return [*lines, current]


def spaced(head: str, ids: Iterable[int], per_line: int = 10) -> list[str]:
    """Return VRP lines `head 10 20 to 25`, at most `per_line` items each."""
    found = items(ids, " to ", 2)
    return [
        f"{head} {' '.join(found[start : start + per_line])}"
        for start in range(0, len(found), per_line)
    ]
