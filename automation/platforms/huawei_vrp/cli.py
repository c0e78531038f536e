"""How a session is held on VRP. Texts: docs/platforms.md, "What VRP says"."""

from __future__ import annotations

from automation.model import Cli, Dialog, Mode, SessionKind

_YES_NO = r" ?\[Y/N\] ?:?"

# One view has one name in the prompt; the port's is its own full name.
_MODES = (
    Mode(r"interface (?P<name>\S+)", r"-{name}\]"),
    Mode(r"vlan (?P<name>\d+)", r"-vlan{name}\]"),
    Mode(r"acl number (?P<name>2\d{3})", r"-acl-basic-{name}\]"),
    Mode(r"hwtacacs-server template (?P<name>\S+)", r"-hwtacacs-{name}\]"),
    Mode(r"aaa", r"-aaa\]"),
    Mode(r"authentication-scheme (?P<name>\S+)", r"-aaa-authen-{name}\]"),
    Mode(r"authorization-scheme (?P<name>\S+)", r"-aaa-author-{name}\]"),
    Mode(r"domain (?P<name>\S+)", r"-aaa-domain-{name}\]"),
)

_DIALOGS = (
    # netmiko's own login handler says yes here and with it to saving what it never looked at.
    Dialog(r"^$", rf"The password needs to be changed\. Change now\?{_YES_NO}", "N"),
    Dialog(r"save", rf"Are you sure to continue\?{_YES_NO}", "Y"),
    Dialog(
        r"save",
        rf"The current configuration will be written to the device\. Continue\?{_YES_NO}",
        "Y",
    ),
    # Return alone takes the name that the device offers: the file it boots from.
    Dialog(r"save", r"input the file name ?\(.*\) ?\[\S+\]:", ""),
    # All VLANs that we know of are gone by then; what the device deletes is VLAN 1.
    Dialog(
        r"(?:undo )?port link-type\b.*",
        rf"This command will delete VLANs on this port\. Continue\?{_YES_NO}",
        "Y",
    ),
    Dialog(
        r"undo vlan (?:batch )?\d+.*",
        rf"The configurations of the VLAN will be deleted\. Continue\?{_YES_NO}",
        "Y",
    ),
    Dialog(r"undo dhcp enable", rf"All DHCP functions will be disabled\. Continue\?{_YES_NO}", "Y"),
    Dialog(
        r"local-user \S+ service-type .+",
        rf"will overwrite the original service-type\. Continue\?{_YES_NO}",
        "Y",
    ),
    Dialog(
        r"local-user \S+ privilege level \d+",
        rf"This operation may affect online users,.*change the user privilege level.*{_YES_NO}",
        "Y",
    ),
    Dialog(
        r"(?:undo )?snmp-agent sys-info version .+",
        rf"This command may cause confliction in netconf status\. Continue\?{_YES_NO}",
        "Y",
    ),
)

_ACCEPT = (
    r"Enter system view, return user view with (?:Ctrl\+Z|return command)\.",
    r"Info: The configuration takes effect on the current user terminal interface only\.",
    r"Info: Current terminal monitor is off\.",
    # The dots and "done." end the line; where an error follows instead, it is not this line.
    r"Info: Th(?:is|e) operation may take a few seconds\. Please wait (?:for )?a moment\.+done\.",
    r"Info: Create a new (?:authentication|authorization) scheme\.",
    r"Info: Add a new user\.",
    r"Warning: SNMPv1/SNMPv2c is not secure, and it is recommended to use SNMPv3\.",
    # Said of a user's rights, on one line or two.
    r"Info: After (?:you change|changing) the rights \(including the password, access type, .*",
    r"(?:the )?rights of users already online do not change\. The change takes effect to users "
    r"who go online after the change\.",
)

_REFUSED = (r"Error(?:\[\d+\])?: ?.*",)

CLI = Cli(
    driver="huawei",
    session=SessionKind.LINE,
    prepare=("screen-length 0 temporary", "undo terminal monitor"),
    fetch="display current-configuration",
    fetch_end=r"return",
    enter="system-view",
    leave="return",
    exit="quit",
    save="save",
    saved=r"Configuration file had been saved successfully|Save the configuration successfully\.",
    exec_prompt=r"<{host}>",
    config_prompt=r"\[{host}\]",
    modes=_MODES,
    refused=_REFUSED,
    accept=_ACCEPT,
    dialogs=_DIALOGS,
    noise=(
        r"[A-Z][a-z]{2} [ \d]\d \d{4} \d\d:\d\d:\d\d(?:\.\d+)?(?:[+-]\d\d:\d\d)?(?: DST)? "
        r"\S+ %%\d\d[A-Z0-9_]+/\d/[A-Z0-9_]+\(\w\)\S*:.*",
    ),
    unauthorised=(
        r"Error: You do not have permission to run the command or the command is incomplete\.",
        r"Error: No permission to run the command\.",
    ),
    busy=(r"Error: The system is busy\b.*",),
    bindings="display dhcp snooping user-bind all",
)
