"""What was asked for and not answered is asked again: in halves, then alone, then explained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from gufo.snmp import ValueType

from automation.errors import Unreachable
from automation.snmp import second
from automation.snmp.link import Link
from automation.snmp.target import Limits, Target

_SECOND_READINGS: Final = 8
"""The most objects a cycle explains for one device: a reading costs 5 ms."""
_SILENCES: Final = 3
"""How often an agent may be silent before it is taken to be gone."""
UNEXPLAINED: Final = "no value, asked alone; others of this device are explained"
SILENT: Final = "no answer to this object, though to others"


class Repair:
    """Finds what is missing for one device in one cycle, or why it is."""

    def __init__(self, link: Link, target: Target, limits: Limits) -> None:
        """Ask over `link`."""
        self._link = link
        self._target = target
        self._limits = limits
        self._left = _SECOND_READINGS
        self._silences = 0
        self.reasons: dict[str, str] = {}

    async def get(self, names: Sequence[str]) -> dict[str, ValueType]:
        """Return the values of `names`; each without one is in `reasons` afterwards.

        Raises:
            Unreachable: the agent has gone silent.
        """
        return await self.filled(names, await self._ask(names))

    async def filled(
        self, names: Sequence[str], answer: Mapping[str, ValueType]
    ) -> dict[str, ValueType]:
        """Return `answer`, which was given to a request for `names`, with what it left out.

        Only an answer to all that was asked is believed, or one about a single object. In one
        that leaves something out a name may stand over its neighbour's value: what it does have
        is asked for again, and that is two requests where the agent just lacks the others.
        """
        found: dict[str, ValueType] = {
            name: value for name in names if (value := answer.get(name)) is not None
        }
        if len(found) == len(names):
            return found
        missing = [name for name in names if name not in found]
        return await self._halve(list(found)) | await self._halve(missing)

    async def _halve(self, names: Sequence[str]) -> dict[str, ValueType]:
        """Ask again, in two halves, for `names`, which were not answered together."""
        middle = (len(names) + 1) // 2
        found: dict[str, ValueType] = {}
        for half in (names[:middle], names[middle:]):
            if len(half) > 1:
                found |= await self.get(half)
            elif half:
                found |= await self._alone(half[0])
        return found

    async def _alone(self, name: str) -> dict[str, ValueType]:
        """Ask for one name, and say why where it has no value."""
        answer = await self._ask([name])
        value = answer.get(name)
        if value is not None:
            return {name: value}
        if name not in self.reasons:
            self.reasons[name] = await self._why(name)
        return {}

    async def _ask(self, names: Sequence[str]) -> Mapping[str, ValueType]:
        """Return what is answered to one request for `names`; nothing where that is silence."""
        try:
            return await self._link.get(names)
        except Unreachable:
            self._silences += 1
            if self._silences > _SILENCES:
                raise
            if len(names) == 1:
                self.reasons[names[0]] = SILENT
            return {}

    async def _why(self, name: str) -> str:
        if not self._left:
            return UNEXPLAINED
        self._left -= 1
        return await second.reason(self._target, self._limits, name)
