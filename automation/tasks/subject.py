"""One device and what it should be: made once, read by every task of a run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from automation import platforms
from automation.drift import Drift, Engine, Seen
from automation.model import (
    TRUNK_ROLES,
    Device,
    DeviceIntent,
    IntendedConfig,
    Inventory,
    Platform,
    Port,
    SessionKind,
    Stanza,
    Subscription,
    Verified,
    canonical_json,
    digest,
)
from automation.render import Renderer, Templates, intents


@dataclass(frozen=True, slots=True)
class Toolset:
    """What all devices of one platform share: its data, its templates, its comparison."""

    platform: Platform
    templates: Templates
    renderer: Renderer = field(repr=False)
    engine: Engine = field(repr=False)

    @classmethod
    def of(cls, templates: Templates, own: Mapping[str, str]) -> Toolset:
        """Return the tools of the platform that `templates` belong to.

        `own` are the names of our secrets by the digest of their value.
        """
        platform = platforms.get(templates.platform)
        return cls(platform, templates, Renderer(templates), Engine(platform, own))


@dataclass(frozen=True, slots=True)
class Subject:
    """A device, its intent, and what is known of it from the last time.

    `features` are those of the platform that the run speaks about, in the platform's order.
    `secrets` are digests as last verified; `verified` is the key of the last full comparison
    that found the device in sync. `unsaved` says that its last change was never saved.
    """

    device: Device
    intent: DeviceIntent
    intent_digest: str
    tools: Toolset
    features: tuple[str, ...]
    secrets: Mapping[str, str] = field(default_factory=dict)
    verified: Verified | None = None
    unsaved: bool = False

    @property
    def platform(self) -> Platform:
        """The device's platform."""
        return self.tools.platform

    def intended(self) -> IntendedConfig:
        """Render the intent; the same intent and templates give the same text."""
        return self.tools.renderer.config(self.intent, self.features)

    def compare(self, running: str, seen: Seen) -> Drift:
        """Compare what the device printed with the intent."""
        return self.tools.engine.compare(self.device, running, self.intended(), seen)

    def proves(self, stanzas: Iterable[Stanza]) -> bool:
        """Whether `stanzas` touch what we may be reached by, so that only a new login proves them.

        That is what we log in by, and each port that leads to another device, by its intent or as
        it stood: our way may come over any of them.
        """
        grammar = self.platform.grammar
        proved = {feature.name for feature in grammar.features if feature.proved}
        leading = (port.name for port in self.intent.ports if port.role in TRUNK_ROLES)
        trunks = {grammar.port_header.format(name=name) for name in leading}
        return any(
            stanza.feature in proved or stanza.subject in trunks or _led(stanza, grammar.trunk)
            for stanza in stanzas
        )

    def key(self, running: str) -> Verified:
        """Return the key under which a full comparison of `running` may be remembered."""
        return Verified(
            device=self.device.name,
            engine=digest(canonical_json([self.tools.engine.version, *self.features])),
            intent=self.intent_digest,
            templates=self.tools.templates.digest,
            running=self.tools.engine.running_digest(running),
        )


@dataclass(frozen=True, slots=True)
class Memory:
    """What the store remembers of devices: verified keys and secret digests, and who is unsaved."""

    verified: Mapping[str, Verified] = field(default_factory=dict)
    secrets: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    unsaved: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rows:
    """What the store says should be."""

    ports: tuple[Port, ...]
    subscriptions: tuple[Subscription, ...]


def subjects(
    inventory: Inventory,
    devices: Iterable[Device],
    rows: Rows,
    tools: Mapping[str, Toolset],
    features: tuple[str, ...],
    memory: Memory,
    today: date,
) -> dict[str, Subject]:
    """Return a subject for each of `devices` that has rows, by name; no features means all."""
    wanted = {device.name: device for device in devices}
    own = (port for port in rows.ports if port.device in wanted)
    found = intents(inventory, own, rows.subscriptions, today)
    return {
        name: Subject(
            device=wanted[name],
            intent=intent,
            intent_digest=intent.digest(),
            tools=tools[wanted[name].platform],
            features=_features(tools[wanted[name].platform].platform, features),
            secrets=known_secrets(memory.secrets.get(name, {}), tools[wanted[name].platform]),
            verified=memory.verified.get(name),
            unsaved=name in memory.unsaved and _saves(tools[wanted[name].platform].platform),
        )
        for name, intent in found.items()
    }


def _led(stanza: Stanza, trunk: str) -> bool:
    """Whether what a stanza undoes to is a port that leads to another device."""
    return bool(trunk) and any(re.match(trunk, line) for line in stanza.undo)


def _saves(platform: Platform) -> bool:
    """Whether running and saved are two: a transaction is on the disk before it is answered."""
    return platform.control.session is not SessionKind.TRANSACTION


_OWN = "our own values"
"""The line under which the store keeps the digest of our secrets' values, beside the device's."""


def known_secrets(recorded: Mapping[str, str], tools: Toolset) -> Mapping[str, str]:
    """Return the digests that still count: none, once a value of ours is another one."""
    if recorded.get(_OWN) != tools.engine.version:
        return {}
    return {line: text for line, text in recorded.items() if line != _OWN}


def to_record(secrets: Mapping[str, str], tools: Toolset) -> dict[str, str]:
    """Return what the store is to keep of a device's secrets, as last verified."""
    return {**secrets, _OWN: tools.engine.version}


def _features(platform: Platform, chosen: tuple[str, ...]) -> tuple[str, ...]:
    every = tuple(feature.name for feature in platform.grammar.features)
    return tuple(name for name in every if not chosen or name in chosen)
