"""Text in, verdict out: the rules that integration tests cannot reach one by one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from automation import platforms
from automation.devices.answers import Answer, Judge, Said, asks, clean
from automation.devices.masking import Masker
from automation.devices.prompts import Prompts
from automation.model import Dialog

CLI = replace(
    platforms.get("cisco_ios").cli,
    accept=("fine", "also .*"),
    refused=("% bad", "also bad"),
    noise=(r"%LOG-\d: ",),
    dialogs=(Dialog("reload", "Sure|Really", "y"), Dialog("^$", "Change", "N")),
)
JUDGE = Judge(CLI)
PROMPTS = Prompts(CLI, "sw1")
IF = "sw1(config-if)#"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("", None),
        ("descr", None),
        ("descr A", None),
        ("descr A\n", None),
        (f"descr A\n{IF[:-1]}", None),
        (f"descr A\n{IF}", Answer((), IF, 8 + len(IF))),
        (f"descr A\n{IF} ", Answer((), f"{IF} ", 9 + len(IF))),
        (f"descr A\n{IF}next\n{IF}", Answer((), IF, 8 + len(IF))),
        (f"descr A\n\nfine\n{IF}", Answer(("fine",), IF, 14 + len(IF))),
        (f"descr A  \n%LOG-5: x\n{IF}", Answer((), IF, 20 + len(IF))),
        (f"{IF}", None),
        (f"\n%LOG-5: x\n{IF}", None),
        (f"x\ndescr A\n{IF}", Answer(("x",), IF, 10 + len(IF))),
        (f"descr A\n{IF}descr A\n{IF}", Answer((), IF, 8 + len(IF))),
        ("descr A\nsw1#", Answer((), "sw1#", 12)),
    ],
)
def test_the_first_whole_answer(text: str, answer: Answer | None) -> None:
    assert JUDGE.answer(text, "descr A", IF, PROMPTS) == answer


def test_a_repeated_command_is_not_something_said() -> None:
    assert JUDGE.said(f"a\n{IF}a\n", "a", IF) == Said(True, (), "")


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        ([], ""),
        (["fine"], ""),
        (["fine", "also good"], ""),
        (["finest"], "finest"),
        (["fine", "odd", "odder"], "odd\nodder"),
        (["also bad"], "also bad"),
        (["odd", "% bad thing"], "% bad thing"),
    ],
)
def test_a_complaint(lines: list[str], complaint: str) -> None:
    assert JUDGE.complaint(lines) == complaint


@pytest.mark.parametrize(
    ("line", "said", "answer"),
    [
        ("reload", Said(True, (), "Sure?"), "y"),
        ("reload in 5", Said(True, ("Really",), "?"), "y"),
        ("no reload", Said(True, (), "Sure?"), None),
        ("reload", Said(True, ("Sure",), ""), None),
        ("reload", Said(True, ("% bad",), "Sure?"), None),
        ("reload", Said(True, (), "Why?"), None),
        ("", Said(True, (), "Change?"), "N"),
        ("x", Said(True, (), "Change?"), None),
    ],
)
def test_a_dialog(line: str, said: Said, answer: str | None) -> None:
    dialog = JUDGE.dialog(line, said)
    assert (dialog and dialog.answer) == answer


@pytest.mark.parametrize(
    ("tail", "waits"),
    [
        ("[confirm]", True),
        ("Sure? ", True),
        ("[yes/no]: ", True),
        ("(y/n)", True),
        ("other#", True),
        ("", False),
        ("Building configuration...", False),
        ("saving.....", False),
    ],
)
def test_what_looks_as_if_the_device_waits(tail: str, waits: bool) -> None:
    assert asks(tail) is waits


@pytest.mark.parametrize(
    ("raw", "text"),
    [("a\r\nb", "a\nb"), ("a\r\r\nb", "a\nb"), ("a\rb", "ab"), ("a\nb", "a\nb"), ("a\0\7b", "ab")],
)
def test_clean_text(raw: str, text: str) -> None:
    assert clean(raw) == text


def test_masking() -> None:
    masker = Masker()
    values = {"a": "abc", "b": "abcdef", "empty": ""}
    assert masker.fill("x <secret:a> <secret:b>", values.__getitem__) == "x abc abcdef"
    assert masker.fill("<secret:empty>", values.__getitem__) == ""
    assert masker.hide("abcdef, abc, ab") == "<secret:b>, <secret:a>, ab"
    with pytest.raises(KeyError):
        masker.fill("<secret:gone>", values.__getitem__)
