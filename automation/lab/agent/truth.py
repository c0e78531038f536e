"""What an agent should say, told without SNMP: the yardstick of whoever reads it."""

from __future__ import annotations

from typing import Any

from automation.lab.agent.agent import Agent
from automation.lab.agent.counters import COUNTERS


def truth(agent: Agent) -> dict[str, Any]:
    """Return the device's engine and interfaces, each counter as its start, rate and epoch.

    At sysUpTime `t`, in hundredths of a second, a counter is
    `start + rate * (t - epoch) // 100`, modulo 2^64; the 32-bit objects are its low half.
    """
    device = agent.device
    return {
        "sysUpTime": device.now,
        "engine": {"id": device.engine_id.hex(), "boots": device.boots},
        "discontinuity": device.discontinuity,
        "interfaces": {
            one.name: {
                "port": one.port,
                "ifIndex": one.index,
                "speed": one.speed,
                "admin": bool(device.admin[at]),
                "oper": bool(device.oper[at]),
                "last_change": device.last_change[at],
                "counters": dict(zip(COUNTERS, device.counters.lines(at), strict=True)),
            }
            for at, one in enumerate(device.interfaces)
        },
    }
