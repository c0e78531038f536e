"""How IOS prints its configuration: order, separators, and the lines it leaves out."""

from __future__ import annotations

from collections.abc import Iterable

from automation.lab.ids import commas
from automation.lab.switch import Switch
from automation.lab.tree import Block, block_lines, lines


def running(switch: Switch, config: Block) -> str:
    """Return the whole text: head with size and time, blocks between `!`, and `end`."""
    now = switch.clock().strftime("%H:%M:%S UTC %a %b %-d %Y")
    image = "15.2" if switch.identity.newer else "15.0"
    body = "\n".join(_body(switch, config))
    text = f"!\n! Last configuration change at {now}\n!\nversion {image}\n{body}\nend\n"
    return f"Current configuration : {len(text)} bytes\n{text}\n"


def _body(switch: Switch, config: Block) -> Iterable[str]:
    """Yield the lines between the version and `end`."""
    last = ""
    quiet = "vtp" not in config.slots
    unnamed: list[int] = []
    for _, item in lines(switch.at(config, config), switch.os.views["global"]):
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
        yield from block_lines(switch.at(config, item), switch.os.views, " ")
    yield from _collapsed(unnamed)
    yield "!"


def _collapsed(unnamed: list[int]) -> Iterable[str]:
    """Yield VLANs without a name as one line, once."""
    if unnamed:
        yield "!"
        yield f"vlan {commas(unnamed)}"
        unnamed.clear()
