"""The file is whole at every moment, and readable by whoever runs node_exporter."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from automation.errors import NotDelivered, UsageError
from automation.metrics import Textfile

pytestmark = pytest.mark.integration


def test_it_replaces_the_file_and_leaves_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "portvakt.prom"
    before = os.umask(0o077)
    try:
        for text in ("a 1\n", "b 2\n"):
            Textfile(file).write(iter((text, "ü 3\n")))
            assert file.read_text(encoding="utf-8") == f"{text}ü 3\n"
    finally:
        os.umask(before)
    assert list(tmp_path.iterdir()) == [file]
    assert file.stat().st_mode & 0o777 == 0o644


def test_until_it_is_whole_the_old_file_stands(tmp_path: Path) -> None:
    file = tmp_path / "portvakt.prom"
    file.write_text("old 1\n", encoding="utf-8")
    seen: list[tuple[str, list[str]]] = []

    def parts() -> Iterator[str]:
        yield "new 1\n"
        others = [path.suffix for path in tmp_path.iterdir() if path != file]
        seen.append((file.read_text(encoding="utf-8"), others))
        yield "new 2\n"

    Textfile(file).write(parts())
    ((text, others),) = seen
    assert text == "old 1\n"
    assert len(others) == 1
    assert ".prom" not in others


def test_a_writer_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    file = tmp_path / "portvakt.prom"
    file.write_text("old 1\n", encoding="utf-8")

    def parts() -> Iterator[str]:
        yield "new 1\n"
        raise OSError(28, "No space left on device")

    with pytest.raises(NotDelivered, match="not written: No space left on device"):
        Textfile(file).write(parts())
    assert [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()] == ["old 1\n"]


def test_a_folder_that_went_is_said(tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    textfile = Textfile(tmp_path / "gone" / "portvakt.prom")
    (tmp_path / "gone").rmdir()
    with pytest.raises(NotDelivered, match=r"portvakt.prom: not written: No such file"):
        textfile.write(("a 1\n",))


@pytest.mark.parametrize(
    ("name", "words"),
    [("portvakt.txt", "only files that end in .prom"), ("nowhere/x.prom", "there is no folder")],
)
def test_a_name_that_nobody_would_read_is_refused(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        Textfile(tmp_path / name)
