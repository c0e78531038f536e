"""How a session is held on IOS. Texts: docs/platforms.md, "What IOS says"."""

from __future__ import annotations

from automation.model import Cli, Dialog, Mode, SessionKind

_STAMP = (
    r"(?:\d{6}: )?"  # service sequence-numbers
    r"(?:[*.]?[A-Z][a-z]{2} [ \d]\d (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d{1,3})?(?: [A-Z]{2,5})?: "
    r"|\d+[a-z]\d+[a-z]: |\d\d:\d\d:\d\d: )?"  # datetime; uptime
)

_MODES = (
    Mode(r"interface \S+", r"\(config-if\)#"),
    Mode(r"vlan [\d,-]+", r"\(config-vlan\)#"),
    Mode(r"policy-map \S+", r"\(config-pmap\)#"),
    Mode(r"class \S+", r"\(config-pmap-c\)#"),
    Mode(r"ip access-list standard \S+", r"\(config-std-nacl\)#"),
    Mode(r"tacacs server \S+", r"\(config-server-tacacs\)#"),
    Mode(r"aaa group server tacacs\+ \S+", r"\(config-sg-tacacs\+\)#"),
)

_DIALOGS = (
    Dialog(
        r"no username \S+",
        r"This operation will remove all username related configurations with same name\. ?"
        r"Do you want to continue\? ?\[confirm\]",
        "",
    ),
    Dialog(r"write memory", r"Overwrite the previous NVRAM configuration\? ?\[confirm\]", ""),
    # A truncated startup configuration is a switch that boots half-configured.
    Dialog(r"write memory", r"Truncate config\?+ \[no\]:", "no"),
)

# "% Access VLAN does not exist. Creating vlan 3" is not here on purpose: VLANs are made first,
# so that text means that a port was about to be put into a VLAN nobody asked for.
_ACCEPT = (
    r"Enter configuration commands, one per line\. +End with CNTL/Z\.",
    r"%Warning: portfast should only be enabled on ports connected to a single",
    r" ?host\. Connecting hubs, concentrators, switches, bridges, etc\.\.\. to this",
    r" ?interface +when portfast is enabled, can cause temporary bridging loops\.",
    r" ?Use with CAUTION",
    r"%Portfast has been configured on \S+ but will only",
    r" ?have effect when the interface is in a non-trunking mode\.",
    r"Setting device to VTP (?:TRANSPARENT|SERVER|CLIENT|OFF) mode\.?",
    r"Setting device to VTP (?:Transparent|Server|Client|Off) mode for VLANS\.?",
    r"Device mode already VTP (?:TRANSPARENT|SERVER|Transparent|Server).*",
    r"QoS: ensure flow-control on all interfaces are OFF for proper operation\.",
    # Two wordings, by release; the same text follows as a log line.
    r" ?WARNING: Command has been added to the configuration using a type 0 password\. However, "
    r"(?:type 0 passwords will soon be deprecated\. Migrate to a supported password type"
    r"|recommended to migrate to strong type-6 encryption)",
)

_REFUSED = (
    r"% ?Invalid input detected at '\^' marker\.",
    r"% ?Incomplete command\.",
    r"% ?Ambiguous command.*",
    r"% ?Unknown command.*",
    r"% ?(?:Bad|Error) .*",
    r"% ?Range command terminated.*",
    r"Command rejected.*",
    r"% ?Access VLAN does not exist\. Creating vlan \d+",
    r"%? ?VTP VLAN configuration not allowed when device is in CLIENT mode\.",
    r"% ?Configuration buffer full, can't add command.*",
    r"startup-config file open failed.*",
)

CLI = Cli(
    driver="cisco_ios",
    session=SessionKind.LINE,
    prepare=("terminal length 0", "terminal width 511"),
    fetch="show running-config",
    fetch_end=r"end",
    enter="configure terminal",
    leave="end",
    exit="exit",
    save="write memory",
    saved=r"\[OK\]$",
    exec_prompt=r"{host}#",
    config_prompt=r"{host}\(config\)#",
    modes=_MODES,
    refused=_REFUSED,
    enable="enable",
    accept=_ACCEPT,
    dialogs=_DIALOGS,
    noise=(_STAMP + r"%[A-Z0-9_]+(?:-[A-Z0-9_]+)*-[0-7]-[A-Z0-9_]+: .*",),
    unauthorised=(
        r"Command authorization failed\.",
        r"% ?Authorization failed\.",
        r"% ?This command is not authorized.*",
        r"% ?Permission denied for the role.*",
    ),
    busy=(
        r"Configuration mode locked exclusively by user .*",
        r"Config session is locked by process .*",
        r"Config mode cannot be entered during Standby initialization.*",
    ),
    bindings="show ip dhcp snooping binding",
)
