"""Reading whole texts, and saving: what ends a read, and what does not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from automation.errors import DeviceError, Lost, NotAuthorised, Refused, SaveFailed
from automation.model import StanzaState
from tests.integration.devices.bench import Bench, cli, plain, stanza
from tests.integration.devices.fake import RUNNING, Part, Script, Then

pytestmark = pytest.mark.integration

FETCH = "show running-config"
LOG = "*Nov 23 12:00:00.000: %SYS-5-CONFIG_I: Configured from console by eva"
TRAPS = (
    "banner motd ^C\nsw1#\nsw1# \nsw1(config)#\n--More--\n[confirm]\nend\nsw1#show clock\n^C\n"
    "interface Gi1/0/1\n description sw1#\n description #\nend\n"
)


def printed(text: str, *cuts: str) -> list[Part]:
    """Return the answer to FETCH, cut into packets after each of `cuts`, with a pause."""
    rest = f"{FETCH}\n{text}sw1#".replace("\n", "\r\n")
    parts: list[Part] = []
    for cut in cuts:
        before, found, rest = rest.partition(cut.replace("\n", "\r\n"))
        assert found, f"{cut!r} is not in the text"
        parts += [f"{before}{found}".encode(), 0.05]
    return [*parts, rest.encode()]


@pytest.mark.parametrize(
    "cuts",
    [(), ("\nsw1#",), ("\nend\nsw1#",), ("--More--",), ("description sw1#",)],
)
def test_what_looks_like_a_prompt_does_not_end_a_configuration(
    bench: Bench, cuts: tuple[str, ...]
) -> None:
    session, _ = bench.session(Script(raw={FETCH: printed(TRAPS, *cuts)}))
    assert session.fetch() == TRAPS
    assert session.read("show clock") == ""


@pytest.mark.parametrize("size", [1, 7, 64])
def test_any_packets_make_the_same_text(bench: Bench, size: int) -> None:
    data = f"{FETCH}\n{TRAPS}sw1#".replace("\n", "\r\n").encode()
    parts: list[Part] = [data[at : at + size] for at in range(0, len(data), size)]
    session, _ = bench.session(Script(raw={FETCH: parts}))
    assert session.fetch() == TRAPS


def test_a_configuration_of_a_whole_switch(bench: Bench) -> None:
    ports = "".join(f"interface Gi1/0/{n}\n description {'x' * 200}\n" for n in range(2000))
    running = f"{ports}end\n"
    session, _ = bench.session(Script(running=running))
    assert session.fetch() == running


@pytest.mark.parametrize(
    "parts",
    [
        [f"{FETCH}\r\nhostname sw1\r\n{LOG}\r\nend\r\nsw1#".encode()],
        [f"\r\n{LOG}\r\n{FETCH}\r\nhostname sw1\r\nend\r\nsw1#".encode()],
        [f"\r\n{LOG}\r\nsw1#{FETCH}\r\nhostname sw1\r\nend\r\nsw1#".encode()],
        [f"{FETCH}\r\nhostname sw1\r\nend\r\nsw1#\r\n{LOG}\r\n".encode()],
        [f"{FETCH}\r\nhostname sw1\r\nend\r\nsw1#".encode(), f"\r\n{LOG}\r\nsw1#".encode()],
    ],
)
def test_log_lines_are_not_configuration(bench: Bench, parts: Sequence[Part]) -> None:
    session, _ = bench.session(Script(raw={FETCH: parts}))
    assert session.fetch() == "hostname sw1\nend\n"


@pytest.mark.parametrize(
    ("parts", "error", "text"),
    [
        ([f"{FETCH}\r\nhostname\r\n --More-- ".encode()], DeviceError, "pager"),
        ([b"\r\nhostname sw1\r\nsw1#"], DeviceError, "did not repeat 'show running-config'"),
        ([f"{FETCH}\r\nFormat? [yes/no]:".encode()], DeviceError, "Format?"),
        (
            [f"{FETCH}\r\nCommand authorization failed.\r\n\r\nsw1#".encode()],
            NotAuthorised,
            "Command authorization failed",
        ),
        (
            [f"{FETCH}\r\n  ^\r\n% Invalid input detected at '^' marker.\r\n\r\nsw1#".encode()],
            Refused,
            "Invalid input",
        ),
        ([f"{FETCH}\r\nhostname sw1\r\nsw1#".encode()], DeviceError, "does not end with 'end'"),
        ([f"{FETCH}\r\nend\r\nhostname sw1\r\nsw1#".encode()], DeviceError, "it is cut off"),
        ([f"{FETCH}\r\n description end\r\nsw1#".encode()], DeviceError, "it is cut off"),
        ([f"{FETCH}\r\nsw1#".encode()], DeviceError, "it is cut off"),
        ([f"{FETCH}\r\nhostname".encode(), Then.DROP], Lost, "cut"),
        ([f"{FETCH}\r\nhostname".encode(), Then.HANG], Lost, "within its 3 s"),
        ([f"{FETCH}\r\n".encode(), *([b"x", 0.02] * 200)], Lost, "within its 3 s"),
    ],
)
def test_a_configuration_that_cannot_be_read(
    bench: Bench, parts: Sequence[Part], error: type[DeviceError], text: str
) -> None:
    session, script = bench.session(seconds=3)
    script.raw = {FETCH: parts}
    with pytest.raises(error, match=text):
        session.fetch()
    with pytest.raises(Lost, match="closed"):
        session.save()


def test_where_no_last_line_is_known_none_is_asked_for(bench: Bench) -> None:
    session, _ = bench.session(Script(running="hostname sw1\n"), cli(fetch_end=None))
    assert session.fetch() == "hostname sw1\n"


def test_a_configuration_may_be_followed_by_empty_lines(bench: Bench) -> None:
    session, _ = bench.session(Script(running="hostname sw1\nend \n\n"))
    assert session.fetch() == "hostname sw1\nend \n\n"


SAVE = "write memory"
OVERWRITE = "Overwrite the previous NVRAM configuration?[confirm]"
TOO_LARGE = "Compressed configuration is too large for nvram\r\nTruncate config?? [no]:"


@pytest.mark.parametrize(
    "raw",
    [
        {SAVE: [f"{SAVE}\r\nBuilding configuration...\r\n".encode(), 0.05, b"[OK]\r\nsw1#"]},
        {
            SAVE: [
                f"{SAVE}\r\nCompressed configuration from 2 bytes to 1 bytes[OK]\r\nsw1#".encode()
            ]
        },
        {SAVE: [f"{SAVE}\r\n{LOG}\r\n[OK]\r\nsw1#".encode()]},
        {SAVE: [f"{SAVE}\r\n{OVERWRITE}".encode()], "": [b"\r\n[OK]\r\nsw1#"]},
    ],
)
def test_it_is_saved(bench: Bench, raw: dict[str, Sequence[Part]]) -> None:
    session, script = bench.session(Script(raw=raw))
    session.save()
    script.raw = {}
    assert session.fetch() == RUNNING


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ({SAVE: [f"{SAVE}\r\nsw1#".encode()]}, "said nothing"),
        (
            {SAVE: [f"{SAVE}\r\nstartup-config file open failed (busy)\r\nsw1#".encode()]},
            "open failed",
        ),
        ({SAVE: [f"{SAVE}\r\n% Error writing\r\n[OK]\r\nsw1#".encode()]}, "Error writing"),
        (
            {SAVE: [f"{SAVE}\r\n{TOO_LARGE}".encode()], "no": [b"no\r\n% Aborted\r\nsw1#"]},
            "Aborted",
        ),
    ],
)
def test_it_is_not_saved_and_may_be_tried_again(
    bench: Bench, raw: dict[str, Sequence[Part]], text: str
) -> None:
    session, script = bench.session(Script(raw=raw))
    with pytest.raises(SaveFailed, match=text):
        session.save()
    script.raw = {}
    session.save()


def test_a_question_at_save_that_nobody_listed(bench: Bench) -> None:
    session, script = bench.session(Script(raw={SAVE: [f"{SAVE}\r\nErase? [confirm]".encode()]}))
    with pytest.raises(SaveFailed, match="Erase"):
        session.save()
    assert script.lines[-1] == SAVE
    with pytest.raises(Lost, match="closed"):
        session.save()


def test_a_device_that_is_cut_while_saving(bench: Bench) -> None:
    session, _ = bench.session(Script(raw={SAVE: [f"{SAVE}\r\n".encode(), Then.DROP]}))
    with pytest.raises(Lost) as caught:
        session.save()
    assert caught.value.states == ()


def test_escape_codes_are_the_drivers_business(bench: Bench) -> None:
    line = "description B"
    echo = b"descrip \x1b[1Dtion B\r\nsw1(config-if)#"
    session, _ = bench.session(Script(raw={line: [echo]}), cli(driver="huawei"))
    assert session.configure([stanza("interface Gi1", line)], plain).states == (
        StanzaState.APPLIED,
    )
