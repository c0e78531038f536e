"""From the TCP connection to a prepared session, and every way in which there is none."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from automation.devices import Deadline, Jumps, LoginGuard, Options, Target, open_session, scan
from automation.devices.hostkeys import HostKeys
from automation.errors import (
    DeviceError,
    HostKeyError,
    LoginFailed,
    NotAuthorised,
    Unreachable,
)
from automation.model import Dialog, Endpoint, Login, Secret
from tests.integration.devices.bench import IOS, LOGIN, Bench, cli, plain, stanza
from tests.integration.devices.fake import ENABLE, PASSWORD, RUNNING, USER, Part, Script, Then

pytestmark = pytest.mark.integration

NAG = "The password needs to be changed. Change now? [Y/N]:"


@pytest.mark.parametrize(
    "greeting",
    [
        (),
        (b"\r\nWelcome to sw2#\r\n",),
        (b"\r\nsw2#", 0.05, b"\r\nis what this is not\r\n"),
        (b"\r\nother>\r\n* no entry *\r\n",),
        (b"\r\n*Nov 23 12:00:00.000: %SYS-5-CONFIG_I: Configured from console by eva\r\n",),
        tuple(bytes([byte]) for byte in b"\r\nsw2#\r\nslow banner\r\n"),
    ],
)
@pytest.mark.parametrize("enabled", [True, False])
def test_the_name_is_learned_past_any_banner(
    bench: Bench, greeting: Sequence[Part], enabled: bool
) -> None:
    session, script = bench.session(Script(greeting=greeting, enabled=enabled))
    become = [] if enabled else ["enable", ENABLE]
    assert script.lines == ["terminal length 0", "terminal width 511", *become]
    assert session.configure([stanza("interface Gi1", "shutdown")], plain).refusal is None
    assert session.fetch() == RUNNING


def test_an_old_device_may_not_know_how_to_be_prepared(bench: Bench) -> None:
    script = Script(say={"terminal width 511": "% Invalid input detected at '^' marker.\n\n"})
    session, _ = bench.session(script)
    assert session.fetch() == RUNNING


@pytest.mark.parametrize(
    ("login", "text"),
    [
        (replace(LOGIN, enable=None), "no enable secret|has none"),
        (replace(LOGIN, enable=Secret("wrong")), "refused the enable secret"),
    ],
)
def test_no_way_into_privileged_mode(bench: Bench, login: Login, text: str) -> None:
    script = Script(enabled=False)
    with pytest.raises(NotAuthorised, match=text):
        bench.session(script, login=login)
    assert "configure terminal" not in script.lines


LISTED = cli(dialogs=(Dialog("^$", r"Change now\? \[Y/N\]", "N"),))


def test_a_listed_question_at_login(bench: Bench) -> None:
    asks = f"\r\n{NAG}".encode()
    script = Script(greeting=[asks], raw={"N": [b"N\r\nsw1#"]})
    script.greeting = [asks]
    session, _ = bench.session(replace_prompt(script), LISTED)
    assert script.lines[0] == "N"
    assert session.fetch() == RUNNING


def replace_prompt(script: Script) -> Script:
    """Return the script without the prompt that follows its greeting by itself."""
    script.first_prompt = False
    return script


def test_a_question_at_login_that_nobody_listed(bench: Bench) -> None:
    script = replace_prompt(Script(greeting=[f"\r\n{NAG}".encode()]))
    with pytest.raises(Unreachable, match=r"Change now"):
        bench.session(script)
    assert script.lines == []


@pytest.mark.parametrize("then", Then)
def test_no_prompt_after_login(bench: Bench, then: Then) -> None:
    script = replace_prompt(Script(greeting=[b"\r\nhello\r\n", then]))
    with pytest.raises(Unreachable, match="no prompt after login"):
        bench.session(script, seconds=0.8)


def test_a_terminal_that_is_not_given(bench: Bench) -> None:
    script = Script(terminal_after=2.5)
    with pytest.raises(Unreachable, match="no shell"):
        bench.session(script, seconds=0.7)
    assert not script.terminal_given  # we gave up first


def test_a_refused_password_is_tried_once(bench: Bench) -> None:
    script = Script()
    with pytest.raises(LoginFailed, match="the login of 'noc' was refused"):
        bench.session(script, login=replace(LOGIN, password=Secret("wrong")))
    assert script.passwords == ["wrong"]


def test_a_dropped_login_is_tried_twice(bench: Bench) -> None:
    script = Script(drop_logins=1)
    bench.session(script)
    assert script.passwords == [PASSWORD] * 2
    script = Script(drop_logins=9)
    with pytest.raises(LoginFailed, match="dropped during login"):
        bench.session(script)
    assert script.passwords == [PASSWORD] * 2


def test_five_failed_logins_in_a_row_stop_all(bench: Bench) -> None:
    wrong, script = replace(LOGIN, password=Secret("wrong")), Script()
    switch = bench.rack.switch(script)
    hostkeys, guard = bench.trust(switch), LoginGuard()

    def attempt(login: Login) -> str:
        try:
            options = bench.options(guard=guard)
            open_session(bench.device(switch), IOS, login, hostkeys, options).close()
        except LoginFailed as error:
            return str(error)
        return "in"

    assert [attempt(wrong) for _ in range(4)] == [
        f"sw1 (127.0.0.1 port {switch.port}): the login of 'noc' was refused"
    ] * 4
    assert attempt(LOGIN) == "in"
    script.passwords.clear()
    said: list[str] = []
    threads = [threading.Thread(target=lambda: said.append(attempt(wrong))) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    before = script.connections
    assert attempt(LOGIN) == "stopped after 5 failed logins in a row"
    assert script.connections == before
    assert said.count("stopped after 5 failed logins in a row") == 15
    assert script.passwords == ["wrong"] * 5


def test_without_a_success_no_more_than_five_passwords_leave(bench: Bench) -> None:
    wrong, script = replace(LOGIN, password=Secret("wrong")), Script()
    switch = bench.rack.switch(script)
    hostkeys, guard = bench.trust(switch), LoginGuard()

    def attempt() -> None:
        options = bench.options(guard=guard)
        with pytest.raises(LoginFailed):
            open_session(bench.device(switch), IOS, wrong, hostkeys, options)

    threads = [threading.Thread(target=attempt) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(script.passwords) == 5


@pytest.mark.filterwarnings("ignore:Warning. bcrypt.kdf")  # a quick lock will do here
def test_a_key_file(bench: Bench, tmp_path: Path) -> None:
    key = asyncssh.generate_private_key("ssh-ed25519")
    file = tmp_path / "key"
    file.write_bytes(key.export_private_key(passphrase="open sesame", rounds=1))
    script = Script(public_key=key.export_public_key().decode())
    login = Login(USER, key_file=str(file), passphrase=Secret("open sesame"))
    session, _ = bench.session(script, login=login)
    assert session.fetch() == RUNNING
    assert script.passwords == []
    with pytest.raises(Unreachable, match="cannot be used"):
        bench.session(Script(), login=replace(login, passphrase=Secret("wrong")))
    with pytest.raises(LoginFailed, match=r"not allowed|refused"):
        bench.session(Script(), login=login)


# --- host keys -------------------------------------------------------------------------------


def test_an_unknown_host_key_gets_no_password(bench: Bench) -> None:
    script = Script()
    switch = bench.rack.switch(script)
    hostkeys = HostKeys(bench.known_hosts)
    with pytest.raises(HostKeyError, match=r"unknown.*SHA256|SHA256:.*unknown") as caught:
        open_session(bench.device(switch), IOS, LOGIN, hostkeys, bench.options())
    assert "portvakt hostkeys accept sw1" in str(caught.value)
    assert script.passwords == []


@pytest.mark.parametrize("kind", ["ssh-ed25519", "ecdsa-sha2-nistp256"])
def test_a_changed_host_key_gets_no_password(bench: Bench, kind: str) -> None:
    script = Script()
    switch = bench.rack.switch(script, key=kind)
    bench.trust(bench.rack.switch())
    hostkeys = HostKeys(bench.known_hosts)
    with pytest.raises(HostKeyError, match="has changed from ssh-ed25519 SHA256"):
        open_session(bench.device(switch), IOS, LOGIN, hostkeys, bench.options())
    assert script.passwords == []


def test_the_key_type_that_is_known_is_asked_for(bench: Bench) -> None:
    switch = bench.rack.switch(key="ssh-rsa", more_keys=["ssh-ed25519"])
    session = open_session(bench.device(switch), IOS, LOGIN, bench.trust(switch), bench.options())
    session.close()


def test_scanning_trusts_nobody_and_sends_nothing(bench: Bench) -> None:
    script = Script()
    switch = bench.rack.switch(script)
    dead = Target("dead", "127.0.0.1", 1)
    found, missing = scan([Target.of(bench.device(switch)), dead], seconds=5)
    assert (found.kind, found.key) == switch.public
    assert found.fingerprint == switch.key.get_fingerprint()
    assert "Connection refused" in missing.error
    assert script.passwords == []
    assert not bench.known_hosts.exists()
    hostkeys = HostKeys(bench.known_hosts)
    hostkeys.accept(found.target, found.kind, found.key)
    open_session(bench.device(switch), IOS, LOGIN, hostkeys, bench.options()).close()


# --- algorithms ------------------------------------------------------------------------------

LEGACY: dict[str, dict[str, Any]] = {
    "kex": {"kex_algs": ["diffie-hellman-group14-sha1"]},
    "key": {"key": "ssh-rsa", "key_algs": [b"ssh-rsa"]},
    "cipher": {"encryption_algs": ["aes128-cbc"]},
}


@pytest.mark.filterwarnings("ignore:Diffie-Hellman over finite fields")  # by the switch
@pytest.mark.parametrize("part", LEGACY)
def test_an_old_switch_needs_to_be_named_as_such(bench: Bench, part: str) -> None:
    script = Script()
    switch = bench.rack.switch(script, **LEGACY[part])
    hostkeys, device = bench.trust(switch), bench.device(switch)
    with pytest.raises(Unreachable, match=r"no algorithm in common.*`crypto: legacy`"):
        open_session(device, IOS, LOGIN, hostkeys, bench.options())
    assert script.passwords == []
    old = replace(device, crypto="legacy")
    session = open_session(old, IOS, LOGIN, hostkeys, bench.options())
    assert session.fetch() == RUNNING
    session.close()


def test_even_legacy_has_an_end(bench: Bench) -> None:
    switch = bench.rack.switch(encryption_algs=["arcfour256"])
    old = replace(bench.device(switch), crypto="legacy")
    with pytest.raises(Unreachable, match=r"no algorithm in common \([^)]*\)+$"):
        open_session(old, IOS, LOGIN, bench.trust(switch), bench.options())


# --- no SSH at all ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ([b"HTTP/1.1 400 Bad Request\r\n\r\n"], "no SSH key exchange|was closed"),
        ([b"SSH-2.0-x\r\n"], "was closed|no SSH"),
        ([], "was closed|no SSH"),
        ([b"SSH-2.0-x\r\n", Then.HANG], "no SSH|was closed"),
        ([Then.HANG], "no SSH|was closed"),
        ([b"."] * 500, "no SSH|was closed"),
    ],
)
def test_what_does_not_speak_ssh(bench: Bench, parts: Sequence[Part], text: str) -> None:
    port = bench.rack.server(parts)
    deadline = Deadline(0.7)
    target = Target("x", "127.0.0.1", port)
    hostkeys = HostKeys(bench.known_hosts)
    device = replace(bench.device(bench.rack.switch()), port=target.port)
    with pytest.raises(Unreachable, match=text):
        open_session(device, IOS, LOGIN, hostkeys, Options(deadline))


def test_nobody_there(bench: Bench) -> None:
    device = replace(bench.device(bench.rack.switch()), port=1)
    with pytest.raises(Unreachable, match="Connection refused"):
        open_session(device, IOS, LOGIN, HostKeys(bench.known_hosts), bench.options())


# --- jump hosts ------------------------------------------------------------------------------


def behind(
    bench: Bench, jump_known: bool = True, password: str = PASSWORD
) -> tuple[Endpoint, HostKeys, Script, Script]:
    """Return a jump host, the host keys, and the scripts of the jump host and the switch."""
    outer, inner = Script(), Script()
    bastion, switch = bench.rack.switch(outer), bench.rack.switch(inner)
    jump = Endpoint("bastion", "127.0.0.1", bastion.port, Login(USER, Secret(password)))
    hostkeys = bench.trust(switch)
    bench.switch = switch
    if jump_known:
        hostkeys.accept(Target.of(jump), *bastion.public)
    return jump, hostkeys, outer, inner


def test_through_a_jump_host(bench: Bench) -> None:
    jump, hostkeys, outer, inner = behind(bench)
    jumps = Jumps(hostkeys, LoginGuard())
    options = bench.options(jump=jump, jumps=jumps)
    device = bench.device(bench.switch)
    sessions = [open_session(device, IOS, LOGIN, hostkeys, options) for _ in range(3)]
    for session in sessions:
        assert session.fetch() == RUNNING
        assert session.configure([stanza("interface Gi1", "shutdown")], plain).refusal is None
        session.close()
    assert (outer.connections, inner.connections) == (1, 3)
    found = scan([(Target.of(device), jumps.through(jump))])
    assert (found[0].kind, found[0].key) == bench.switch.public
    jumps.close()


@pytest.mark.parametrize(
    ("known", "password", "error", "text"),
    [
        (False, PASSWORD, HostKeyError, "bastion: its host key .* is unknown"),
        (True, "wrong", LoginFailed, r"bastion \(127.0.0.1"),
    ],
)
def test_a_jump_host_is_checked_too(
    bench: Bench, known: bool, password: str, error: type[DeviceError], text: str
) -> None:
    jump, hostkeys, outer, inner = behind(bench, known, password)
    options = bench.options(jump=jump, jumps=Jumps(hostkeys, LoginGuard()))
    for _ in range(2):
        with pytest.raises(error, match=text):
            open_session(bench.device(bench.switch), IOS, LOGIN, hostkeys, options)
    assert (outer.connections, inner.connections) == (1, 0)
    assert len(outer.passwords) == (1 if known else 0)


def test_a_device_that_a_jump_host_cannot_reach(bench: Bench) -> None:
    jump, hostkeys, _, _ = behind(bench)
    jumps = Jumps(hostkeys, LoginGuard())
    device = replace(bench.device(bench.switch), port=1)
    with pytest.raises(Unreachable, match="not reached through bastion"):
        open_session(device, IOS, LOGIN, hostkeys, bench.options(jump=jump, jumps=jumps))
    jumps.close()


def test_a_session_that_has_ended_leaves_no_thread(bench: Bench) -> None:
    before = threading.active_count()
    session, _ = bench.session()
    session.close()
    end = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < end:
        time.sleep(0.01)
    assert threading.active_count() <= before


def test_nothing_of_a_session_that_was_not_opened_is_left(bench: Bench) -> None:
    filters = len(logging.getLogger("netmiko").filters)
    with pytest.raises(NotAuthorised):
        bench.session(Script(enabled=False), login=replace(LOGIN, enable=None))
    assert len(logging.getLogger("netmiko").filters) == filters
