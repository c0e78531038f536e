"""One device and what it should be: made once, read by every task of a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from automation import platforms
from automation.drift import Drift, Engine, Seen
from automation.model import (
    Device,
    DeviceIntent,
    IntendedConfig,
    Inventory,
    Platform,
    Port,
    Subscription,
    Verified,
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
    that found the device in sync.
    """

    device: Device
    intent: DeviceIntent
    intent_digest: str
    tools: Toolset
    features: tuple[str, ...]
    secrets: Mapping[str, str] = field(default_factory=dict)
    verified: Verified | None = None

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

    def key(self, running: str) -> Verified:
        """Return the key under which a full comparison of `running` may be remembered."""
        return Verified(
            device=self.device.name,
            engine=f"{self.tools.engine.version} {' '.join(self.features)}",
            intent=self.intent_digest,
            templates=self.tools.templates.digest,
            running=self.tools.engine.running_digest(running),
        )


@dataclass(frozen=True, slots=True)
class Memory:
    """What the store remembers of devices: verified keys, and secret digests, by device."""

    verified: Mapping[str, Verified] = field(default_factory=dict)
    secrets: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


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
            secrets=memory.secrets.get(name, {}),
            verified=memory.verified.get(name),
        )
        for name, intent in found.items()
    }


def _features(platform: Platform, chosen: tuple[str, ...]) -> tuple[str, ...]:
    every = tuple(feature.name for feature in platform.grammar.features)
    return tuple(name for name in every if not chosen or name in chosen)
