"""A plan and its results, small and invented."""

from __future__ import annotations

from automation.model import Change, Deferred, DeviceResult, Outcome, Plan, Recap, Stanza

PORT = "interface GigabitEthernet1/0/7"
ISOLATED = Stanza(
    "ports", PORT, ("switchport protected",), PORT, ("no switchport protected",), subject=PORT
)
MOVED = Stanza(
    "ports",
    PORT,
    ("shutdown", "switchport mode trunk", "no shutdown"),
    PORT,
    ("shutdown", "switchport mode access", "no shutdown"),
    interrupts=True,
    subject=PORT,
)
KEY = Stanza("aaa", "", ("enable secret <secret:x>",), "", (), irreversible=True, subject="enable")


def change(device: str, *stanzas: Stanza, deferred: tuple[Deferred, ...] = ()) -> Change:
    """Return a change of one device of the estate `city`."""
    ports = tuple({one.subject.removeprefix("interface ") for one in stanzas if one.header})
    return Change(
        device, "city", "cisco_ios", "base", "target", "intent", "t", stanzas, deferred, ports
    )


def plan(*changes: Change, faults: tuple[DeviceResult, ...] = ()) -> Plan:
    """Return a plan of these changes."""
    return Plan(
        id="0123456789abcdef",
        playbook="provision-access",
        features=(),
        selection="role=access",
        created="2026-01-01T00:00:00+00:00",
        expires="2026-01-01T04:00:00+00:00",
        waves=(1, 5),
        stop=1,
        estates=(),
        verify=True,
        changes=changes,
        faults=faults,
    )


REFUSED = DeviceResult(
    "sw2",
    "city",
    Outcome.FAILED,
    "the device refused a line; nothing was saved",
    line=" switchport protected",
    text="        ^\n% Invalid input detected at '^' marker.\x1b[2J",
    lines=2,
    ports=1,
    ports_unchanged=47,
    seconds=1.5,
)
CHANGED = DeviceResult("sw1", "city", Outcome.CHANGED, lines=2, ports=48, saved=True, deferred=3)
RESULTS = (CHANGED, REFUSED)
RECAP = Recap.of(2, RESULTS)
