"""What vtysh saves, what it says of that, and how what it saved is read: on FRR itself."""

from __future__ import annotations

from importlib.resources import files

import pytest

from automation.devices.startup import difference
from tests.integration.frr.rig import PLATFORM, Router

pytestmark = [pytest.mark.integration, pytest.mark.frr]
LOGIN = (files("automation.platforms.frr") / "login.sh").read_text(encoding="utf-8")
SMALL_DISK = """\
cp -r /etc/frr /run/frr.old
mount -t tmpfs -o size=32k tmpfs /etc/frr
cp /run/frr.old/*.conf /etc/frr
"""
FILL = "! cat /dev/zero >/etc/frr/filler 2>/dev/null"
ENTRY = "ip prefix-list BY-HAND seq 5 permit 192.0.2.0/24"


@pytest.fixture
def small(router: Router) -> Router:
    """A router with a small disk of its own for its configuration, and something to save."""
    router.inside("sh", "-ec", SMALL_DISK)
    router.type(ENTRY)
    return router


def saves(router: Router) -> None:
    """Save, and hear that it is saved."""
    assert router.enter(PLATFORM.cli.save).endswith("\n[OK]")


def shown(router: Router) -> str:
    """Return what OpenSSH's ForceCommand shows to the question of the platform."""
    startup = PLATFORM.cli.startup
    assert startup is not None
    text = router.inside("env", f"SSH_ORIGINAL_COMMAND={startup.command}", "sh", "-c", LOGIN)
    assert text.startswith(f"{startup.mark}\n")
    return text


def differs(router: Router) -> str:
    startup = PLATFORM.cli.startup
    assert startup is not None
    return difference(startup, shown(router), router.running())


def test_what_is_saved_is_what_runs_and_what_is_not_yet_is_seen(small: Router) -> None:
    assert differs(small).startswith("1 lines are saved and ")
    saves(small)
    assert differs(small) == ""
    assert ENTRY in shown(small).splitlines()
    small.type(f"no {ENTRY}", "ip prefix-list BY-HAND seq 5 permit 198.51.100.0/24")
    assert "lines are saved and" in differs(small)


def test_on_a_full_disk_vtysh_says_ok_and_what_it_saved_is_seen_to_be_nothing(
    small: Router,
) -> None:
    small.inside("sh", "-c", FILL)
    saves(small)
    assert small.inside("cat", "/etc/frr/frr.conf") == ""
    assert differs(small).startswith("0 lines are saved and ")


def test_a_configuration_that_found_room_for_its_beginning_is_seen_to_be_cut(small: Router) -> None:
    small.type(*(f"ip prefix-list LONG seq {at} permit 10.{at}.0.0/16" for at in range(1, 200)))
    small.inside(
        "sh", "-c", f"{FILL}; rm -f /etc/frr/frr.conf.sav; truncate -s -4096 /etc/frr/filler"
    )
    saves(small)
    saved = small.inside("cat", "/etc/frr/frr.conf")
    assert 0 < len(saved) <= 4096
    assert "the first" in differs(small)


NOBODY = ("setpriv", "--bounding-set", "-all", "--inh-caps", "-all", "--no-new-privs")


def test_a_login_that_may_not_read_the_file_says_so_and_shows_nothing(small: Router) -> None:
    """Debian's file is of `frr` alone; who is in `frrvty` has vtysh, and saves by it."""
    startup = PLATFORM.cli.startup
    assert startup is not None
    saves(small)
    small.inside("chmod", "0", "/etc/frr/frr.conf")
    asked = ("env", f"SSH_ORIGINAL_COMMAND={startup.command}", "sh", "-c", LOGIN)
    done = small.run(*NOBODY, *asked)
    assert done.returncode != 0
    assert done.stdout == ""
    assert "/etc/frr/frr.conf: Permission denied" in done.stderr


def test_whoever_asks_for_anything_else_is_let_in_to_vtysh(small: Router) -> None:
    for words in ("", "cat /etc/passwd", "show startup-config; id", "show running-config"):
        login = LOGIN.replace("/usr/bin/vtysh", "echo vtysh")
        told = small.inside("env", f"SSH_ORIGINAL_COMMAND={words}", "sh", "-c", login)
        assert told == "vtysh\n"
    assert small.inside("env", "-u", "SSH_ORIGINAL_COMMAND", "sh", "-c", login) == "vtysh\n"


@pytest.mark.parametrize("command", ["show startup-config", "show running-config no-header"])
def test_vtysh_itself_has_no_command_that_shows_the_file(small: Router, command: str) -> None:
    """Were there one, it would be the better way: it would need nothing on the router."""
    saves(small)
    small.type(f"no {ENTRY}")
    assert ENTRY not in small.enter(command)
