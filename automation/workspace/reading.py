"""Files that people wrote, read as text; what cannot be read is a fault with its place."""

from __future__ import annotations

from importlib.resources.abc import Traversable

from automation.errors import BadInput, Fault


def text_of(path: Traversable, shown: str = "") -> str:
    """Return the text of the file at `path`, which messages call `shown`.

    Raises:
        BadInput: the system refuses, or it is not UTF-8.
    """
    where = shown or str(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadInput([Fault(where, f"cannot be read: {error.strerror}")]) from error
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        what = f"byte {content[error.start]:#04x} is not UTF-8"
        raise BadInput([Fault(where, what, line)]) from error
