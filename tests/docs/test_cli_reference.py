"""docs/cli.md says what `--help` says, and every help says enough."""

from __future__ import annotations

import re

from tests.docs.generate_cli import PLACE, commands, text

WITHOUT_VARIABLE = {"--yes", "--help", "--version", "--install-completion", "--show-completion"}


def test_the_reference_is_in_step() -> None:
    assert PLACE.read_text(encoding="utf-8") == text(), "run `make docs`"


def test_every_option_has_a_variable_that_its_help_shows() -> None:
    silent = []
    for name, command, context in commands():
        for option in command.params:
            if not option.opts[-1].startswith("--") or option.opts[-1] in WITHOUT_VARIABLE:
                continue
            shown = (option.get_help_record(context) or ("", ""))[1]
            variable = f"PORTVAKT_{'LAB_' if name.startswith('portvakt lab') else ''}"
            shared = "PORTVAKT_" if option.envvar in _SHARED else variable
            if f"env var: {shared}" not in shown:
                silent.append(f"{name} {option.opts[-1]}: {option.envvar}")
    assert silent == []


_SHARED = {"PORTVAKT_WORKSPACE", "PORTVAKT_VERBOSE", "PORTVAKT_OUTPUT"}


def test_yes_has_no_variable() -> None:
    given = [
        option.envvar
        for _, command, _ in commands()
        for option in command.params
        if "--yes" in option.opts
    ]
    assert given
    assert set(given) == {None}


def test_one_variable_means_one_option() -> None:
    names: dict[str, set[str]] = {}
    for _, command, _ in commands():
        for option in command.params:
            if option.opts[-1].startswith("--") and option.envvar:
                names.setdefault(option.envvar, set()).add(option.opts[-1])
    assert {variable: found for variable, found in names.items() if len(found) > 1} == {}


def test_every_command_has_an_example() -> None:
    faults = []
    for name, command, _ in commands():
        if getattr(command, "commands", None) is None and not re.match(
            rf"Example: {name}|Example: portvakt -w \w+ {name.removeprefix('portvakt ')}",
            command.epilog or "",
        ):
            faults.append(f"{name}: {command.epilog}")
    assert faults == []


def test_no_first_line_is_cut_off_where_commands_are_listed() -> None:
    assert re.findall(r"^  \S+ {2,}.*\.\.\.$", text(), re.MULTILINE) == []
