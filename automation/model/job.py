"""How a job went: a result a device, and a recap that always adds up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from automation.model.words import GOOD_OUTCOMES, JobState, Outcome, StanzaState


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line that the device refused, as sent (secrets as placeholders), and its own words."""

    line: str
    text: str
    stanza: int
    """Index of the stanza in hand."""


@dataclass(frozen=True, slots=True)
class Reached:
    """How far the lines of a change came, secrets as placeholders.

    `sent` lines were typed, `accepted` of them were acknowledged by the device, `last` is the last
    of those. `line` is the first that was typed and not acknowledged: in flight, or refused.
    """

    sent: int = 0
    accepted: int = 0
    last: str = ""
    line: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of each stanza of a change, in the change's order, and the refusal if any.

    `diff` is the device's own, where a candidate has one. What is `adrift` was sent and never
    answered: some of it may be on its way to the device still.
    """

    states: tuple[StanzaState, ...]
    refusal: Refusal | None = None
    diff: str = ""
    reached: Reached = field(default_factory=Reached)
    adrift: bool = False


@dataclass(frozen=True, slots=True)
class DeviceResult:
    """How one device ended in a job. `why` is one sentence for the operator.

    `lines` of the change stand on the device, as a read showed. `sent` were typed, `accepted` of
    them the device acknowledged, `reached` is the last of those. `line` is the line it refused,
    with its words in `text`, or the one in flight when the session ended. `diff` is the device's
    own comparison, where it has one, without secrets. `seconds` is wall time.
    `ports` is how many ports ended with this outcome, `ports_unchanged` how many of the device's
    ports were right already. `states` are those of the change's stanzas, in its order.
    """

    device: str
    estate: str
    outcome: Outcome
    why: str = ""
    line: str = ""
    text: str = ""
    states: tuple[StanzaState, ...] = ()
    lines: int = 0
    sent: int = 0
    accepted: int = 0
    reached: str = ""
    diff: str = ""
    ports: int = 0
    ports_unchanged: int = 0
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
            ports[Outcome.UNCHANGED] += result.ports_unchanged
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


@dataclass(frozen=True, slots=True)
class JobDeviceRow:
    """One device's page in the journal of a job.

    `lines` and `rollback` were written down before the first configuration line was sent;
    `result` is how it ended. `begun` without `result`: it is under way, or the program ended in
    between, so that the device's state is not known. Times are ISO 8601 in UTC, or None where it
    has not happened.
    """

    device: str
    estate: str
    begun: str | None
    ended: str | None
    lines: tuple[str, ...]
    rollback: tuple[str, ...]
    result: DeviceResult | None = None

    @property
    def left(self) -> bool:
        """Whether it was begun, and nobody was there to say how it ended."""
        return self.begun is not None and self.ended is None


@dataclass(frozen=True, slots=True)
class Owner:
    """Who applies a plan: a user, and the process `pid` on `host` for the workspace at `root`."""

    user: str
    host: str
    pid: int
    root: str

    def __str__(self) -> str:
        """Return `anna@noc-1`."""
        return f"{self.user}@{self.host}"


@dataclass(frozen=True, slots=True)
class Claim:
    """Leave to write to a device, which one job at a time has. Times are ISO 8601 in UTC."""

    device: str
    job: int
    owner: Owner
    since: str
    until: str

    def __str__(self) -> str:
        """Return who holds the device, since when, and until when at most."""
        who = f"{self.owner} (process {self.owner.pid}, workspace {self.owner.root})"
        return (
            f"job {self.job} of {who} has been writing to it since {self.since}, and holds it "
            f"until {self.until} at most"
        )


@dataclass(frozen=True, slots=True)
class JobRow:
    """One application of a plan: who and when, and how many devices have each outcome.

    `planned` counts all its devices, `open` those that were begun and have no outcome yet. `lost`
    is when its process was found to be gone. `devices` are in the order in which they were begun;
    a list of jobs leaves them out.
    """

    id: int
    plan: str
    playbook: str
    owner: Owner
    begun: str
    ended: str | None
    outcomes: Mapping[Outcome, int]
    planned: int = 0
    open: int = 0
    lost: str | None = None
    devices: tuple[JobDeviceRow, ...] = ()

    @property
    def state(self) -> JobState:
        """Whether it is under way or over."""
        if self.ended:
            return JobState.ENDED
        return JobState.LOST if self.lost else JobState.OPEN
