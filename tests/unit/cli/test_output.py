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


def _narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make stdout a terminal of 40 columns that wants no colour."""
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)


def test_a_table_wider_than_the_terminal_is_a_block_a_row(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _narrow(monkeypatch)
    output.rows(ROWS, COLUMNS, Format.TABLE)
    assert capsys.readouterr().out == (
        "device    sw1\nports     2\nwell      yes\nservices  internet/a, iptv/b\nmore\n\n"
        "device    switch-2\nports     10\nwell      no\nservices\nmore      a=1\n\n"
    )


@pytest.mark.parametrize("columns", [("device", "ports"), ("device", "ports", "well")])
def test_a_table_that_fits_the_terminal_is_one(
    columns: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _narrow(monkeypatch)
    output.rows(ROWS, columns, Format.TABLE)
    assert capsys.readouterr().out.splitlines()[0].split() == list(columns)


PORTS = [
    {
        **{"port": "Ethernet1", "state": "lower layer down", "speed": "1 Gbit/s"},
        **{"errors": "0", "alias": "customer C-000001"},
    },
    {
        **{"port": "Ethernet2", "state": "up", "speed": "10 Gbit/s"},
        **{"errors": "2.9 /s", "alias": "colo"},
    },
]
SPARE = ("light", "speed", "errors")


@pytest.mark.parametrize(
    ("columns", "lines", "said"),
    [
        pytest.param(
            ("port", "speed", "alias"),
            ["port       speed      alias", "Ethernet1  1 Gbit/s   customer C-000001"],
            "",
            id="it fits",
        ),
        pytest.param(
            ("port", "speed", "errors", "alias"),
            ["port       speed      errors  alias", "Ethernet1  1 Gbit/s   0       … C-000001"],
            "",
            id="the last column is cut to its end",
        ),
        pytest.param(
            ("port", "speed", "errors", "light", "alias"),
            ["port       speed      errors  alias", "Ethernet1  1 Gbit/s   0       … C-000001"],
            "",
            id="an empty column goes first, and nothing is lost",
        ),
        pytest.param(
            ("port", "speed", "errors", "state", "alias"),
            ["port       state             alias", "Ethernet1  lower layer down  …r C-000001"],
            "left out, the terminal is narrow: speed, errors\n",
            id="then the others in their order",
        ),
        pytest.param(
            ("port", "port", "port", "port", "alias"),
            ["port   Ethernet1", "alias  customer C-000001"],
            "",
            id="what cannot fit is a block a row",
        ),
    ],
)
def test_spare_columns_make_a_table_fit(
    columns: tuple[str, ...],
    lines: list[str],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _narrow(monkeypatch)
    output.rows(PORTS, columns, Format.TABLE, [name for name in SPARE if name in columns])
    shown = capsys.readouterr()
    assert shown.out.splitlines()[: len(lines)] == lines
    assert shown.err == said


def test_without_a_terminal_every_column_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    columns = ("port", "speed", "errors", "light", "alias")
    output.rows(PORTS, columns, Format.TABLE, SPARE)
    assert capsys.readouterr().out.splitlines()[1].endswith("0              customer C-000001")


LONG = "none of its words is cut, and each line begins below the first"


def test_long_text_goes_on_below_itself_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    _narrow(monkeypatch)
    assert output.folded("FAULT store ", LONG).splitlines() == [
        "FAULT store none of its words is cut,",
        "            and each line begins below",
        "            the first",
    ]


def test_long_text_is_one_line_for_whoever_searches_it() -> None:
    assert output.folded("FAULT store ", LONG) == f"FAULT store {LONG}"
