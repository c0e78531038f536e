"""Which feature owns a line: by the platform's patterns, and ports by the device's model."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from automation.drift.block import Block, Entry
from automation.drift.reader import Reader
from automation.errors import BadInput, Fault
from automation.model import Device, Feature, Grammar, IntendedConfig

PORTS = "ports"
UPLINKS = "uplinks"


@dataclass(frozen=True, slots=True)
class Owned:
    """A running configuration, sorted by owner.

    `features` holds what the intent may speak about. `unowned` are the lines nobody here owns.
    `silent` are the features with ports that have no intent: of those nothing can be said.
    """

    features: Mapping[str, Block]
    unowned: tuple[str, ...]
    silent: frozenset[str]


@dataclass(frozen=True, slots=True)
class Owner:
    """Ownership on one device: `ports` gives the port name of a block's header."""

    patterns: tuple[tuple[Feature, re.Pattern[str]], ...]
    ports: Mapping[str, str]
    uplinks: frozenset[str]
    trunks: frozenset[str]
    shared: Mapping[str, re.Pattern[str]]

    @classmethod
    def of(cls, grammar: Grammar, device: Device, config: IntendedConfig) -> Owner:
        """Return who owns what on `device`, of which `config` is the intent."""
        patterns = tuple(
            (feature, re.compile("|".join(feature.owns)))
            for feature in grammar.features
            if feature.owns
        )
        names = (*device.model.access, *device.model.uplinks)
        ports = {grammar.port_header.format(name=name): name for name in names}
        trunks = frozenset(header for header, port in ports.items() if port in config.trunks)
        shared = {
            feature.name: re.compile("|".join(feature.shared))
            for feature in grammar.features
            if feature.shared
        }
        return cls(patterns, ports, frozenset(device.model.uplinks), trunks, shared)

    def feature(self, entry: Entry) -> str | None:
        """Return the feature that owns a top-level line, or None.

        A port is known by its key, which is its block's header or the first words of its line.
        """
        port = self.ports.get(entry.key)
        if port is not None:
            return UPLINKS if port in self.uplinks else PORTS
        return next((one.name for one, owns in self.patterns if owns.match(entry.text)), None)

    @property
    def lifelines(self) -> frozenset[str]:
        """The headers of uplinks: our own session may run over any of them."""
        return frozenset(header for header, port in self.ports.items() if port in self.uplinks)

    def intended(self, reader: Reader, config: IntendedConfig) -> dict[str, Block]:
        """Return the rendered features as blocks; a line its feature does not own is a fault."""
        blocks: dict[str, Block] = {}
        faults: list[Fault] = []
        for name, text in config.features.items():
            block = blocks[name] = reader.read(text)
            faults += [
                Fault(
                    f"{config.device} {name}",
                    f"the template wrote {entry.text!r}, not owned by {name}",
                )
                for entry in block.values()
                if self.feature(entry) != name
            ]
        if faults:
            raise BadInput(faults)
        return blocks

    def running(self, block: Block, wanted: Mapping[str, Block]) -> Owned:
        """Sort a running configuration by owner; only what `wanted` speaks about is owned."""
        features = {name: _unshown(wanted[name]) for name in wanted}
        unowned: list[str] = []
        silent: set[str] = set()
        for key, entry in block.items():
            name = self.feature(entry)
            if name is None or name not in wanted:
                unowned += spelled(entry)
            elif key in self.ports and key not in wanted[name]:
                silent.add(name)
                unowned += spelled(entry)
            elif name in self.shared and self.shared[name].match(entry.text):
                kept, rest = _restricted(entry, wanted[name].get(key))
                features[name] |= {key: kept} if kept else {}
                unowned += rest
            else:
                features[name][key] = entry
        return Owned(features, tuple(unowned), frozenset(silent))


def _unshown(wanted: Block) -> dict[str, Entry]:
    """Return the blocks of `wanted` that are there, if only empty, where they are not shown."""
    return {key: one._replace(block={}) for key, one in wanted.items() if one.rule.unshown}


def _restricted(entry: Entry, wanted: Entry | None) -> tuple[Entry | None, list[str]]:
    """Return the part of an entry that the intent speaks about, and the lines of the rest."""
    if wanted is None:
        return None, list(spelled(entry))
    if entry.block is None:
        return entry, []
    names = wanted.block or {}
    kept = {key: child for key, child in entry.block.items() if key in names}
    rest = [
        line for key, child in entry.block.items() if key not in names for line in spelled(child)
    ]
    return entry._replace(block=kept), rest


def spelled(entry: Entry) -> Iterator[str]:
    """Yield the lines of an entry; a list as its ids, however the device wrote it."""
    ids = sorted(entry.ids or ())
    yield f"{entry.key} {' '.join(map(str, ids))}" if ids else entry.text
    yield from (other.text for other in entry.others)
    for child in (entry.block or {}).values():
        yield from spelled(child)
