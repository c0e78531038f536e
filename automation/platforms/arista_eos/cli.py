"""How a session is held on EOS. Texts: docs/platforms.md, "What EOS says"."""

from __future__ import annotations

from automation.model import Cli, Mode, SessionKind

# The prompt shows the first six characters of the candidate's name, `portvakt-<hex>`; were one
# to show more of it, that is fine as well.
_SESSION = r"\(config-s-portva(?:kt(?:-[0-9a-f]+)?)?"

_MODES = (
    Mode(r"interface Ethernet(?P<name>\S+)", _SESSION + r"-if-Et{name}\)#"),
    Mode(r"vlan (?P<name>\d+)", _SESSION + r"-vlan-{name}\)#"),
    # Several at once: `vlan 100-102` stands at `(config-vlan-100-102)#`.
    Mode(r"vlan (?P<name>\d+)[,-][\d,-]+", _SESSION + r"-vlan-{name}[,-][\d,-]+\)#"),
    Mode(r"ip access-list standard (?P<name>\S+)", _SESSION + r"-std-acl-{name}\)#"),
    Mode(r"aaa group server tacacs\+ (?P<name>\S+)", _SESSION + r"-sg-tacacs\+-{name}\)#"),
)

CLI = Cli(
    driver="arista_eos",
    session=SessionKind.CANDIDATE,
    prepare=("terminal length 0", "terminal width 511"),
    fetch="show running-config",
    fetch_end=r"end",
    enter="configure session {session}",
    leave="end",
    exit="exit",
    save="write memory",
    saved=r"Copy completed successfully\.",
    exec_prompt=r"{host}#",
    config_prompt=r"{host}" + _SESSION + r"\)#",
    modes=_MODES,
    refused=(r"^% ", r"^Maximum number of pending sessions has been reached"),
    enable="enable",
    # "! Access VLAN does not exist. Creating vlan 20" and "! Interface does not exist. …" are
    # not here on purpose: both mean that the switch is not what the intent takes it for.
    accept=(r"! portfast should only be enabled on ports connected to a single host\..*",),
    noise=(
        r"(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ \S+: )?"
        r"%[A-Z0-9_]+(?:-[A-Z0-9_]+)*-[0-7]-[A-Z0-9_]+: .*",
    ),
    unauthorised=(
        r"% Authorization denied for command",
        r"% Invalid input \(privileged mode required\)",
    ),
    busy=(r"Maximum number of pending sessions has been reached",),
    commit="commit",
    abort="abort",
    session_diff="show session-config diffs",
    session_list="show configuration sessions",
    session_row=r"\s*\*?\s*(?P<name>\S+)\s+pending(?:\s.*)?",
    session_drop="configure session {session} abort",
)
