"""A device that says no stops the run at the canary, and is told with its own words."""

from __future__ import annotations

import pytest

from automation.lab import Wording
from tests.integration.cli.twin import Twin, outcomes

CANARY = "city-acc-001"
RUN = ("run", "provision-access", "-y")


@pytest.mark.parametrize("wording", [one.value for one in Wording])
def test_each_wording_of_a_refusal_stops_the_run_at_the_canary(twin: Twin, wording: str) -> None:
    with twin.broken(CANARY, "refuse", line=9, wording=wording):
        done = twin.portvakt(*RUN, "-o", "json")
    assert done.returncode == 3
    ended = outcomes(done)
    assert ended.pop(CANARY) == "failed"
    assert set(ended.values()) == {"skipped"}
    (row,) = [one for one in done.json["devices"] if one["device"] == CANARY]
    assert row["line"]
    assert row["text"]
    assert not row["saved"]
    configured = twin.configured()
    assert configured.pop(CANARY) > 0
    assert set(configured.values()) == {0}


def test_people_read_device_line_and_text_above_the_recap(twin: Twin) -> None:
    with twin.broken(CANARY, "refuse", line=9):
        done = twin.portvakt(*RUN, "-l", "city-acc-00*")
    head, line, text, *rest = done.stdout.splitlines()
    assert head.startswith(f"{CANARY}  FAILED  ")
    assert line.startswith("    line:   ")
    assert text.startswith("    device: ")
    assert any("% Invalid input detected" in one for one in (text, *rest))
    assert rest[-3].split()[0] == "planned"
    (skipped,) = [one for one in rest if "SKIPPED" in one]
    assert skipped.startswith("SKIPPED  6 devices: ")
    assert "by the stop rule" in skipped
    assert "\x1b" not in done.stdout


def test_a_line_that_is_ignored_without_a_word_is_failed_and_never_changed(twin: Twin) -> None:
    with twin.broken(CANARY, "ignore", match="switchport protected"):
        done = twin.portvakt(*RUN, "-l", CANARY, "-o", "json")
    assert (done.returncode, outcomes(done)) == (3, {CANARY: "failed"})
    assert "differs" in done.json["devices"][0]["why"]


def test_a_changed_host_key_gets_no_password_until_it_is_accepted(twin: Twin) -> None:
    device = "mkb-acc-005"
    with twin.broken(device, "host-key"):
        done = twin.portvakt(*RUN, "-l", device, "-o", "json")
        assert (done.returncode, outcomes(done)) == (3, {device: "refused"})
        assert "no password was sent" in done.json["devices"][0]["why"]
        (scanned,) = twin.portvakt("hostkeys", "scan", device, "-o", "json").json
        assert scanned["state"] == "changed"
        assert twin.portvakt("hostkeys", "scan", device).returncode == 3
        accepted = twin.portvakt("hostkeys", "accept", device, "-y")
        assert (accepted.returncode, "0 keys accepted" in accepted.stderr) == (3, True)
    assert twin.portvakt("hostkeys", "scan", device, "-o", "json").json[0]["state"] == "known"


def test_only_a_yes_makes_a_key_known(twin: Twin) -> None:
    device = "mkb-acc-004"
    assert twin.portvakt("hostkeys", "forget", device).stdout == f"{device}: 1 key forgotten\n"
    (scanned,) = twin.portvakt("hostkeys", "scan", "-l", device, "-o", "json").json
    assert scanned["state"] == "unknown"
    assert twin.portvakt("hostkeys", "accept", device).returncode == 2
    assert outcomes(twin.portvakt(*RUN, "-l", device, "-o", "json")) == {device: "refused"}
    accepted = twin.portvakt("hostkeys", "accept", device, "-y")
    assert accepted.returncode == 0
    assert scanned["fingerprint"] in accepted.stdout
    listed = twin.portvakt("hostkeys", "list", "-o", "json").json
    assert scanned["fingerprint"] in {row["fingerprint"] for row in listed}
    assert twin.portvakt("run", "verify", "-C", "-l", device).returncode == 3


def test_a_jump_host_without_password_stops_the_scan_of_its_own_devices_only(twin: Twin) -> None:
    behind, direct = "city-acc-001", "city-acc-003"
    hosts, settings = twin.folder / "inventory/city/hosts.yaml", twin.folder / "portvakt.toml"
    before = {file: file.read_text(encoding="utf-8") for file in (hosts, settings)}
    jump = 'address = "127.0.0.1"\nusername = "ops"\npassword = {env = "NOT_SET_BY_ANYBODY"}\n'
    settings.write_text(f"{before[settings]}\n[jump.bastion]\n{jump}", encoding="utf-8")
    via = before[hosts].replace("  data:\n", "  data:\n    jump: bastion\n", 1)
    hosts.write_text(via, encoding="utf-8")
    try:
        done = twin.portvakt("hostkeys", "scan", behind, direct, "-o", "json")
    finally:
        for file, text in before.items():
            file.write_text(text, encoding="utf-8")
    assert done.returncode == 3
    states = {row["device"]: row["state"] for row in done.json}
    assert states == {behind: "unreachable", direct: "known"}
    (why,) = [row["error"] for row in done.json if row["device"] == behind]
    assert "bastion" in why
    assert "NOT_SET_BY_ANYBODY" in why
