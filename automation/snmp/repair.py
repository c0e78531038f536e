"""What was asked for and not answered is asked again: in halves, then alone, then explained."""

from __future__ import annotations

from collections.abc import Sequence
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
        self.values: dict[str, ValueType] = {}
        self.reasons: dict[str, str] = {}

    async def get(self, names: Sequence[str]) -> dict[str, ValueType]:
        """Return the values of `names`; each without one is in `reasons` afterwards.

        Raises:
            Unreachable: the agent has gone silent.
        """
        missing = await self._ask(names)
        if missing:
            await self.halve(missing)
        return {name: self.values[name] for name in names if name in self.values}

    async def halve(self, names: Sequence[str]) -> None:
        """Ask again for `names`, which stayed without a value together."""
        middle = (len(names) + 1) // 2
        for half in (names[:middle], names[middle:]):
            missing = await self._ask(half) if half else []
            if missing and len(half) > 1:
                await self.halve(missing)
            elif missing and half[0] not in self.reasons:
                self.reasons[half[0]] = await self._why(half[0])

    async def _ask(self, names: Sequence[str]) -> list[str]:
        """Ask for `names` together, keep what is answered, and return the rest."""
        try:
            answer = await self._link.get(names)
        except Unreachable:
            self._silences += 1
            if self._silences > _SILENCES:
                raise
            if len(names) == 1:
                self.reasons[names[0]] = SILENT
            return list(names)
        self.values.update(
            (name, value) for name in names if (value := answer.get(name)) is not None
        )
        return [name for name in names if name not in self.values]

    async def _why(self, name: str) -> str:
        if not self._left:
            return UNEXPLAINED
        self._left -= 1
        return await second.reason(self._target, self._limits, name)
