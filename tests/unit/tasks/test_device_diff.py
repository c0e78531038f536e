"""A device's own comparison is shown without what it holds of secrets, old ones too."""

from __future__ import annotations

from automation import platforms
from automation.drift import Engine
from automation.tasks.device_diff import without_secrets

DIFF = """\
--- system:/running-config
+++ session:/portvakt-6afd6ec1beef-session-config
@@ -1,4 +1,4 @@
 hostname sw1
-snmp-server community old-and-bare ro
+snmp-server community new-and-bare ro PORTVAKT-SNMP
-username noc privilege 15 role network-admin secret sha512 $6$old$hash
+tacacs-server host 192.0.2.1 key 7 070E234F1F5B4A
 interface Ethernet1
+   description MKB-1001
"""


def test_no_secret_is_left_in_it() -> None:
    shown = without_secrets(DIFF, Engine(platforms.get("arista_eos")).reader.masked)
    for secret in ("old-and-bare", "new-and-bare", "$6$", "070E"):
        assert secret not in shown
    lines = shown.splitlines()
    assert len(lines) == len(DIFF.splitlines())
    assert lines[:4] == DIFF.splitlines()[:4]
    assert lines[-1] == "+   description MKB-1001"
    assert lines[6].startswith("-username noc privilege 15 role network-admin secret")
