"""How VRP prints its configuration: blocks between `#`, children one space in, `return`."""

from __future__ import annotations

from collections.abc import Iterator

from automation.lab.switch import Switch
from automation.lab.tree import Block, block_lines, lines

VERSION = "V200R013C00SPC500"


def running(switch: Switch, config: Block) -> str:
    """Return the whole text, its secrets enciphered for this display."""
    switch.displays += 1
    body = "\n".join(_body(switch, config))
    return f"!Software Version {VERSION}\n#\n{body}\n#\nreturn\n"


def _body(switch: Switch, config: Block) -> Iterator[str]:
    last = ""
    for _, item in lines(switch.at(config, config), switch.os.views["system"]):
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
        yield from block_lines(switch.at(config, item), switch.os.views, " ")
