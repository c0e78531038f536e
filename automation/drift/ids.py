"""Lists of ids as network operating systems write them: `10,20-30` or `10 20 to 30`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from automation.model import IdList


def parse(text: str, style: IdList) -> frozenset[int]:
    """Return the members of a list; the style's word for an empty list gives none.

    Raises ValueError for anything that is not a list in that style.
    """
    if text == style.empty:
        return frozenset()
    members: set[int] = set()
    for item in text.replace(style.span, "\0").split(style.joiner):
        low, _, high = item.partition("\0")
        members.update(range(int(low), int(high or low) + 1))
    return frozenset(members)


def items(members: Iterable[int], style: IdList) -> list[str]:
    """Return the list's items in order: single ids, and runs as ranges."""
    runs: list[list[int]] = []
    for member in sorted(members):
        if runs and member == runs[-1][1] + 1:
            runs[-1][1] = member
        else:
            runs.append([member, member])
    return [item for low, high in runs for item in _run(low, high, style)]


def _run(low: int, high: int, style: IdList) -> Iterator[str]:
    if high - low + 1 >= style.min_span and high > low:
        yield f"{low}{style.span}{high}"
    else:
        yield from (str(member) for member in range(low, high + 1))


def chunks(members: Iterable[int], style: IdList) -> list[str]:
    """Return the list cut into texts of at most `style.per_line` items."""
    every = items(members, style)
    step = style.per_line
    return [style.joiner.join(every[at : at + step]) for at in range(0, len(every), step)]
