"""Receives traps and informs. Not imported by `automation.snmp`: a poller has no need of pysnmp."""

from automation.snmp.traps.identity import Identity
from automation.snmp.traps.receiver import Heard, Receiver, Stop
from automation.snmp.traps.senders import Sender, Senders

__all__ = ["Heard", "Identity", "Receiver", "Sender", "Senders", "Stop"]
