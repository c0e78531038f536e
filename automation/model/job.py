"""How a job went: a result a device, and a recap that always adds up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from automation.model.words import GOOD_OUTCOMES, Outcome, StanzaState


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line that the device refused, as sent (secrets as placeholders), and its own words."""

    line: str
    text: str
    stanza: int
    """Index of the stanza in hand."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of each stanza of a change, in the change's order, and the refusal if any."""

    states: tuple[StanzaState, ...]
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class DeviceResult:
    """How one device ended in a job. `why` is one sentence for the operator.

    `line` and `text` are set when the device refused a line. `seconds` is wall time.
    `ports` are the ports whose intent was in the change.
    """

    device: str
    estate: str
    outcome: Outcome
    why: str = ""
    line: str = ""
    text: str = ""
    states: tuple[StanzaState, ...] = ()
    lines: int = 0
    ports: int = 0
    deferred: int = 0
    saved: bool = False
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Recap:
    """Counts by outcome, of devices and of ports; `planned` is the sum of the eight."""

    planned: int
    devices: Mapping[Outcome, int]
    ports: Mapping[Outcome, int]
    deferred: int = 0

    @classmethod
    def of(cls, planned: int, results: Iterable[DeviceResult]) -> Recap:
        """Count `results`; a device that was planned but has no result is our own fault."""
        results = tuple(results)
        devices = Counter(result.outcome for result in results)
        if planned != len(results):
            raise AssertionError(f"{planned} devices were planned, {len(results)} have a result")
        ports = Counter[Outcome]()
        for result in results:
            ports[result.outcome] += result.ports
        return cls(
            planned,
            {outcome: devices[outcome] for outcome in Outcome},
            {outcome: ports[outcome] for outcome in Outcome},
            sum(result.deferred for result in results),
        )

    @property
    def good(self) -> bool:
        """Whether every device ended as asked."""
        return all(
            not count for outcome, count in self.devices.items() if outcome not in GOOD_OUTCOMES
        )


@dataclass(frozen=True, slots=True)
class Verified:
    """The key of a full comparison that found the device in sync; the same key is trusted.

    `engine` is the version of the comparison, `running` the digest of the normalised text.
    """

    device: str
    engine: str
    intent: str
    templates: str
    running: str
