"""A saved plan: read back as it was, or refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from automation.errors import PlanError
from automation.model import Change, Deferred, DeviceResult, Outcome, Plan, Stanza, canonical_json
from automation.playbook import dump, load
from automation.playbook.plan_file import sealed

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
STANZA = Stanza(
    "ports",
    "interface GigabitEthernet1/0/1",
    ("description customer MKB-1001", "switchport access vlan 1101"),
    "interface GigabitEthernet1/0/1",
    ("no description", "no switchport access vlan"),
    interrupts=True,
    subject="interface GigabitEthernet1/0/1",
)
PLAN = sealed(
    Plan(
        id="",
        playbook="provision-access",
        features=("ports",),
        selection="role=access",
        created=NOW.isoformat(),
        expires=(NOW + timedelta(hours=4)).isoformat(),
        waves=(1, 5),
        stop=1,
        estates=(),
        verify=True,
        changes=(
            Change(
                "city-acc-001",
                "city",
                "cisco_ios",
                *("base", "target", "intent", "templates"),
                stanzas=(STANZA,),
                deferred=(Deferred("interface x", "ip verify source", "no binding", True),),
                ports=("GigabitEthernet1/0/1",),
            ),
        ),
        faults=(DeviceResult("city-acc-002", "city", Outcome.UNREACHABLE, "timed out"),),
    )
)


def test_a_plan_comes_back_as_it_was() -> None:
    assert load(dump(PLAN), "plan.json", NOW) == PLAN


def test_equal_plans_have_equal_ids_and_others_do_not() -> None:
    assert sealed(replace(PLAN, id="")).id == PLAN.id
    assert sealed(replace(PLAN, stop=2)).id != PLAN.id


def _edited(value: object) -> object:
    """Return something else of the same type, so that only the hash can tell."""
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int) else f"{value}x"


def _mutations(node: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Yield (path of what was edited, the whole of `node` with that one edit)."""
    if isinstance(node, dict):
        for key, value in node.items():
            for where, inner in _mutations(value, f"{path}/{key}"):
                yield where, {**node, key: inner}
    elif isinstance(node, list):
        for at, value in enumerate(node):
            for where, inner in _mutations(value, f"{path}/{at}"):
                yield where, [*node[:at], inner, *node[at + 1 :]]
    else:
        yield path, _edited(node)


MUTATIONS = list(_mutations(json.loads(dump(PLAN))))


@pytest.mark.parametrize(("path", "edited"), MUTATIONS, ids=[path for path, _ in MUTATIONS])
def test_no_edit_goes_through(path: str, edited: object) -> None:
    assert len(MUTATIONS) > 30
    with pytest.raises(PlanError):
        load(canonical_json(edited) + "\n", "plan.json", NOW)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "plan.json:1: no JSON from column 1 on; expected the one line of a plan"),
        ("\n{", "plan.json:2: no JSON from column 2 on"),
        ("[" * 100_000, "plan.json:1: nested beyond all measure"),
        ("[]", r"plan.json:1: '\[\]' is no plan; expected a mapping with its id"),
        ('{"id": "x"}', "plan.json:1: playbook is missing; expected keys: changes, created, "),
        ('{"id": "x"}', "and 5 more faults\nnot a plan that `portvakt plan --out` wrote"),
        (
            dump(PLAN).replace('"stop":1', '"stop":"x"'),
            "plan.json:1: stop is 'x'; expected a whole",
        ),
        (
            dump(PLAN).replace('"header":"interface x",', ""),
            "changes.0.deferred.0.header is missing; expected keys: header, lacking, line, needs",
        ),
        (
            dump(PLAN).replace('"outcome":"unreachable"', '"outcome":"lost"'),
            "faults.0.outcome is 'lost'; expected 'changed', 'unchanged', ",
        ),
        (dump(PLAN).replace(",", ", "), "edited"),
        (dump(PLAN).replace("customer MKB-1001", "customer MKB-1002"), "edited"),
    ],
)
def test_what_is_no_plan_of_ours_is_refused(text: str, words: str) -> None:
    with pytest.raises(PlanError, match=words):
        load(text, "plan.json", NOW)


@pytest.mark.parametrize(("hours", "good"), [(3.99, True), (4, False), (400, False)])
def test_a_plan_expires(hours: float, good: bool) -> None:
    now = NOW + timedelta(hours=hours)
    if good:
        assert load(dump(PLAN), "plan.json", now) == PLAN
    else:
        with pytest.raises(PlanError, match="expired"):
            load(dump(PLAN), "plan.json", now)
