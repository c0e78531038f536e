"""The mending, written down: stanzas, a device's change, and a plan, all frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from automation.model.job import DeviceResult
from automation.model.words import Verdict


@dataclass(frozen=True, slots=True)
class Stanza:
    """Lines that belong together: one block of configuration, or one top-level line.

    `header` is the line that enters the block, or "" for a top-level line. `lines` are sent in
    order inside it; one leading space a level says how deep a line stands below the header.
    `undo_header` and `undo` take the device back from after `lines` to before them.
    `irreversible` says that an old value (a secret we do not hold) cannot be restored.
    `interrupts` says that traffic stops for a moment: the port is shut in between, or the whole
    switch works out its spanning tree anew. `subject` is the setting
    that the stanza is about, however it stands: the same for a stanza and its inverse.
    """

    feature: str
    header: str
    lines: tuple[str, ...]
    undo_header: str
    undo: tuple[str, ...]
    irreversible: bool = False
    interrupts: bool = False
    subject: str = ""


def sent_lines(stanza: Stanza) -> tuple[str, ...]:
    """Return the stanza's lines as they stand in a configuration, header first."""
    if not stanza.header:
        return stanza.lines
    return (stanza.header, *(f" {line}" for line in stanza.lines))


def inverse(stanza: Stanza) -> Stanza:
    """Return the stanza that undoes this one."""
    return replace(
        stanza,
        header=stanza.undo_header,
        lines=stanza.undo,
        undo_header=stanza.header,
        undo=stanza.lines,
    )


@dataclass(frozen=True, slots=True)
class Deferred:
    """A line that was left out on purpose, and why; the next run takes it.

    `needs_binding` says that a DHCP binding on the port would let it through; `strange` that the
    device is not what the inventory takes it for; `lacking` that the device does not do what the
    intent says and no line can make it, for as long as `why` is so.
    """

    header: str
    line: str
    why: str
    needs_binding: bool = False
    strange: bool = False
    lacking: bool = False


@dataclass(frozen=True, slots=True)
class Drift:
    """The comparison of one device: a verdict a feature, and what mends the drift.

    `base` is the digest of the owned part of running, `target` that of the owned part as it
    will be when `stanzas` have been sent (the intent, less what is deferred). They are equal
    when there is nothing to do. `foreign` are the running lines that nobody here owns, with
    stored secrets masked and those shown in clear by a name. `secrets` are digests of the
    secret texts seen in running, by line. `unmet` is what the device was given of the intent and
    does not do, as `stanzas` mend it: `interface eth2: ip address 192.0.2.1/30`.
    """

    device: str
    verdicts: Mapping[str, Verdict]
    stanzas: tuple[Stanza, ...]
    base: str
    target: str
    foreign: tuple[str, ...] = ()
    deferred: tuple[Deferred, ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict)
    unmet: tuple[str, ...] = ()

    @property
    def unmanaged(self) -> int:
        """How many running lines nobody here owns."""
        return len(self.foreign)


@dataclass(frozen=True, slots=True)
class Change:
    """What a plan does to one device, and the digests that say whether it still may.

    `base` and `target` are those of `Drift`; `intent` and `templates` are digests of what the
    change was made from. A device where one of base, intent, templates has moved is stale.
    """

    device: str
    estate: str
    platform: str
    base: str
    target: str
    intent: str
    templates: str
    stanzas: tuple[Stanza, ...] = ()
    deferred: tuple[Deferred, ...] = ()
    ports: tuple[str, ...] = ()
    """The ports that the stanzas touch."""
    running: str = ""
    """The digest of the whole configuration, where nothing beside it decided the stanzas."""
    save: bool = False
    """An earlier run left the device unsaved: it is saved also where nothing is to be sent."""
    unmanaged: int = 0
    """Running lines that nobody here owns; none are counted where the device was not compared,
    because its configuration is the one that was verified before."""

    abandoned: bool = False
    """A timed commit stands on the device whose clock is dead: what it made is kept, and its record
    ended, also where no line is to be sent. Until then a restart may still take it back."""
    cautions: tuple[str, ...] = ()
    """What whoever applies this should know of the device, a sentence each."""

    @property
    def pending(self) -> bool:
        """Whether there is something to do."""
        return bool(self.stanzas) or self.save or self.abandoned

    @property
    def lines(self) -> tuple[str, ...]:
        """Every line in the order in which it is sent, headers included."""
        return tuple(line for stanza in self.stanzas for line in sent_lines(stanza))

    @property
    def rollback(self) -> tuple[str, ...]:
        """Every line that takes the device back: the stanzas' undo, last stanza first."""
        return tuple(
            line for stanza in reversed(self.stanzas) for line in sent_lines(inverse(stanza))
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan is a value: `id` is the hash of all the rest, so an edited plan shows itself.

    Times are ISO 8601 in UTC. `waves` are device counts, the last repeats. `stop` is a count
    of devices that did not end well; reaching it skips the rest. `estates` is their order.
    `selection` is the text that chose the devices. `verify` reads each wave anew.
    """

    id: str
    playbook: str
    features: tuple[str, ...]
    selection: str
    created: str
    expires: str
    waves: tuple[int, ...]
    stop: int
    estates: tuple[str, ...]
    verify: bool
    changes: tuple[Change, ...]
    faults: tuple[DeviceResult, ...] = ()
    """Devices that could not be planned, and why; they count in the recap."""
