"""Text from devices and people is made safe before a terminal sees it."""

from __future__ import annotations

import pytest

from automation.cli.text import counted, one_line, plain


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("switchport mode access", "switchport mode access"),
        ("", ""),
        ("två rader\n\tindragen", "två rader\n\tindragen"),
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("\x1b]0;title\x07", "]0;title"),
        ("a\x08b\rc\x00d\x7fe", "abcde"),
        ("c1 \x9b31m", "c1 31m"),
        ("turned \u202earound\u2066", "turned around"),
    ],
)
def test_plain_text_has_no_control_characters(text: str, safe: str) -> None:
    assert plain(text) == safe


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("one", "one"),
        ("        ^\n% Invalid input\n\n", "^ / % Invalid input"),
        ("a\tb", "a       b"),
        ("", ""),
    ],
)
def test_one_line_joins_lines(text: str, line: str) -> None:
    assert one_line(text) == line


@pytest.mark.parametrize(
    ("count", "said"), [((1, "port"), "1 port"), ((0, "port"), "0 ports"), ((2, "port"), "2 ports")]
)
def test_counted(count: tuple[int, str], said: str) -> None:
    assert counted(*count) == said
