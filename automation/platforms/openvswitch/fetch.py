"""The one script that reads a switch; it changes nothing.

The database is read in one transaction, so that all rows are of one moment; the kernel's queues,
our flows and meters, which are not in it, right after. That a queue stands only the kernel says:
the switch daemon believes in one that was taken away under it. A fake bridge has no flows of its
own, and none can be asked of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from automation.platforms.openvswitch.snapshot import COOKIE

_TABLES: Final[Mapping[str, tuple[str, ...]]] = {
    "Open_vSwitch": ("external_ids",),
    "Port": (
        "_uuid",
        "name",
        "vlan_mode",
        "tag",
        "trunks",
        "protected",
        "qos",
        "external_ids",
        "interfaces",
    ),
    "QoS": ("_uuid", "type", "other_config", "queues"),
    "Interface": ("_uuid", "name", "type", "ofport", "error"),
    "Bridge": ("_uuid", "name", "ports"),
}


def _query() -> str:
    selects = [
        {"op": "select", "table": table, "where": [], "columns": columns}
        for table, columns in _TABLES.items()
    ]
    return json.dumps(["Open_vSwitch", *selects], separators=(",", ":"))


FETCH: Final = f"""\
set -euf
export LC_ALL=C
echo "host $(uname -n)"
read -r boot </proc/sys/kernel/random/boot_id
echo "boot $boot"
read -r uptime idle </proc/uptime
echo "uptime $uptime"
database=$(ovsdb-client --timeout=30 query '{_query()}')
printf '%s\\n' "$database"
case $database in *'"linux-htb"'*)
  PATH=$PATH:/usr/sbin:/sbin
  queues=$(tc qdisc show)
  asked=''
  while read -r word kind handle dev name place rest; do
    if [ "$kind $dev $place" = 'htb dev root' ]; then
      echo "queue $name"
      asked="${{asked}}qdisc show dev $name
class show dev $name
"
    fi
  done <<EOF
$queues
EOF
  [ -z "$asked" ] || printf '%s' "$asked" | tc -batch -
esac
bridges=$(ovs-vsctl --timeout=30 --real list-br)
for bridge in $bridges; do
  echo "bridge $bridge"
  ovs-ofctl --timeout=30 -O OpenFlow14 dump-meters "$bridge"
  ovs-ofctl --timeout=30 -O OpenFlow14 --no-names --no-stats dump-flows "$bridge" \\
    'cookie={COOKIE}/-1'
done
"""
