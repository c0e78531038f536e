"""What was asked for and not answered is asked again: in parts, then alone.

Each part is asked with the agent's clock in front. That dates it, and tells the two ways of having
no value apart, which the library shows alike: an answer with the clock and nothing else comes from
an agent that does not have the rest; one without the clock is an error that may be over tomorrow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Final

from gufo.snmp import ValueType

from automation.errors import Unreachable
from automation.snmp import oids
from automation.snmp.link import Link

_SILENCES: Final = 3
"""How often an agent may be silent before it is taken to be gone."""
_AT_ONCE: Final = 0.1
"""Seconds in which a value and the clock after it have to come to be of one time."""
UNDATED: Final = "not read: alone it came, but no clock with it"
LACKING: Final = "the agent does not have it"
UNEXPLAINED: Final = "no value, asked alone"
SILENT: Final = "no answer to this object, though to others"


class Repair:
    """Finds what is missing for one device in one cycle."""

    def __init__(self, link: Link) -> None:
        """Ask over `link`."""
        self._link = link
        self._silences = 0
        self.clocks: dict[str, int] = {}
        """sysUpTime in the message that each value came in."""
        self.reasons: dict[str, str] = {}

    async def get(self, names: Sequence[str]) -> dict[str, ValueType]:
        """Return the values of `names`; each without one is in `reasons` afterwards.

        Raises:
            Unreachable: the agent has gone silent.
        """
        if not names:
            return {}
        others = [name for name in names if name != oids.UPTIME]
        answer = await self._ask((oids.UPTIME, *others))
        clock = answer.get(oids.UPTIME)
        if not oids.is_clock(clock) or answer.keys() - {oids.UPTIME, *names}:
            return await self.filled(names, {})
        if len(answer) == 1:
            self.reasons.update(dict.fromkeys(others, LACKING))
        elif len(answer) <= len(others):
            return await self.filled(names, answer)
        self.clocks.update(dict.fromkeys(answer, clock))
        return {name: answer[name] for name in names if name in answer}

    async def filled(
        self, names: Sequence[str], answer: Mapping[str, ValueType]
    ) -> dict[str, ValueType]:
        """Return the values of `names`, to which the agent gave `answer`, which lacks some.

        Only an answer to all that was asked is believed, or one about a single object. In one
        that leaves something out a name may stand over its neighbour's value: what it does have
        is asked for again.
        """
        found = [name for name in names if answer.get(name) is not None]
        missing = [name for name in names if answer.get(name) is None]
        if found and missing:
            return await self.get(found) | await self.get(missing)
        if len(names) == 1:
            return await self._alone(names[0])
        middle = (len(names) + 1) // 2
        return await self.get(names[:middle]) | await self.get(names[middle:])

    async def _alone(self, name: str) -> dict[str, ValueType]:
        """Ask for one name without the clock, then for the clock."""
        begun = monotonic()
        value = None if name in self.reasons else (await self._ask([name])).get(name)
        if value is not None:
            clock = (await self._ask([oids.UPTIME])).get(oids.UPTIME)
            if oids.is_clock(clock) and monotonic() - begun < _AT_ONCE:
                self.clocks[name] = clock
                return {name: value}
            self.reasons[name] = UNDATED
        self.reasons.setdefault(name, UNEXPLAINED)
        return {}

    async def _ask(self, names: Sequence[str]) -> Mapping[str, ValueType]:
        """Return what is answered to one request for `names`; nothing where that is silence."""
        try:
            return await self._link.get(names)
        except Unreachable:
            self._silences += 1
            if self._silences > _SILENCES:
                raise
            others = [name for name in names if name != oids.UPTIME]
            if len(others) == 1:
                self.reasons[others[0]] = SILENT
            return {}

    async def explained(self, name: str) -> str:
        """Return why `name` has no value, as another library is told; it costs some 5 ms."""
        return await self._link.explained(name)
