"""How EOS prints its configuration: blocks between `!`, children three spaces in, `end`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from automation.lab.ids import commas
from automation.lab.switch import Switch
from automation.lab.tree import Block, block_lines, lines

IMAGES: Mapping[bool, str] = {True: "EOS-4.31.2F", False: "EOS-4.26.4M"}


def running(switch: Switch, config: Block) -> str:
    """Return the whole text: a head that names the image, blocks, and `end`."""
    image = IMAGES[switch.identity.newer]
    name = config.line("hostname").removeprefix("hostname ") or "localhost"
    body = "\n".join(_body(switch, config))
    return (
        "! Command: show running-config\n"
        f"! device: {name} (DCS-7050TX-52, {image})\n"
        f"!\n! boot system flash:/{image}.swi\n{body}\n!\nend\n"
    )


def _body(switch: Switch, config: Block) -> Iterator[str]:
    last = ""
    unnamed: list[int] = []
    for _, item in lines(switch.at(config, config), switch.os.views["global"]):
        if isinstance(item, str):
            word = item.removeprefix("no ").split(" ", 1)[0]
            if word != last:
                yield "!"
            last = word
            yield item
            continue
        if item.view == "vlan" and not item.slots:
            unnamed.append(int(item.header[5:]))
            continue
        if unnamed and item.view != "vlan":
            yield from _collapsed(unnamed)
        last = ""
        yield "!"
        yield item.header
        yield from block_lines(switch.at(config, item), switch.os.views, "   ")
    yield from _collapsed(unnamed)


def _collapsed(unnamed: list[int]) -> Iterator[str]:
    """Yield VLANs without a name as one line, once."""
    if unnamed:
        yield "!"
        yield f"vlan {commas(unnamed, 2)}"
        unnamed.clear()
