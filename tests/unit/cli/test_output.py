"""Results in each format, safe for a terminal and for programs."""

from __future__ import annotations

import csv
import io
import json
import sys

import pytest

from automation.cli import output
from automation.cli.options import Format

ROWS = [
    {"device": "sw1", "ports": 2, "well": True, "services": ["internet/a", "iptv/b"], "more": None},
    {"device": "switch-2", "ports": 10, "well": False, "services": [], "more": {"a": 1, "b": None}},
]
COLUMNS = ("device", "ports", "well", "services", "more")
NASTY = "\x1b[2J\x9b\u202e text\n"


def test_a_table_is_aligned_and_has_no_colour_without_a_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    output.rows(ROWS, COLUMNS, Format.TABLE)
    assert capsys.readouterr().out == (
        "device    ports  well  services            more\n"
        "sw1       2      yes   internet/a, iptv/b\n"
        "switch-2  10     no                        a=1\n"
    )


def test_an_empty_table_is_its_header(capsys: pytest.CaptureFixture[str]) -> None:
    output.rows([], ("device", "port"), Format.TABLE)
    assert capsys.readouterr().out == "device  port\n"


@pytest.mark.parametrize("rows", [ROWS, [], [{"text": NASTY}]])
def test_json_is_the_whole_of_every_row(
    rows: list[dict[str, object]], capsys: pytest.CaptureFixture[str]
) -> None:
    output.rows(rows, COLUMNS, Format.JSON)
    assert json.loads(capsys.readouterr().out) == rows


def test_json_lines_are_a_row_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    output.rows(ROWS, COLUMNS, Format.JSONL)
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == ROWS


def test_csv_has_a_header_and_quotes_what_it_must(capsys: pytest.CaptureFixture[str]) -> None:
    output.rows(ROWS, COLUMNS, Format.CSV)
    header, first, second = csv.reader(io.StringIO(capsys.readouterr().out))
    assert tuple(header) == COLUMNS
    assert first == ["sw1", "2", "yes", "internet/a, iptv/b", ""]
    assert second == ["switch-2", "10", "no", "", "a=1"]


@pytest.mark.parametrize("form", list(Format))
def test_no_control_character_leaves_in_any_format(
    form: Format, capsys: pytest.CaptureFixture[str]
) -> None:
    output.rows([{"text": NASTY}], ("text",), form)
    written = capsys.readouterr().out
    assert all(one.isprintable() or one == "\n" for one in written)
    assert "text" in written


@pytest.mark.parametrize(
    ("form", "written"),
    [
        (Format.TABLE, "for people\n"),
        (Format.JSON, '{"job": 7, "who": null}\n'),
        (Format.JSONL, '{"job": 7, "who": null}\n'),
        (Format.CSV, "job,who\n7,\n"),
    ],
)
def test_a_record(form: Format, written: str, capsys: pytest.CaptureFixture[str]) -> None:
    output.record({"job": 7, "who": None}, form, "for people")
    assert capsys.readouterr().out == written


def test_fields_stand_one_a_line_and_records_within_below() -> None:
    found = {"device": "sw1", "policy": {"domain": "net.example", "ntp": ["a", "b"]}, "cpe": None}
    assert output.fields(found) == (
        "device  sw1\npolicy\n  domain  net.example\n  ntp     a, b\ncpe"
    )


@pytest.mark.parametrize(
    ("terminal", "environment", "bold"),
    [
        (True, {}, True),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"TERM": "dumb"}, False),
        (False, {}, False),
    ],
)
def test_colour_needs_a_terminal_that_wants_it(
    terminal: bool,
    environment: dict[str, str],
    bold: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal)
    output.write("title", strong=True)
    assert capsys.readouterr().out == ("\x1b[1mtitle\x1b[0m\n" if bold else "title\n")
