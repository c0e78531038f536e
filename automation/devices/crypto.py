"""Which SSH algorithms are offered, best first; names from RFC 4253, 5656, 8268, 8332, 8731."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Algorithms:
    """Algorithm names in order of preference, as paramiko knows them.

    Group 16 and group exchange stand last: they cost the client 12 to 20 times the CPU of
    curve25519, which adds up over a city.
    """

    kex: tuple[str, ...]
    keys: tuple[str, ...]
    ciphers: tuple[str, ...]
    macs: tuple[str, ...]


MODERN = Algorithms(
    kex=(
        "curve25519-sha256@libssh.org",
        "ecdh-sha2-nistp256",
        "ecdh-sha2-nistp384",
        "ecdh-sha2-nistp521",
        "diffie-hellman-group14-sha256",
        "diffie-hellman-group16-sha512",
        "diffie-hellman-group-exchange-sha256",
    ),
    keys=(
        "ssh-ed25519",
        "ecdsa-sha2-nistp256",
        "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521",
        "rsa-sha2-512",
        "rsa-sha2-256",
    ),
    ciphers=(
        "aes128-gcm@openssh.com",
        "aes256-gcm@openssh.com",
        "aes128-ctr",
        "aes192-ctr",
        "aes256-ctr",
    ),
    macs=(
        "hmac-sha2-256-etm@openssh.com",
        "hmac-sha2-512-etm@openssh.com",
        "hmac-sha2-256",
        "hmac-sha2-512",
        "hmac-sha1",
    ),
)

LEGACY = Algorithms(
    kex=(
        *MODERN.kex,
        "diffie-hellman-group14-sha1",
        "diffie-hellman-group-exchange-sha1",
        "diffie-hellman-group1-sha1",
    ),
    keys=(*MODERN.keys, "ssh-rsa"),
    ciphers=(*MODERN.ciphers, "aes128-cbc", "aes192-cbc", "aes256-cbc", "3des-cbc"),
    macs=(*MODERN.macs, "hmac-sha1-96"),
)


def algorithms(crypto: str) -> Algorithms:
    """Return what is offered to a device whose inventory says `crypto`: modern or legacy."""
    return LEGACY if crypto == "legacy" else MODERN
