"""Reading on where a YAML file is broken, so that one slip does not hide the faults after it.

A YAML parser stops at its first error. Here the first-level entry with the error is taken out
(its lines stay, empty, so that every other keeps its number) and the rest is read again.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import yaml

from automation.errors import Fault

_ENTRY: Final = re.compile(r"""(["']?)([^\s#"'&*!|>%@`{}\[\],?:-][^:\n]*?)\1[ ]*:(?=\s|$)""")
"""A first-level key, as people write it."""
_MOST: Final = 50
"""Errors in one file; beyond them it is something else than an inventory."""


def composed(
    text: str, where: str, read: Callable[[str], yaml.Node | None], faults: list[Fault]
) -> tuple[yaml.Node | None, frozenset[str]] | None:
    """Return the root of what `read` can make of `text`, and the entries that it cannot read.

    Each error is a fault. None when an error belongs to no entry, or when nothing is left.
    """
    lost: set[str] = set()
    for _ in range(_MOST):
        try:
            root = read(text)
        except yaml.MarkedYAMLError as error:
            faults.append(_syntax(where, error))
            found = _without(text, _line(error))
            if found is None:
                return None
            name, text = found
            lost.add(name)
        else:
            return None if lost and root is None else (root, frozenset(lost))
    return None


def _syntax(where: str, error: yaml.MarkedYAMLError) -> Fault:
    """Return a YAML syntax error as a fault; a quote without end, where it begins."""
    quote = "quoted" in (error.context or "")
    mark = error.context_mark if quote else error.problem_mark or error.context_mark
    said = ", ".join(part for part in (error.context, error.problem) if part)
    return Fault(where, f"not valid YAML: {said}", mark.line + 1 if mark else 0)


def _line(error: yaml.MarkedYAMLError) -> int:
    """Return the line (from 0) that is to blame: where a quote or bracket was opened, if one was.

    The context of an error in a block is the block's beginning, far above the error.
    """
    block = "block" in (error.context or "")
    mark = error.problem_mark if block or not error.context_mark else error.context_mark
    return mark.line if mark else 0


def _without(text: str, line: int) -> tuple[str, str] | None:
    """Return the name of the first-level entry around `line`, and `text` with its lines empty."""
    lines = text.split("\n")
    starts = {number: found[2] for number, one in enumerate(lines) if (found := _ENTRY.match(one))}
    above = [number for number in starts if number <= line]
    if not above:
        return None
    start = above[-1]
    end = min((number for number in starts if number > start), default=len(lines))
    return starts[start], "\n".join([*lines[:start], *[""] * (end - start), *lines[end:]])
