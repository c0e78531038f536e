"""Text that may reach a device, and secrets that do not show themselves."""

from __future__ import annotations

import pickle
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.model import DeviceText, Secret, canonical_json, digest
from automation.model.text import MAX_DEVICE_TEXT


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("", ""),
        ("customer MKB-1001", "customer MKB-1001"),
        ("Möllevången, är".replace(",", ""), "Mollevangen ar"),
        ("Éva Åkesson", "Eva Akesson"),
        ("a" * MAX_DEVICE_TEXT, "a" * MAX_DEVICE_TEXT),
    ],
)
def test_allowed_text_is_taken_and_transliterated(text: str, plain: str) -> None:
    assert DeviceText(text) == plain


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a\nno shutdown", r"has '\n'"),
        ("a\x0bno shutdown", r"has '\x0b'"),
        ("a\u2028b", r"has '\u2028'"),
        ("what?", "has '?'"),
        ("!", "has '!'"),
        ('"quoted"', "has '\"'"),
        ("åäö ß", "has 'ß'"),
        (" a", "has a leading or trailing space"),
        ("a ", "has a leading or trailing space"),
        ("a" * (MAX_DEVICE_TEXT + 1), "201 characters; at most 200"),
    ],
)
def test_other_text_is_refused_with_the_character_named(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        DeviceText(text)


@given(st.text())
def test_what_is_taken_is_one_line_of_harmless_ascii(text: str) -> None:
    try:
        taken = DeviceText(text)
    except ValueError:
        return
    assert re.fullmatch(r"[A-Za-z0-9 ._:/#()+-]*", taken)
    assert taken.split("\n") == [taken.strip(" ")]


def test_a_secret_does_not_show_itself() -> None:
    secret = Secret("hunter2")
    assert {repr(secret), str(secret), f"{secret}", f"{[secret]}"} == {"***", "[***]"}
    assert secret.reveal() == "hunter2"


def test_a_secret_does_not_travel() -> None:
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(Secret("hunter2"))


@pytest.mark.parametrize(
    ("other", "equal"), [(Secret("a"), True), (Secret("b"), False), ("a", False)]
)
def test_secrets_are_equal_by_value(other: object, equal: bool) -> None:
    assert (Secret("a") == other) is equal
    assert (len({Secret("a"), other}) == 1) is equal


def test_equal_values_have_equal_json_and_digest() -> None:
    one, two = {"b": [1], "a": "Å"}, {"a": "Å", "b": [1]}
    assert canonical_json(one) == canonical_json(two) == '{"a":"Å","b":[1]}'
    assert digest(canonical_json(one)) == digest(canonical_json(two))
    assert digest("a") != digest("b")
    assert re.fullmatch("[0-9a-f]{64}", digest(""))
