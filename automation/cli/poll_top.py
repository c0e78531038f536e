"""The ports with the most of something, of those that are up and whose device was read."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median_high
from time import time
from typing import Final

from automation import platforms
from automation.cli import output
from automation.cli.options import Format
from automation.cli.poll_views import (
    DISCARDS,
    ERRORS,
    WORTH_SAYING,
    Known,
    Row,
    figures,
    known_of,
    said,
)
from automation.cli.text import counted
from automation.cli.units import lasted, moment
from automation.counters import Column
from automation.errors import UsageError
from automation.playbook import Network

_INTERVALS: Final = 2
"""How many intervals a device may have been read before most of the others."""
_NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class _Ranking:
    """By what ports are ranked, and which columns tell it; `none` is said where no port has any."""

    value: Callable[[Known, int], float | None]
    columns: tuple[str, ...]
    spare: tuple[str, ...]
    none: str
    least: float = 0.0


def _traffic(known: Known, row: int) -> float:
    both = (known.bits(column, row) for column in (Column.IN_OCTETS, Column.OUT_OCTETS))
    return max((bits for bits in both if bits is not None), default=0.0)


_BY: Final[Mapping[str, _Ranking]] = {
    "traffic": _Ranking(
        _traffic,
        ("device", "port", "in", "out", "use", "errors", "discards", "light", "alias"),
        ("discards", "light", "errors", "use"),
        "no port that is up carries anything",
    ),
    "errors": _Ranking(
        lambda known, row: known.rate((*ERRORS, *DISCARDS), row),
        ("device", "port", "errors", "discards", "use", "light", "alias"),
        ("light", "use"),
        "no port that is up has errors or discards",
    ),
    "light": _Ranking(
        lambda known, row: known.less(row),
        ("device", "port", "less", "received", "usual", "errors", "alias"),
        ("errors",),
        f"no port that is up is known to receive {WORTH_SAYING:g} dB less light than it used to",
        WORTH_SAYING,
    ),
}


def write_top(
    network: Network, devices: Collection[str] | None, by: str, count: int, form: Format
) -> None:
    """Write the ports with the most of something, of those that are up.

    Raises:
        UsageError: there is no such something, or no device was ever read.
    """
    if by not in _BY:
        raise UsageError(f"no ranking by {by!r}; there are: {', '.join(_BY)}")
    known = known_of(network, devices)
    if not known:
        raise UsageError("no device was ever read; read them now: portvakt poll once")
    slack = _INTERVALS * network.workspace.settings.poll.interval
    usual = median_high(one.sample.at for one in known.values())
    there = [one for one in known.values() if one.sample.at >= usual - slack]
    late = known.keys() - {one.sample.device for one in there}
    ranking = _BY[by]
    ranked = sorted(_ranked(there, ranking))
    some = [(known[device], row) for _, device, row in ranked[:count]]
    dark = _dark(network, there) if by == "light" else []
    _say(late, slack, [*dark, *([] if some else [ranking.none])])
    if form is not Format.TABLE:
        columns = ("device", *(name for name in ranking.columns if name not in ("device", "light")))
        output.rows((figures(one, row) for one, row in some), (*columns, "at"), form)
    elif some:
        oldest = min(one.sample.at for one in there)
        output.write(f"read since {moment(oldest)}, {lasted(time() - oldest)} ago")
        output.rows((_said(one, row) for one, row in some), ranking.columns, form, ranking.spare)


def _ranked(every: Collection[Known], ranking: _Ranking) -> Iterator[tuple[float, str, int]]:
    """Yield ports that are up and have enough: its value negated, device and row."""
    for known in every:
        for row in known.sample.up().values():
            value = ranking.value(known, row)
            if value is not None and value > 0 and value >= ranking.least:
                yield -value, known.sample.device, row


def _said(known: Known, row: int) -> Row:
    """Return one port as people read it, its light in columns of their own too."""
    found, port, extras = said(known, row), known.sample.layout.ports[row], known.extras
    if extras is None or port not in extras.received or port not in extras.usual:
        return dict(found)
    return {
        **found,
        "less": f"{known.less(row):.1f} dB",
        "received": f"{extras.received[port]:g} dBm",
        "usual": f"{extras.usual[port]:.4g} dBm",
    }


def _dark(network: Network, there: Collection[Known]) -> Sequence[str]:
    """Return what is to be said of devices whose light is not known: its faults do not show."""
    by_name = {one.sample.device: network.inventory.devices[one.sample.device] for one in there}
    none = {name for name in by_name if not platforms.get(by_name[name].platform).mibs.light}
    unread = {one.sample.device for one in there if {"light", "extras"} & one.unread().keys()}
    found = []
    if some := unread - none:
        why = "see portvakt poll show DEVICE"
        found.append(f"light of {_named(some)} is not known, or not all of it; {why}")
    if none:
        found.append(f"light of {_named(none)} is not known; such a platform shows none")
    return found


def _named(devices: Collection[str]) -> str:
    """Return how many devices, and the names of the first."""
    names = [*sorted(devices)[:_NAMED], *(["…"] if len(devices) > _NAMED else [])]
    return f"{counted(len(devices), 'device')} ({', '.join(names)})"


def _say(late: Collection[str], seconds: float, more: Sequence[str]) -> None:
    """Say on stderr what is not ranked, and why."""
    if late:
        left_out = f"{_named(late)} left out, read {lasted(seconds)} before the others"
        more = [left_out, *more]
    sys.stderr.writelines(f"{line}\n" for line in more)
