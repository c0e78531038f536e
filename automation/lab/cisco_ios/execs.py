"""The exec commands of a Catalyst on IOS 15, and what they print."""

from __future__ import annotations

from collections.abc import Mapping

from automation.lab.cisco_ios.actions import hashed
from automation.lab.cisco_ios.port import mode, short
from automation.lab.faults import FaultKind
from automation.lab.grammar import Language, Take
from automation.lab.pipe import SYNTAX, piped
from automation.lab.switch import Cli, ExecDo
from automation.lab.tree import Question, Said, block_lines

Args = Mapping[str, str]
_LOCKED = (
    "Configuration mode locked exclusively by user 'unknown' process '13' from terminal '0'. "
    "Please try later.\n"
)


def _enable(cli: Cli, _: Args) -> Said:
    """Ask for the enable secret, up to three times."""
    if cli.enabled or not cli.switch.config.line("enable"):
        cli.enabled = True
        return ""
    return _ask_secret(cli, 3)


def _ask_secret(cli: Cli, tries: int) -> Said:
    stored = cli.switch.config.line("enable").rpartition(" ")[2]

    def answer(text: str) -> Said:
        if hashed(text) == stored:
            cli.enabled = True
            return ""
        return _ask_secret(cli, tries - 1) if tries > 1 else "% Bad secrets\n\n"

    return Question("Password: ", answer, hidden=True)


def _disable(cli: Cli, _: Args) -> Said:
    cli.enabled = False
    return ""


def _exit(cli: Cli, _: Args) -> Said:
    cli.closed = True
    return ""


def _length(cli: Cli, args: Args) -> Said:
    cli.page = int(args["lines"])
    return ""


def _nothing(_: Cli, __: Args) -> Said:
    return ""


def _configure(cli: Cli, _: Args) -> Said:
    fault = cli.switch.fault
    if fault and fault.kind is FaultKind.AUTHORISE:
        return "Command authorization failed.\n\n"
    if fault and fault.kind is FaultKind.LOCKED:
        return _LOCKED
    cli.configure(cli.switch.config)
    return "Enter configuration commands, one per line.  End with CNTL/Z.\n"


def _write(cli: Cli, _: Args) -> Said:
    """Save, in the two texts that IOS has for it."""
    if not cli.save():
        return "startup-config file open failed (Device or resource busy)\n"
    return "Building configuration...\n[OK]\n"


def _copy_running(cli: Cli, args: Args) -> Said:
    return Question("Destination filename [startup-config]? ", lambda _: _write(cli, args))


def _running(cli: Cli, args: Args) -> Said:
    return "Building configuration...\n\n" + piped(cli.switch.running(), args)


def _running_interface(cli: Cli, args: Args) -> Said:
    switch = cli.switch
    block = switch.config.blocks.get(f"interface {args['name']}")
    if block is None:
        return "% Invalid input detected at '^' marker.\n\n"
    lines = block_lines(switch.at(switch.config, block), switch.os.views, " ")
    body = "\n".join((block.header, *lines, "end"))
    size = len(body) + 1
    return f"Building configuration...\n\nCurrent configuration : {size} bytes\n!\n{body}\n\n"


def _startup(cli: Cli, _: Args) -> Said:
    text = cli.switch.startup()
    return f"Using {len(text)} out of 524288 bytes\n{text}"


def _bindings(cli: Cli, _: Args) -> Said:
    head = "MacAddress          IpAddress        Lease(sec)  Type           VLAN  Interface"
    dash = "------------------  ---------------  ----------  -------------  ----  " + "-" * 20
    lease = 3600 - cli.switch.clock().second
    rows = [
        f"{one.mac:<18}  {one.address:<15}  {lease:<10}  dhcp-snooping  {one.vlan:>4}  {one.port}"
        for one in cli.switch.bindings
    ]
    total = f"Total number of bindings: {len(rows)}"
    return "\n".join((head, dash, *rows, total)) + "\n\n"


def _status(cli: Cli, _: Args) -> Said:
    head = "\nPort      Name               Status       Vlan       Duplex  Speed Type\n"
    lines = []
    for port in cli.switch.ports():
        block = cli.switch.config.blocks[f"interface {port}"]
        label = block.line("description").removeprefix("description ")[:18]
        status = "disabled" if "shutdown" in block.slots else "notconnect"
        vlan = "trunk" if mode(block) == "trunk" else str(block.number("access", 1))
        lines.append(
            f"{short(port):<9} {label:<18} {status:<12} {vlan:<10}   auto   auto "
            "10/100/1000BaseTX\n"
        )
    return head + "".join(lines)


def _vlans(cli: Cli, _: Args) -> Said:
    head = "\nVLAN Name                             Status    Ports\n"
    dash = f"---- {'-' * 32} {'-' * 9} {'-' * 31}\n"
    named = {1: "default"}
    for header, block in cli.switch.config.blocks.items():
        if header.startswith("vlan "):
            number = int(header[5:])
            named[number] = block.line("name", f"name VLAN{number:04}").removeprefix("name ")
    rows = [f"{number:<4} {name:<32} active\n" for number, name in sorted(named.items())]
    return head + dash + "".join(rows)


def _version(cli: Cli, _: Args) -> Said:
    switch = cli.switch
    image = "15.2(4)E10" if switch.identity.newer else "15.0(2)EX5"
    name = switch.config.line("hostname").removeprefix("hostname ")
    return (
        "Cisco IOS Software, C2960X Software (C2960X-UNIVERSALK9-M), "
        f"Version {image}, RELEASE SOFTWARE\n\n"
        f"{name} uptime is 1 week, 2 days, 3 hours, 4 minutes\n"
    )


_USER: tuple[tuple[str, ExecDo], ...] = (
    ("enable", _enable),
    ("disable", _disable),
    ("{exit|quit|logout}", _exit),
    ("terminal length <lines:0-512>", _length),
    ("terminal width <columns:0-512>", _nothing),
    ("terminal [no] monitor", _nothing),
    ("show version", _version),
    ("show interfaces status", _status),
    ("show vlan brief", _vlans),
    ("show ip dhcp snooping binding", _bindings),
)
_PRIVILEGED: tuple[tuple[str, ExecDo], ...] = (
    ("configure terminal", _configure),
    ("write [memory]", _write),
    ("copy running-config startup-config", _copy_running),
    (f"show running-config {SYNTAX}", _running),
    ("show running-config interface <name:interface>", _running_interface),
    ("show startup-config", _startup),
)


def _end(cli: Cli, _: Args) -> Said:
    cli.leave()
    return ""


def _up(cli: Cli, _: Args) -> Said:
    """Leave the innermost view; out of the outermost, configuration mode."""
    if len(cli.path) > 1:
        cli.path.pop()
    else:
        cli.leave()
    return ""


def _do(cli: Cli, args: Args) -> Said:
    return cli.run(args["command"]).text


def languages(
    types: Mapping[str, Take],
) -> tuple[Language[ExecDo], Language[ExecDo], Language[ExecDo]]:
    """Return the languages of user exec, privileged exec, and every configuration mode."""
    user: Language[ExecDo] = Language(_USER, types)
    privileged: Language[ExecDo] = Language((*_USER, *_PRIVILEGED), types)
    inside: Language[ExecDo] = Language((("end", _end), ("exit", _up), ("do <command:text>", _do)))
    return user, privileged, inside
