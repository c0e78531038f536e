"""How a session is held in vtysh. Texts: docs/platforms.md, "What FRR says"."""

from __future__ import annotations

from importlib.resources import files

from automation.model import Cli, InForce, Mode, SessionKind, Startup
from automation.platforms.frr.grammar import UNMET

_MODES = (
    Mode(r"interface \S+", r"\(config-if\)#"),
    Mode(r"router (?:bgp \d+|ospf)", r"\(config-router\)#"),
    Mode(r"address-family ipv4 unicast", r"\(config-router-af\)#"),
)

# vtysh has few words for what it did not do, and most of them begin with no `%`: "BGP is already
# running; AS is 65002" and "ospfd is not running" are answers like any other. So nothing at all
# is accepted after a line.
CLI = Cli(
    driver="cisco_ios",
    session=SessionKind.LINE,
    prepare=("terminal length 0",),
    fetch="show running-config",
    fetch_end=r"end",
    enter="configure terminal",
    leave="end",
    exit="exit",
    save="write memory",
    saved=r"^\[OK\]$",
    exec_prompt=r"{host}#",
    config_prompt=r"{host}\(config\)#",
    modes=_MODES,
    refused=(
        r"% ?.*",
        r".* is not running$",
        r"BGP is already running; AS is \d+",
        r"Must remove previous area config before changing ospf area",
    ),
    unauthorised=(r"% Command not allowed: .*",),
    busy=(r"VTY configuration is locked by other VTY",),
    ports="show interface",
    # [OK] is what vtysh says also where the disk had no room; login.sh answers the question.
    startup=Startup(
        command="show startup-config",
        mark="! startup-config",
        frame=(r"!.*", r"Building configuration\.\.\.", r"Current configuration:", r"end"),
    ),
    # An address that the kernel has dropped stays in the configuration. One that was just entered
    # goes to the kernel and comes back from there, beside vtysh.
    in_force=InForce(
        command="show interface",
        fact=(files(__package__) / "addresses.textfsm").read_text(encoding="utf-8"),
        block="interface {PORT}",
        line="ip address {ADDRESS}",
        within=r"interface \S+",
        given=r"ip address \S+",
        mark=UNMET,
        closed="shutdown",
        patience=2.0,
    ),
    together=(r"no ip address \S+", r"ip address \S+"),
)
