"""The fixed block: 48 ports of 6 lines, the header included, that IOS takes without a word."""

from __future__ import annotations

PORTS = 48
_INNER = (
    "description bench {tag} {port}",
    "switchport mode access",
    "switchport nonegotiate",
    "storm-control broadcast level 1.00",
    "spanning-tree guard root",
)


def blocks(tag: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return (header, lines) of each port; `tag` stands in every description."""
    return [
        (
            f"interface GigabitEthernet1/0/{port}",
            tuple(line.format(tag=tag, port=port) for line in _INNER),
        )
        for port in range(1, PORTS + 1)
    ]


def flat(tag: str) -> list[str]:
    """Return the 288 lines of the block as they are typed."""
    return [line for header, lines in blocks(tag) for line in (header, *lines)]


def took(config: str, tag: str) -> bool:
    """Whether `config` holds the whole block of `tag`."""
    return all(config.count(line.format(tag=tag, port="").strip()) >= PORTS for line in _INNER)
