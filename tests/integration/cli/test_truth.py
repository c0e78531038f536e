"""What a run may not overlook: it says in sync, saved and changed only of what is so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from automation import lab
from automation.cli.opening import found
from automation.model import Owner, Plan
from automation.store import Store
from tests.integration.cli.twin import Done, Twin, outcomes, twin_in

IOS, VRP = "city-acc-001", "city-acc-002"


@pytest.fixture(scope="module")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twin]:
    """A lab whose first two switches are provisioned."""
    with twin_in(tmp_path_factory.mktemp("truth") / "lab") as one:
        assert _run(one, f"{IOS},{VRP}").returncode == 0
        yield one


def _run(twin: Twin, limit: str) -> Done:
    return twin.portvakt("run", "provision-access", "-l", limit, "-y", "-o", "json")


@pytest.mark.parametrize("device", [IOS, VRP])
def test_what_was_not_saved_is_saved_by_the_next_run(twin: Twin, device: str) -> None:
    port = "GigabitEthernet1/0/1" if device == IOS else "GigabitEthernet0/0/1"
    twin.edit(device, f"interface {port}", "description by hand")
    with twin.broken(device, "save"):
        failed = _run(twin, device)
    assert (failed.returncode, outcomes(failed)) == (3, {device: "failed"})
    assert "by hand" not in twin.running(device)
    saved = _run(twin, device)
    assert (saved.returncode, outcomes(saved)) == (0, {device: "changed"})
    assert "saved now" in saved.json["devices"][0]["why"]
    assert outcomes(_run(twin, device)) == {device: "unchanged"}


@pytest.mark.parametrize("name", ["breakglass", "tacacs"])
@pytest.mark.parametrize("device", [IOS, VRP])
def test_a_secret_that_was_changed_goes_out(twin: Twin, device: str, name: str) -> None:
    file = twin.folder / ".portvakt" / "secrets" / name
    file.write_text(f"rotated-{device}-{name}\n", encoding="utf-8")
    assert outcomes(_run(twin, device)) == {device: "changed"}
    assert outcomes(_run(twin, device)) == {device: "unchanged"}


def _user(twin: Twin) -> str:
    lines = twin.running(IOS).splitlines()
    return next(line for line in lines if line.startswith("username breakglass"))


def test_a_secret_that_somebody_changed_on_the_device_is_put_right(twin: Twin) -> None:
    twin.edit(IOS, "username breakglass privilege 15 secret 0 intruder")
    tampered = _user(twin)
    assert outcomes(_run(twin, IOS)) == {IOS: "changed"}
    assert _user(twin) != tampered
    assert outcomes(_run(twin, IOS)) == {IOS: "unchanged"}


def _intruder(twin: Twin) -> None:
    twin.edit(IOS, "username breakglass privilege 15 secret 0 intruder")


def _unowned(twin: Twin) -> None:
    twin.edit(IOS, "interface Vlan777", "ip address 192.0.2.77 255.255.255.0")


@pytest.mark.parametrize("meddle", [_intruder, _unowned])
def test_a_plan_is_not_sent_to_a_device_that_would_be_planned_otherwise_now(
    twin: Twin, tmp_path: Path, meddle: Callable[[Twin], None]
) -> None:
    """Also where nothing is left to send: what the plan has a line for was not done."""
    twin.edit(IOS, "vlan 777")
    file = tmp_path / "plan.json"
    assert twin.portvakt("plan", "provision-access", "-l", IOS, "--out", file).returncode == 0
    assert "no vlan 777" in file.read_text(encoding="utf-8")
    meddle(twin)
    before = twin.lines(IOS)
    done = twin.portvakt("apply", file, "-y", "-o", "json")
    assert (done.returncode, outcomes(done)) == (3, {IOS: "stale"})
    assert twin.lines(IOS) == before
    twin.edit(IOS, "no vlan 777")
    _run(twin, IOS)


def test_a_device_that_bears_another_name_is_not_touched(twin: Twin) -> None:
    twin.edit(IOS, "hostname somebody-else")
    before = twin.lines(IOS)
    done = _run(twin, IOS)
    assert (done.returncode, outcomes(done)) == (3, {IOS: "refused"})
    why = done.json["devices"][0]["why"]
    assert f"says 'hostname somebody-else', not 'hostname {IOS}'" in why
    assert f"correct the address of {IOS} in hosts.yaml" in why
    assert f"enter 'hostname {IOS}' on it by hand; then plan again" in why
    assert twin.lines(IOS) == before
    lab.edit(twin.folder, IOS, [f"hostname {IOS}"])


def test_a_device_that_another_job_writes_to_is_left_alone_and_the_job_is_named(
    twin: Twin,
) -> None:
    twin.edit(IOS, "vlan 778")
    before = twin.lines(IOS)
    plan = Plan("p", "other", (), "all", "", "", (1,), 1, (), verify=True, changes=())
    until = datetime.now(UTC) + timedelta(minutes=5)
    with Store.open(found(twin.folder).store_url) as store:
        job = store.begin_job(plan, Owner("bo", "noc-2", 99, "/srv/other"))
        store.claim(job, [IOS], until)
        done = _run(twin, f"{IOS},{VRP}")
        assert (done.returncode, outcomes(done)[IOS]) == (3, "refused")
        (row,) = [one for one in done.json["devices"] if one["device"] == IOS]
        assert f"nothing was sent: job {job} of bo@noc-2 (process 99" in row["why"]
        assert twin.lines(IOS) == before
        store.end_job(job)
    assert outcomes(_run(twin, IOS)) == {IOS: "changed"}


def test_what_we_log_in_by_is_saved_only_after_a_new_login(twin: Twin) -> None:
    sessions = lab.counters(twin.folder)["mkb-acc-001"].sessions
    assert outcomes(_run(twin, "mkb-acc-001")) == {"mkb-acc-001": "changed"}
    seen = lab.counters(twin.folder)["mkb-acc-001"].sessions - sessions
    assert seen == len(("plan", "send", "prove and save", "the wave's gate"))


def test_a_community_that_was_changed_goes_out_and_the_old_one_goes(twin: Twin) -> None:
    (twin.folder / ".portvakt" / "secrets" / "snmp_read").write_text("rotated\n", encoding="utf-8")
    assert outcomes(_run(twin, IOS)) == {IOS: "changed"}
    communities = [
        line for line in twin.running(IOS).splitlines() if line.startswith("snmp-server community")
    ]
    assert communities == ["snmp-server community rotated RO PORTVAKT-SNMP"]
    assert outcomes(_run(twin, IOS)) == {IOS: "unchanged"}


def test_where_the_old_one_cannot_be_named_that_is_said(twin: Twin) -> None:
    failed = _run(twin, VRP)
    assert (failed.returncode, outcomes(failed)) == (3, {VRP: "failed"})
    assert "remove it by hand" in failed.json["devices"][0]["why"]


def test_a_device_that_does_not_answer_is_told_and_stops_nobody(twin: Twin) -> None:
    twin.edit(VRP, "interface GigabitEthernet0/0/1", "description by hand")
    with twin.broken(IOS, "login"):
        done = _run(twin, f"{IOS},{VRP}")
    assert done.returncode == 3
    assert outcomes(done) == {IOS: "unreachable", VRP: "changed"}


def test_a_feature_that_there_is_not_is_a_mistake_and_one_of_others_is_unknown(twin: Twin) -> None:
    book = twin.folder / "some.yaml"
    steps = "name: some\nabout: x\nselect: '*'\nsteps: [{apply: {features: [%s]}}]\n"
    book.write_text(steps % "ntpp", encoding="utf-8")
    mistaken = twin.portvakt("run", book, "-l", IOS, "-y", "-o", "json")
    assert mistaken.returncode == 2
    assert f"{book}:4: unknown feature ntpp; there are aaa, " in mistaken.stderr
    book.write_text(steps % "bgp", encoding="utf-8")
    nothing = twin.portvakt("run", book, "-l", IOS, "-y", "-o", "json")
    assert (nothing.returncode, outcomes(nothing)) == (3, {IOS: "unknown"})


def test_a_wrong_password_stops_the_logins_of_its_own_credentials_only(twin: Twin) -> None:
    """The last in this file, since the password stays wrong."""
    (twin.folder / ".portvakt" / "secrets" / "city").write_text("wrong\n", encoding="utf-8")
    done = twin.portvakt("run", "verify", "-l", "role=access", "-o", "json")
    found = outcomes(done)
    assert {end for name, end in found.items() if name.startswith("city")} == {"unreachable"}
    assert "unreachable" not in {end for name, end in found.items() if name.startswith("mkb")}
    why = [row["why"] for row in done.json["devices"] if row["outcome"] == "unreachable"]
    assert all("[credentials.city] in portvakt.toml" in text for text in why)
    assert sum("stopped after 5 failed logins" in text for text in why) == len(why) - 5
