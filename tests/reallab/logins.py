"""What opens the machines of a lab: made anew for each, readable by its owner only.

The estates differ, as in life: one logs in with a key and is asked over SNMPv2c, the other with a
password and over SNMPv3.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path

from tests.reallab.agents import Login
from tests.reallab.boot import Access
from tests.reallab.place import Place

LOCKED = "*"
"""A password hash that no password gives (shadow(5))."""
_WORDS = ("mkb", "snmp_read", "snmp_auth", "snmp_priv", "tacacs", "breakglass")


def secrets_folder(place: Place) -> Path:
    """Return where the workspace of a lab has its secrets."""
    return place.workspace / ".portvakt" / "secrets"


def make_access(place: Place) -> Mapping[str, Access]:
    """Write the secrets of a new lab, and return what opens the nodes of each estate."""
    folder = secrets_folder(place)
    folder.mkdir(parents=True, mode=0o700)
    for private in (place.workspace, folder.parent):
        private.chmod(0o700)
    words = {name: secrets.token_urlsafe(12) for name in _WORDS}
    for name, word in words.items():
        (folder / name).touch(mode=0o600)
        (folder / name).write_text(f"{word}\n", encoding="utf-8")
    keygen = ("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "portvakt", "-f")
    place.run(*keygen, folder / "city")
    public = (folder / "city.pub").read_text(encoding="utf-8").strip()
    hashed = place.run("openssl", "passwd", "-6", "-stdin", stdin=words["mkb"]).strip()
    internal = secrets.token_urlsafe(12)
    return {
        "city": Access(LOCKED, public, snmp_login(place, "city"), internal),
        "mkb": Access(hashed, "", snmp_login(place, "mkb"), internal),
        "": Access(LOCKED, "", Login(), ""),
    }


def snmp_login(place: Place, estate: str) -> Login:
    """Return what the agents of an estate are asked with: v2c in one, v3 in the other."""
    folder = secrets_folder(place)
    community, auth, priv = (
        (folder / name).read_text(encoding="utf-8").strip()
        for name in ("snmp_read", "snmp_auth", "snmp_priv")
    )
    return Login(community) if estate == "city" else Login(auth=auth, priv=priv)
