"""The user view of an S5700 on V200R013: its commands and what they print."""

from __future__ import annotations

from collections.abc import Mapping

from automation.lab.faults import FaultKind
from automation.lab.grammar import Language, Take
from automation.lab.huawei_vrp.port import link_type
from automation.lab.huawei_vrp.show import VERSION
from automation.lab.pipe import SYNTAX, piped
from automation.lab.switch import Cli, ExecDo
from automation.lab.tree import Question, Said, block_lines

Args = Mapping[str, str]
LOCKED = "Error: The system is busy in building configuration. Please wait for a moment...\n"
_WRITE = (
    "Warning: The current configuration will be written to the device.\n"
    "Are you sure to continue?[Y/N]:"
)


def _system_view(cli: Cli, _: Args) -> Said:
    fault = cli.switch.fault
    if fault and fault.kind is FaultKind.AUTHORISE:
        return "Error: No permission to run the command.\n"
    if fault and fault.kind is FaultKind.LOCKED:
        return LOCKED
    cli.configure(cli.switch.config)
    return "Enter system view, return user view with Ctrl+Z.\n"


def _quit(cli: Cli, _: Args) -> Said:
    cli.closed = True
    return ""


def _length(cli: Cli, args: Args) -> Said:
    cli.page = int(args["lines"])
    return "Info: The configuration takes effect on the current user terminal interface only.\n"


def _no_monitor(_: Cli, __: Args) -> Said:
    return "Info: Current terminal monitor is off.\n"


def _saving(cli: Cli, _: Args) -> Said:
    return Question(_WRITE, lambda answer: _saved(cli) if answer.lower() in ("y", "yes") else "")


def _saved(cli: Cli) -> str:
    wait = " It will take several minutes to save configuration file, please wait.......\n"
    if not cli.save():
        return f"{wait}Error: Failed to save the configuration file.\n"
    return (
        f"{wait} Configuration file had been saved successfully\n"
        " Note: The configuration file will take effect after being activated\n"
    )


def _running(cli: Cli, args: Args) -> Said:
    return piped(cli.switch.running(), args)


def _running_interface(cli: Cli, args: Args) -> Said:
    switch = cli.switch
    block = switch.config.blocks.get(f"interface {args['name']}")
    if block is None:
        return "Error: Wrong parameter found at '^' position.\n"
    body = block_lines(switch.at(switch.config, block), switch.os.views, " ")
    return "\n".join(("#", block.header, *body, "#", "return")) + "\n"


def _saved_configuration(cli: Cli, _: Args) -> Said:
    return cli.switch.startup()


def _bindings(cli: Cli, _: Args) -> Said:
    if not cli.switch.bindings:
        return "Info: The number of dhcp snooping bind-table is zero.\n"
    when = cli.switch.clock().strftime("%Y.%m.%d-%H:%M")
    head = (
        "DHCP Dynamic Bind-table:\n"
        "Flags:O - outer vlan ,I - inner vlan ,P - map vlan\n"
        "IP Address       MAC Address     VSI/VLAN(O/I/P) Interface      Lease\n"
        f"{'-' * 80}\n"
    )
    rows = "".join(
        f"{one.address:<16} {_dashed(one.mac)}  {one.vlan:<4}/--  /--    "
        f"{_brief(one.port):<14} {when}\n"
        for one in cli.switch.bindings
    )
    count = len(cli.switch.bindings)
    return f"{head}{rows}{'-' * 80}\nPrint count:{count:>12}          Total count:{count:>12}\n"


def _dashed(mac: str) -> str:
    """Return a MAC address as VRP writes it: `aaaa-bbbb-cccc`."""
    digits = mac.replace(":", "").lower()
    return "-".join((digits[:4], digits[4:8], digits[8:]))


def _brief(port: str) -> str:
    """Return a port's short name: `GE0/0/1`, `XGE0/0/1`."""
    return port.replace("GigabitEthernet", "GE")


def _ports(cli: Cli, _: Args) -> Said:
    head = f"Port                        Link Type    PVID  Trunk VLAN List\n{'-' * 79}\n"
    lines = []
    for port in cli.switch.ports():
        block = cli.switch.config.blocks[f"interface {port}"]
        kind = link_type(block) or "auto"
        slot = {"trunk": "trunk-pvid", "hybrid": "hybrid-pvid"}.get(kind, "default")
        lines.append(f"{port:<27} {kind:<12} {block.number(slot, 1):<5} -\n")
    return head + "".join(lines)


def _version(cli: Cli, _: Args) -> Said:
    return (
        "Huawei Versatile Routing Platform Software\n"
        f"VRP (R) software, Version 5.170 (S5700 {VERSION})\n"
    )


_DISPLAY: tuple[tuple[str, ExecDo], ...] = (
    (f"display current-configuration {SYNTAX}", _running),
    ("display current-configuration interface <name:interface>", _running_interface),
    ("display saved-configuration", _saved_configuration),
    ("display dhcp snooping user-bind all", _bindings),
    ("display port vlan", _ports),
    ("display version", _version),
)
_USER: tuple[tuple[str, ExecDo], ...] = (
    ("system-view", _system_view),
    ("quit", _quit),
    ("screen-length <lines:0-512> temporary", _length),
    ("undo terminal monitor", _no_monitor),
    ("save", _saving),
)


def _return(cli: Cli, _: Args) -> Said:
    cli.leave()
    return ""


def _up(cli: Cli, _: Args) -> Said:
    """Leave the innermost view; out of the system view, to the user view."""
    if len(cli.path) > 1:
        cli.path.pop()
    else:
        cli.leave()
    return ""


def languages(types: Mapping[str, Take]) -> tuple[Language[ExecDo], Language[ExecDo]]:
    """Return the languages of the user view, and of what every configuration view knows."""
    inside = (*_DISPLAY, ("quit", _up), ("return", _return))
    return Language((*_USER, *_DISPLAY), types), Language(inside, types)
