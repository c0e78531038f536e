"""Who turned an SNMP login down: kept from process to process, since agents lock out who errs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import scrypt

from automation.errors import PortvaktError
from automation.model import SnmpLogin, TurnedDown, canonical_json
from automation.snmp import Polled
from automation.store import RefusalKey, Store


class Refusals:
    """What the store knows of refusals, and what it has not taken yet.

    Each is of a device and of a login: two processes may ask with two, the one that was changed
    and the one before it, and what becomes of the one says nothing of the other.
    """

    def __init__(self, store: Store, logins: Mapping[str, SnmpLogin], *, again: bool) -> None:
        """Go by `store`; `logins` are what devices are asked with. `again`: leave out nobody."""
        self._store = store
        self._logins = logins
        self._again = again
        self._marks: dict[str, str] = {}
        self._known: dict[RefusalKey, TurnedDown] = {}
        self._unwritten: dict[RefusalKey, TurnedDown | None] = {}
        self.unread = ""
        """Why the store was not asked in this cycle, and what was known before had to do."""
        self.fault = ""
        """Why the store does not have all that was told us; "" when it has."""

    def known(self) -> Mapping[str, TurnedDown]:
        """Return the refusals that count in this cycle: those of what a device is asked with now.

        Read anew each time: a second process may have been turned down, or let in, meanwhile.
        """
        self.unread = ""
        try:
            self._known = dict(self._store.refusals())
        except PortvaktError as error:
            self.unread = str(error)
        for key, refusal in self._unwritten.items():
            self._known.pop(key, None)
            if refusal is not None:
                self._known[key] = refusal
        if self._again:
            return {}
        return {
            device: one
            for (device, login), one in self._known.items()
            if device in self._logins and login == self._mark(device)
        }

    def keep(self, found: Sequence[Polled]) -> None:
        """Keep who turned us down in a cycle, and who let us in again.

        Who is asked again out of turn, and is silent or begins to count anew, has turned us down no
        less often than before.
        """
        turned_down = {device for device, _ in self._known}
        for one in found:
            if one.refusal is not None:
                key = (one.device, self._mark(one.device))
                often = max(one.refusal.count, self._known.get(key, one.refusal).count)
                refusal = replace(one.refusal, count=often, login=key[1])
                self._known[key] = self._unwritten[key] = refusal
            elif one.sample is not None and one.device in turned_down:
                key = (one.device, self._mark(one.device))
                if self._known.pop(key, None):
                    self._unwritten[key] = None
        self.fault = ""
        if not self._unwritten:
            return
        try:
            self._store.record_refusals(self._unwritten)
        except PortvaktError as error:
            self.fault = str(error)
        else:
            self._unwritten = {}

    def _mark(self, device: str) -> str:
        """Return the mark of what a device is asked with; made once, and only of who is refused."""
        login = self._logins[device]
        if login.name not in self._marks:
            self._marks[login.name] = mark(login)
        return self._marks[login.name]


def mark(login: SnmpLogin) -> str:
    """Return what tells a login from what it was before it was changed, and tells no secret.

    Made as hashes of passwords are: it takes 50 ms, so that who can read the store cannot try out
    what the password may be.
    """
    said = [login.user, login.auth, login.priv]
    secret = [
        one and one.reveal() for one in (login.community, login.auth_password, login.priv_password)
    ]
    salt = f"portvakt snmp {login.name}".encode()
    return scrypt(canonical_json([said, secret]).encode(), salt=salt, n=1 << 14, r=8, p=1).hex()[
        :64
    ]
