"""What every benchmark is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.bench.report import Finding


@dataclass(frozen=True, slots=True)
class Setting:
    """How a benchmark is to be run.

    `runs` are rounds that count. `quick` uses fewer devices and rounds, to try a change out:
    its figures are no figures. `peers` is the folder of the peers' programs.
    """

    runs: int
    quick: bool
    peers: Path


Benchmark = Callable[[Setting], Iterator[Finding]]
