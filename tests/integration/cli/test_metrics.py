"""`portvakt poll` and where its readings go: the command's side of the metrics."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.integration.cli.twin import Twin, called

pytestmark = pytest.mark.integration

DEVICE, OTHER = "city-acc-001", "city-acc-002"


def names(text: str, device: str) -> set[str]:
    """Return the names of the series that a device has."""
    return set(re.findall(rf'^(\w+)\{{instance="{device}"', text, re.MULTILINE))


def test_what_is_written_is_what_is_exported(twin: Twin, tmp_path: Path) -> None:
    file = tmp_path / "portvakt.prom"
    assert twin.portvakt("poll", "once", "--textfile", file).returncode == 0
    written = file.read_text(encoding="utf-8")
    done = twin.portvakt("poll", "export")
    assert done.returncode == 0
    of_ports = re.compile(
        r"^(?:if|sys|snmpE|portvakt_port_|portvakt_device_ex)\w+\{.*\n", re.MULTILINE
    )
    assert of_ports.findall(done.stdout) == of_ports.findall(written)
    assert len(of_ports.findall(written)) > 12 * 48 * 17
    assert "portvakt_port_light_received_dbm" in names(written, OTHER)
    assert "portvakt_port_poe_watts" in names(written, DEVICE)
    seen = {"portvakt_rates_unknown", "snmp_scrape_duration_seconds", "portvakt_ports_missing"}
    assert names(written, DEVICE) >= seen, "what only the cycle knows"
    assert not names(done.stdout, DEVICE) & seen, "the store does not know it"


def test_a_device_that_is_not_read_is_down_and_has_no_ports(twin: Twin, tmp_path: Path) -> None:
    file = tmp_path / "portvakt.prom"
    with twin.broken(DEVICE, "dead"):
        done = twin.portvakt("poll", "once", "-l", "city-acc-00[12]", "--textfile", file)
    assert done.returncode == 3
    text = file.read_text(encoding="utf-8")
    assert f'portvakt_device_up{{instance="{DEVICE}"}} 0\n' in text
    assert not any(name.startswith(("if", "sys")) for name in names(text, DEVICE))
    assert f'portvakt_device_up{{instance="{OTHER}"}} 1\n' in text
    assert "ifHCInOctets" in names(text, OTHER)


def test_a_daemon_says_where_its_page_is(twin: Twin) -> None:
    done = twin.process("poll", "run", "--cycles", "1", "--listen", "0")
    assert done.returncode == 0
    assert re.search(r"^metrics at http://127\.0\.0\.1:\d+/metrics$", done.stderr, re.MULTILINE)


def test_a_limit_holds_for_the_export(twin: Twin) -> None:
    text = twin.portvakt("poll", "export", "-l", OTHER).stdout
    assert set(re.findall(r'instance="([^"]+)"', text)) == {OTHER}


def test_where_nothing_was_read_every_device_is_down(workspace: Path) -> None:
    done = called("-w", workspace, "poll", "export")
    assert done.returncode == 0
    ups = re.findall(r"^portvakt_device_up\{[^}]*\} (\d)$", done.stdout, re.MULTILINE)
    assert set(ups) == {"0"}
    assert "ifHC" not in done.stdout


def test_an_address_that_is_not_ours_is_said(twin: Twin) -> None:
    done = twin.portvakt("poll", "run", "--cycles", "1", "--listen", "192.0.2.1:1")
    assert (done.returncode, done.stderr) == (
        1,
        "--listen 192.0.2.1:1: Cannot assign requested address\n",
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("run", "--listen", "nowhere"), "--listen nowhere: expected ADDRESS:PORT"),
        (("once", "--textfile", "metrics.txt"), "only files that end in .prom"),
        (("run", "--push", "127.0.0.1:8428"), "--push: expected http://HOST:PORT"),
        (("export", "--push", "http://a:secret@127.0.0.1"), "password does not belong"),
    ],
)
def test_a_wrong_option_ends_it_before_a_switch_is_asked(
    workspace: Path, options: tuple[str, ...], words: str
) -> None:
    done = called("-w", workspace, "poll", *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert "secret@" not in done.stderr
