"""Running against intended, for one device: verdicts, what mends the drift, and what undoes it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from automation.drift.block import Block, canonical
from automation.drift.goal import (
    Goal,
    Limits,
    goal,
    left_alone,
    port_goal,
    trunk_goal,
    uplink_goal,
    uplink_stays,
)
from automation.drift.owner import Owned, Owner, spelled
from automation.drift.reader import Reader
from automation.drift.stanzas import Stanzas
from automation.errors import BadInput, Fault
from automation.model import (
    Deferred,
    Device,
    Drift,
    IntendedConfig,
    Platform,
    Stanza,
    Verdict,
    canonical_json,
    digest,
)

ENGINE: Final = "3"
"""The version of the comparison: raise it when the same texts would compare differently."""

_NO_PORT = "the device shows no such port"
_NOT_IN_FORCE = "it is not in force, and no line can mend that; the device says"


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a device beside its configuration.

    `secrets` are the digests of secret texts as last verified, by header and key; a text that
    is not known is set again, unless `trust` says that we have just set it ourselves.
    `bindings` are the ports that have a DHCP binding.
    """

    secrets: Mapping[str, str] = field(default_factory=dict)
    bindings: frozenset[str] = frozenset()
    trust: bool = False


@dataclass(slots=True)
class Engine:
    """Compares devices of one platform. Keeps what it has read of the grammar, nothing else.

    `own` are the names of our secrets by the digest of their value.
    """

    platform: Platform
    own: Mapping[str, str] = field(default_factory=dict, repr=False)
    reader: Reader = field(init=False, repr=False)
    volatile: re.Pattern[str] = field(init=False, repr=False)
    reencoded: re.Pattern[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Compile the platform's grammar."""
        self.reader = Reader(self.platform.grammar, self.own)
        self.volatile = _lines(self.platform.grammar.drop)
        self.reencoded = _lines(self.platform.grammar.reencoded)

    @property
    def version(self) -> str:
        """The comparison's version: another one may judge the same texts differently."""
        parts = canonical_json([ENGINE, dict(self.own), repr(self.platform.grammar)])
        return digest(parts)[:16]

    def running_digest(self, running: str) -> str:
        """Return the digest of a whole running configuration, less what changes by itself.

        Two texts with one digest compare alike, so a verified one need not be parsed again.
        """
        still = self.volatile.sub("", running)
        return digest(self.reencoded.sub(lambda line: self.reader.masked(line[0]), still))

    def shown_secrets(self, running: str) -> dict[str, str]:
        """Return the secrets that `running` shows in clear, by the names that stanzas use."""
        return self.reader.shown(running)

    def compare(
        self, device: Device, running: str, intended: IntendedConfig, seen: Seen | None = None
    ) -> Drift:
        """Return the drift of `device`: `running` is what it printed, `intended` what we rendered.

        Raises BadInput if a template wrote a line that its feature does not own, or that no
        device may get.
        """
        owner = Owner.of(self.platform.grammar, device, intended)
        wanted = owner.intended(self.reader, intended)
        if flaws := self._flaws(intended.device, wanted):
            raise BadInput(flaws)
        has = owner.running(self.reader.read(running), wanted)
        return _Comparison(self.platform, owner, has, wanted, seen or Seen()).drift(device.name)

    def back(
        self, device: Device, now: str, before: str, intended: IntendedConfig
    ) -> tuple[Stanza, ...]:
        """Return what takes the owned part of the device from `now` back to `before`.

        A stanza here is about one setting, so that it can be chosen alone. What the device derives
        is left out of it: it is not as it was, and there is nothing to take back.
        """
        owner = Owner.of(self.platform.grammar, device, intended)
        wanted = owner.intended(self.reader, intended)
        texts = (self._given(self.reader.read(text)) for text in (before, now))
        old, new = (owner.running(block, wanted) for block in texts)
        stanzas = replace(_stanzas(self.platform, owner, frozenset()), together=False)
        return stanzas.between(new.features, old.features)

    def _given(self, block: Block) -> Block:
        """Return what the device was given of a configuration, its lines as they can be sent."""
        rules = self.platform.grammar.derived
        if not rules:
            return block
        given = dict(block)
        for key, entry in block.items():
            text = entry.text
            for pattern, instead in rules:
                text = re.sub(pattern, instead, text)
            inner = self._given(entry.block) if entry.block else entry.block
            given[key] = entry._replace(text=text, block=inner)
        return given

    def _flaws(self, device: str, wanted: Mapping[str, Block]) -> list[Fault]:
        """Return what is wrong with lines of the intent, by the platform's own word."""
        flaw = self.platform.flaw
        if flaw is None:
            return []
        found = ((name, one, flaw(one.text)) for name in wanted for one in wanted[name].values())
        return [
            Fault(f"{device} {name}", f"the template wrote {one.text!r}: {why}")
            for name, one, why in found
            if why
        ]

    def about(self, stanza: Stanza) -> frozenset[str]:
        """Return the settings that a stanza is about: one, or every block that its line makes."""
        read = self.reader.read(stanza.subject)
        return frozenset(read) if len(read) > 1 else frozenset({stanza.subject})


@dataclass(frozen=True, slots=True)
class _Comparison:
    platform: Platform
    owner: Owner
    running: Owned
    wanted: Mapping[str, Block]
    seen: Seen

    def drift(self, device: str) -> Drift:
        foreign = (*self.running.unowned, *self._not_touched())
        limits = Limits.of(self.seen.bindings, foreign)
        goals = {name: self._goal(name, limits) for name in self.wanted}
        reached = {name: one.block for name, one in goals.items()}
        secrets = dict(self._secrets())
        again = frozenset() if self.seen.trust else self._unverified(secrets)
        stanzas = _stanzas(self.platform, self.owner, again)
        return Drift(
            device=device,
            verdicts=self._verdicts(again),
            stanzas=stanzas.between(self.running.features, reached),
            base=_digest(self.running.features),
            target=_digest(reached),
            foreign=self.running.unowned,
            deferred=(*(late for one in goals.values() for late in one.deferred), *self._told()),
            secrets={f"{header}/{key}": text for (_, header, key), text in secrets.items()},
            unmet=tuple(self._unmet()),
        )

    def _not_touched(self) -> Iterator[str]:
        """Yield the lines of ports that stay as they are, whatever their intent says."""
        for name, block in self.running.features.items():
            for header in self.owner.ports.keys() & block.keys():
                has, wanted = block[header].block or {}, self.wanted[name][header].block or {}
                if left_alone(has) or self._uplink_stays(header, has, wanted):
                    yield from spelled(block[header])

    def _told(self) -> Iterator[Deferred]:
        """Yield what the device says is not in force of the intent: no line can mend that."""
        for name, block in self.running.features.items():
            for key in block.keys() & self.wanted[name].keys():
                if told := block[key].told:
                    yield Deferred(key, "", f"{_NOT_IN_FORCE}: {told}", lacking=True)

    def _unmet(self) -> Iterator[str]:
        """Yield what is configured as it should be and not in force, with the block it is in."""
        for name, block in self.running.features.items():
            for header in block.keys() & self.wanted[name].keys():
                wanted = self.wanted[name][header].block or {}
                for key, child in (block[header].block or {}).items():
                    if child.unmet and key in wanted:
                        yield f"{header}: {child.line}"

    def _uplink_stays(self, header: str, has: Block, wanted: Block) -> bool:
        grammar = self.platform.grammar
        return header in self.owner.lifelines and uplink_stays(has, wanted, grammar) is not None

    def _secrets(self) -> Iterator[tuple[tuple[str, str, str], str]]:
        """Yield ((feature, header, key), digest) of secret texts that the intent speaks about."""
        for name, block in self.running.features.items():
            wanted = self.wanted[name]
            for header, entry in block.items():
                if entry.secret is not None and header in wanted:
                    yield (name, "", header), entry.secret
                inner = wanted[header].block if header in wanted else None
                for key, child in (entry.block or {}).items():
                    if child.secret is not None and key in (inner or {}):
                        yield (name, header, key), child.secret

    def _unverified(
        self, secrets: Mapping[tuple[str, str, str], str]
    ) -> frozenset[tuple[str, str]]:
        known = self.seen.secrets
        return frozenset(
            (header, key)
            for (_, header, key), text in secrets.items()
            if known.get(f"{header}/{key}") != text
        )

    def _verdicts(self, again: frozenset[tuple[str, str]]) -> dict[str, Verdict]:
        """Return a verdict a feature; without intent, or with ports without, it is unknown."""
        return {
            feature.name: self._verdict(feature.name, again)
            for feature in self.platform.grammar.features
        }

    def _verdict(self, feature: str, again: frozenset[tuple[str, str]]) -> Verdict:
        if feature not in self.wanted:
            return Verdict.UNKNOWN
        has, wanted = self.running.features[feature], self.wanted[feature]
        stale = any(header in wanted or (not header and key in wanted) for header, key in again)
        told = any(has[key].told for key in has.keys() & wanted.keys())
        alone = {header for header in wanted if header in has and self._left_alone(header, has)}
        if stale or told or canonical(_but(has, alone)) != canonical(_but(wanted, alone)):
            return Verdict.DRIFTED
        return Verdict.UNKNOWN if alone or feature in self.running.silent else Verdict.IN_SYNC

    def _left_alone(self, header: str, has: Block) -> bool:
        return header in self.owner.ports and left_alone(has[header].block or {})

    def _goal(self, feature: str, limits: Limits) -> Goal:
        """Return where the feature may go now, block by block."""
        has, wanted = self.running.features[feature], self.wanted[feature]
        outer = goal("", has, wanted, limits)
        blocks = dict(outer.block)
        deferred = list(outer.deferred)
        for header, entry in wanted.items():
            if header in self.owner.ports and header not in has:
                del blocks[header]
                deferred.append(Deferred(header, "", _NO_PORT, strange=True))
            elif header in has and has[header].bars:
                one = has[header]
                line, late = self.platform.attainable(entry.line, one.line, one.bars)
                blocks[header] = entry._replace(line=line, text=line)
                deferred += late
            elif header in has and (entry.block or has[header].block):
                inner = self._inner(header, has[header].block or {}, entry.block or {}, limits)
                blocks[header] = entry._replace(block=inner.block)
                deferred += inner.deferred
        return Goal(blocks, tuple(deferred))

    def _inner(self, header: str, has: Block, wanted: Block, limits: Limits) -> Goal:
        port = self.owner.ports.get(header)
        if port is None:
            return goal(header, has, wanted, limits)
        if header in self.owner.lifelines:
            return uplink_goal(header, has, wanted, self.platform.grammar, limits)
        if header in self.owner.trunks and not left_alone(has):
            return trunk_goal(header, has, wanted, limits)
        return port_goal(port, header, has, wanted, self.platform.grammar, limits)


def _stanzas(platform: Platform, owner: Owner, again: frozenset[tuple[str, str]]) -> Stanzas:
    ports = frozenset(owner.ports)
    return Stanzas(platform.grammar, ports, again, owner.lifelines, owner.trunks)


def _but(block: Block, left_out: set[str]) -> Block:
    return {key: entry for key, entry in block.items() if key not in left_out}


def _lines(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """Return an expression for whole lines, their ends included, that match one of `patterns`."""
    either = "|".join(f"(?:{pattern})" for pattern in patterns)
    return re.compile(rf"^[ \t]*(?:{either})[ \t\r]*$\n?" if patterns else r"(?!)", re.MULTILINE)


def _digest(features: Mapping[str, Block]) -> str:
    """Return the digest of owned configuration, whatever the order in which it was written."""
    lines = (line for name in sorted(features) for line in (name, *canonical(features[name], 1)))
    return digest("\n".join(lines))
