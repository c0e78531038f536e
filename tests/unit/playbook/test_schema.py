"""Playbooks: what is read, and every mistake with its file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from automation import platforms
from automation.errors import BadInput
from automation.playbook import Known, Playbook, Stop
from automation.playbook import parse as parse_playbook

GOOD = """\
name: small
about: a test
select: role=access
steps:
  - apply: {features: [system, ports]}
  - verify
waves: [1, 3]
stop: 2%
estates: [mkb, city]
"""
FEATURES = frozenset(
    feature.name for one in platforms.every().values() for feature in one.grammar.features
)
SHIPPED = sorted((Path(__file__).parents[3] / "playbooks").glob("*.yaml"))


def parse(text: str, where: str) -> Playbook:
    """Parse it where there are these estates and the features of every platform."""
    return parse_playbook(text, where, Known(FEATURES, frozenset({"city", "mkb"})))


def test_a_playbook_says_who_what_and_how_carefully() -> None:
    assert parse(GOOD, "small.yaml") == Playbook(
        name="small",
        about="a test",
        select="role=access",
        change=True,
        features=("system", "ports"),
        waves=(1, 3),
        stop=Stop(percent=2.0),
        verify=True,
        estates=("mkb", "city"),
    )


def test_what_is_left_out_is_careful() -> None:
    text = "name: n\nabout: a\nselect: '*'\nsteps: [{apply: {features: all}}]\n"
    playbook = parse(text, "n.yaml")
    assert (playbook.waves, playbook.stop, playbook.features) == ((1, 5, 25, 50), Stop(1), ())
    assert not playbook.verify


def test_a_playbook_that_only_verifies_changes_nothing() -> None:
    assert not parse("name: n\nabout: a\nselect: '*'\nsteps: [verify]\n", "n.yaml").change


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("name: small", "nam: small", 1, "nam"),
        ("select: role=access\n", "", 1, "select"),
        ("waves: [1, 3]", "waves: [1, 0]", 7, "waves"),
        ("waves: [1, 3]", "waves: []", 7, "waves"),
        ("waves: [1, 3]", "waves: many", 7, "waves"),
        ("stop: 2%", "stop: 0", 8, "stop"),
        ("stop: 2%", "stop: some", 8, "stop"),
        ("  - verify", "  - reboot", 6, "steps"),
        (
            "  - apply: {features: [system, ports]}\n  - verify",
            "  - verify\n  - verify",
            4,
            "steps",
        ),
        ("[system, ports]}", "[system, ports], force: true}", 5, "expected `verify`"),
        ("about: a test", "about: [1", 3, "expected"),
        (GOOD, "- a list\n", 1, "mapping"),
        (GOOD, "name: a\nname: b\n", 2, "name"),
    ],
)
def test_a_mistake_is_named_with_its_line(old: str, new: str, line: int, words: str) -> None:
    text = GOOD.replace(old, new)
    assert text != GOOD
    with pytest.raises(BadInput) as caught:
        parse(text, "small.yaml")
    assert any(
        fault.line == line and words in fault.what and str(fault).startswith("small.yaml:")
        for fault in caught.value.faults
    ), str(caught.value)


STEPS = "  - apply: {features: [system, ports]}\n  - verify"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("name: small", "name: 5", "1: name is 5; expected text"),
        ("name: small", "name: ''", "1: name: empty; expected text"),
        ("about: a test", "about:", "2: about is empty; expected text"),
        ("waves: [1, 3]", "waves: []", "7: waves is empty; expected a list of at least 1"),
        ("waves: [1, 3]", "waves: ['1']", "7: waves.0 is '1'; expected a whole number without"),
        ("waves: [1, 3]", "waves: [0]", "7: waves.0 is 0; expected at least 1"),
        ("waves: [1, 3]", "waves: many", "7: waves is 'many'; expected a list"),
        ("stop: 2%", "stop: true", "8: stop: true is no stop rule; expected a count of devices"),
        ("stop: 2%", "stop: [1]", "8: stop: [1] is no stop rule; expected a count of devices"),
        ("stop: 2%", "stop:", "8: stop: an empty value is no stop rule; expected a count"),
        (STEPS, "  []", "4: steps is empty; expected a list of at least 1"),
        (STEPS, "  - verify\n" * 3, "4: steps has 3 items; expected a list of at most 2"),
        (
            STEPS,
            "  - verify\n  - verify",
            "4: steps: verify, verify is no order; expected an apply",
        ),
        ("  - verify", "  - reboot", "6: steps.1: reboot is no step; expected `verify` or"),
        ("[system, ports]", "[5]", "5: steps.0: {apply: {features: [5]}} is no step; expected"),
        ("stop: 2%", "stop: 0%", "8: stop: 0% is no stop rule; expected a count of devices"),
        ("[system, ports]", "[system, ntpp]", "5: unknown feature ntpp; there are aaa, "),
        ("[mkb, city]", "[mkb, nosuch]", "9: unknown estate nosuch; there are city, mkb"),
        ("stop: 2%", "stpo: 2%", "8: unknown key stpo; expected about, estates, name, select,"),
    ],
)
def test_a_mistake_is_told_in_our_own_words_and_once(old: str, new: str, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse(GOOD.replace(old, new), "small.yaml")
    (fault,) = caught.value.faults
    assert str(fault).startswith(f"small.yaml:{said}")


def test_it_knows_where_its_selection_stands() -> None:
    assert parse(GOOD, "small.yaml").selected_at == "small.yaml:3"


def test_all_mistakes_are_named_at_once() -> None:
    text = GOOD.replace("waves: [1, 3]", "waves: [0]").replace("stop: 2%", "stop: x")
    with pytest.raises(BadInput) as caught:
        parse(text, "small.yaml")
    assert {fault.line for fault in caught.value.faults} == {7, 8}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_shipped_ones_are_good_and_named_after_their_file(path: Path) -> None:
    assert parse(path.read_text(), path.name).name == path.stem


@pytest.mark.parametrize(
    ("stop", "planned", "at"),
    [
        (Stop(3), 100, 3),
        (Stop(percent=2), 100, 2),
        (Stop(percent=2), 101, 3),
        (Stop(percent=1), 5, 1),
    ],
)
def test_a_percentage_is_rounded_up_and_never_nothing(stop: Stop, planned: int, at: int) -> None:
    assert stop.at(planned) == at
