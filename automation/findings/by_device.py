"""Findings at hand by the device that they are of: a city in the dark has tens of thousands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from automation.model import Finding, FindingKind

Key = tuple[str, str, FindingKind]


class ByDevice:
    """Findings, at most one of each key; those of one device are at hand without the others."""

    def __init__(self, findings: Iterable[Finding] = ()) -> None:
        """Hold `findings`; of two with one key the later."""
        self._of: dict[str, dict[Key, Finding]] = {}
        for one in findings:
            self.put(one)

    def __iter__(self) -> Iterator[Finding]:
        """Go through all of them, a device after the other."""
        return (one for own in self._of.values() for one in own.values())

    def __bool__(self) -> bool:
        """Whether there is any."""
        return any(self._of.values())

    def get(self, key: Key) -> Finding | None:
        """Return the one with this key."""
        return self._of.get(key[0], {}).get(key)

    def of(self, device: str) -> Sequence[Finding]:
        """Return those of a device."""
        return tuple(self._of.get(device, {}).values())

    def put(self, one: Finding) -> None:
        """Hold a finding, in the place of the one with its key."""
        self._of.setdefault(one.device, {})[one.key] = one

    def take(self, one: Finding) -> None:
        """Let go of a finding that is held."""
        del self._of[one.device][one.key]
