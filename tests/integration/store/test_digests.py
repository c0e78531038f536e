"""What was last verified, and the digests of secrets seen then."""

from __future__ import annotations

from dataclasses import replace

from automation.model import Verified
from automation.store import Store

FIRST = Verified("sw-1", "engine 1", "intent", "templates", "running")
SECOND = replace(FIRST, device="sw-2")


def test_verified(store: Store) -> None:
    assert store.verified() == {}
    store.record_verified([FIRST, SECOND])
    assert store.verified() == {"sw-1": FIRST, "sw-2": SECOND}
    assert store.verified(["sw-2", "sw-9"]) == {"sw-2": SECOND}


def test_verified_anew_replaces_the_device_only(store: Store) -> None:
    store.record_verified([FIRST, SECOND])
    store.record_verified([replace(FIRST, running="other")])
    assert store.verified() == {"sw-1": replace(FIRST, running="other"), "sw-2": SECOND}
    store.record_verified([])
    assert len(store.verified()) == 2


def test_secrets_are_replaced_as_a_whole(store: Store) -> None:
    store.record_secrets("sw-1", {"snmp-server community <secret>": "aa", "key <secret>": "bb"})
    store.record_secrets("sw-2", {"key <secret>": "cc"})
    store.record_secrets("sw-1", {"key <secret>": "dd"})
    assert store.secrets() == {"sw-1": {"key <secret>": "dd"}, "sw-2": {"key <secret>": "cc"}}
    assert store.secrets(["sw-2", "sw-9"]) == {"sw-2": {"key <secret>": "cc"}}
    store.record_secrets("sw-1", {})
    assert store.secrets(["sw-1"]) == {}
