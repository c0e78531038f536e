"""How IOS prints its configuration: order, separators, and the lines it leaves out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from automation.lab.ids import commas
from automation.lab.switch import Switch
from automation.lab.tree import At, Block, View, lines

if TYPE_CHECKING:
    from automation.lab.cisco_ios import CiscoIos


def running(system: CiscoIos, switch: Switch, config: Block) -> str:
    """Return the whole text: head with size and time, blocks between `!`, and `end`."""
    now = switch.clock().strftime("%H:%M:%S UTC %a %b %-d %Y")
    image = "15.2" if switch.identity.newer else "15.0"
    body = "\n".join(_body(system.views, switch, config))
    text = f"!\n! Last configuration change at {now}\n!\nversion {image}\n{body}\nend\n"
    return f"Current configuration : {len(text)} bytes\n{text}\n"


def _body(views: Mapping[str, View], switch: Switch, config: Block) -> Iterable[str]:
    """Yield the lines between the version and `end`."""
    last = ""
    quiet = "vtp" not in config.slots
    unnamed: list[int] = []
    for _, item in lines(At(switch, config, config), views["global"]):
        if isinstance(item, str):
            word = item.split(" ", 2)[0 if not item.startswith("no ") else 1]
            if word != last:
                yield "!"
            last = word
            yield item
            continue
        if item.view == "vlan" and (quiet or not item.slots):
            unnamed += [] if quiet else [int(item.header[5:])]
            continue
        if unnamed and item.view != "vlan":
            yield from _collapsed(unnamed)
        last = ""
        yield "!"
        yield item.header
        yield from block_lines(views, switch, config, item, 1)
    yield from _collapsed(unnamed)
    yield "!"


def _collapsed(unnamed: list[int]) -> Iterable[str]:
    """Yield VLANs without a name as one line, once."""
    if unnamed:
        yield "!"
        yield f"vlan {commas(unnamed)}"
        unnamed.clear()


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
    if block.view == "svi" and "ip-address" not in block.slots:
        found.insert(0, f"{pad}no ip address")
    return found
