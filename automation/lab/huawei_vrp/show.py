"""How VRP prints its configuration: blocks between `#`, children one space in, `return`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from automation.lab.switch import Switch
from automation.lab.tree import At, Block, View, lines

VERSION = "V200R013C00SPC500"


def running(views: Mapping[str, View], switch: Switch, config: Block) -> str:
    """Return the whole text, its secrets enciphered for this display."""
    switch.displays += 1
    body = "\n".join(_body(views, switch, config))
    return f"!Software Version {VERSION}\n#\n{body}\n#\nreturn\n"


def _body(views: Mapping[str, View], switch: Switch, config: Block) -> Iterator[str]:
    last = ""
    for _, item in lines(At(switch, config, config), views["system"]):
        if isinstance(item, str):
            word = item.split(" ", 1)[0]
            if last and word != last:
                yield "#"
            last = word
            yield item
            continue
        if item.view == "vlan" and not item.slots:
            continue
        if last:
            yield "#"
        last = item.header
        yield item.header
        yield from block_lines(views, switch, config, item, 1)


def block_lines(
    views: Mapping[str, View], switch: Switch, config: Block, block: Block, depth: int
) -> list[str]:
    """Return the lines inside `block`, one space a level."""
    found: list[str] = []
    pad = " " * depth
    for _, item in lines(At(switch, config, block), views[block.view]):
        if isinstance(item, str):
            found.append(pad + item)
            continue
        found.append(pad + item.header)
        found += block_lines(views, switch, config, item, depth + 1)
    return found
