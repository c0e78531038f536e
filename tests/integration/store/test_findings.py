"""Findings, and what was not believed: kept, replaced, added up, bounded."""

from __future__ import annotations

from dataclasses import replace

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text

from automation.model import Finding, FindingKind, Rejected
from automation.store import Store, findings
from automation.store.engine import engine_for, writing

DOWN = Finding(
    "sw-1", "Gi1/0/1", FindingKind.LINK, True, 100.0, 100.0, detail="shut", clock=5, clock_at=101.0
)
OVER = Finding("sw-1", "Gi1/0/2", FindingKind.LINK, False, 90.0, 95.0, count=3, repeats=2)
EVENT = Finding("sw-2", "", FindingKind.RESTART, False, 80.0, 80.0)


def test_what_is_kept_comes_back_oldest_first(store: Store) -> None:
    store.record_heard([DOWN, OVER, EVENT], [], 0)
    assert store.findings() == (EVENT, OVER, DOWN)


@pytest.mark.parametrize(
    ("since", "found"), [(0, (EVENT, OVER, DOWN)), (95, (OVER, DOWN)), (200, (DOWN,))]
)
def test_open_findings_are_never_too_old(
    store: Store, since: float, found: tuple[Finding, ...]
) -> None:
    store.record_heard([DOWN, OVER, EVENT], [], 0)
    assert store.findings(since) == found


def test_a_finding_is_replaced_and_a_later_one_stands_beside_it(store: Store) -> None:
    store.record_heard([DOWN], [], 0)
    over = replace(DOWN, is_open=False, last=110.0)
    later = replace(DOWN, first=500.0, last=500.0)
    store.record_heard([over], [], 0)
    store.record_heard([later], [], 0)
    assert store.findings() == (over, later)


def test_what_was_over_long_ago_is_let_go(store: Store) -> None:
    store.record_heard([DOWN, OVER, EVENT], [], 0)
    store.record_heard([], [], 1000)
    assert store.findings() == (DOWN,)


def test_findings_are_bounded_and_the_oldest_go_first(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(findings, "MOST", 5)
    many = [replace(OVER, subject=f"p{n}", last=float(n)) for n in range(10)]
    store.record_heard([*many, DOWN], [], 0)
    assert {one.subject for one in store.findings()} == {"Gi1/0/1", "p6", "p7", "p8", "p9"}


def test_rejected_is_added_up(store: Store) -> None:
    store.record_heard([], [Rejected("192.0.2.9", "unknown", 2, 10.0, 11.0)], 0)
    store.record_heard(
        [],
        [
            Rejected("192.0.2.9", "unknown", 3, 20.0, 21.0),
            Rejected("192.0.2.9", "wrong community", 1, 22.0, 22.0),
        ],
        0,
    )
    assert store.rejected() == (
        Rejected("192.0.2.9", "unknown", 5, 10.0, 21.0),
        Rejected("192.0.2.9", "wrong community", 1, 22.0, 22.0),
    )
    store.record_heard([], [], 22.0)
    assert [one.why for one in store.rejected()] == ["wrong community"]


def test_rejected_is_bounded(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings, "MOST_REJECTED", 3)
    many = [Rejected(f"192.0.2.{n}", "unknown", 1, float(n), float(n)) for n in range(6)]
    store.record_heard([], many, 0)
    assert {one.source for one in store.rejected()} == {"192.0.2.3", "192.0.2.4", "192.0.2.5"}


def test_findings_from_before_have_heard_their_clock_at_their_last_change(url: str) -> None:
    config = Config()
    config.set_main_option("script_location", "automation.store:migrations")
    older = engine_for(url, None)
    with writing(older).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0006")
        connection.execute(
            text(
                "INSERT INTO finding VALUES ('sw-1', :port, 'link', 7, 9, true, 1, 0, '', :clock)"
            ),
            [{"port": "Gi1/0/1", "clock": 5}, {"port": "Gi1/0/2", "clock": None}],
        )
    older.dispose()
    with Store.open(url) as store:
        assert [(one.clock, one.clock_at) for one in store.findings()] == [(5, 9.0), (None, None)]
