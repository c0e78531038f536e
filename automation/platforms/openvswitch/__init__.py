"""Open vSwitch 2.13 and later as a white-box access or transport switch, over OpenSSH.

What is emitted, from which source, and what is not and why: docs/platforms.md.
"""

from __future__ import annotations

from automation.model import Platform, PortRole, Transactions
from automation.platforms.openvswitch.bars import attainable
from automation.platforms.openvswitch.change import change
from automation.platforms.openvswitch.fence import fence
from automation.platforms.openvswitch.fetch import FETCH
from automation.platforms.openvswitch.grammar import GRAMMAR
from automation.platforms.openvswitch.line import flaw
from automation.platforms.openvswitch.pending import confirm, revert
from automation.platforms.openvswitch.snapshot import Snapshot

PLATFORM = Platform(
    name="openvswitch",
    roles=frozenset(PortRole),
    grammar=GRAMMAR,
    control=Transactions(
        fetch=FETCH,
        snapshot=Snapshot.of,
        change=change,
        confirm=confirm,
        revert=revert,
        fence=fence,
        unauthorised=(r"Permission denied", r"EACCES"),
    ),
    flaw=flaw,
    attainable=attainable,
)
