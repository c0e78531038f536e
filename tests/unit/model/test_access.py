"""What a device is asked with."""

from __future__ import annotations

from automation.model import Secret, SnmpLogin


def test_who_has_a_community_asks_over_v2c_and_who_has_a_user_over_v3() -> None:
    assert not SnmpLogin("net", community=Secret("public")).is_v3
    assert SnmpLogin("net", user="noc", auth_password=Secret("auth-pass-12")).is_v3
