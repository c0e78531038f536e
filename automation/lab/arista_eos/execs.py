"""The exec commands of an EOS switch, and what they print."""

from __future__ import annotations

from collections.abc import Mapping

from automation.lab.arista_eos import sessions
from automation.lab.arista_eos.show import IMAGES
from automation.lab.grammar import Language, Take
from automation.lab.pipe import SYNTAX, piped
from automation.lab.switch import Cli, ExecDo
from automation.lab.tree import Said, block_lines

Args = Mapping[str, str]


def _enable(cli: Cli, _: Args) -> Said:
    cli.enabled = True
    return ""


def _disable(cli: Cli, _: Args) -> Said:
    cli.enabled = False
    return ""


def _exit(cli: Cli, _: Args) -> Said:
    cli.closed = True
    return ""


def _length(cli: Cli, args: Args) -> Said:
    cli.page = int(args["lines"])
    return "Pagination disabled.\n" if cli.page == 0 else f"Pagination set to {cli.page} lines.\n"


def _width(_: Cli, args: Args) -> Said:
    return f"Width set to {args['columns']} columns.\n"


def _nothing(_: Cli, __: Args) -> Said:
    return ""


def _write(cli: Cli, _: Args) -> Said:
    if not cli.save():
        return "% Error copying system:/running-config to flash:/startup-config\n"
    return "Copy completed successfully.\n"


def _running(cli: Cli, args: Args) -> Said:
    return piped(cli.switch.running(), args)


def _running_interface(cli: Cli, args: Args) -> Said:
    switch = cli.switch
    block = switch.config.blocks.get(f"interface {args['name']}")
    if block is None:
        return "% Invalid input\n"
    lines = block_lines(switch.at(switch.config, block), switch.os.views, "   ")
    return "\n".join((block.header, *lines)) + "\n"


def _startup(cli: Cli, _: Args) -> Said:
    return cli.switch.startup().replace("show running-config", "show startup-config", 1)


def _version(cli: Cli, _: Args) -> Said:
    image = IMAGES[cli.switch.identity.newer].removeprefix("EOS-")
    return f"Arista DCS-7050TX-52\nSoftware image version: {image}\nArchitecture: i686\n"


_USER: tuple[tuple[str, ExecDo], ...] = (
    ("enable", _enable),
    ("disable", _disable),
    ("{exit|quit|logout}", _exit),
    ("terminal length <lines:0-32767>", _length),
    ("terminal width <columns:10-32767>", _width),
    ("terminal [no] monitor", _nothing),
    ("show version", _version),
)
_SHOW: tuple[tuple[str, ExecDo], ...] = (
    (f"show running-config {SYNTAX}", _running),
    ("show running-config interfaces <name:interface>", _running_interface),
    ("show startup-config", _startup),
    ("show configuration sessions [detail]", sessions.overview),
    ("show session-config named <name:word>", sessions.show),
    ("show session-config named <name:word> diffs", sessions.diffs),
    ("write [memory]", _write),
    ("copy running-config startup-config", _write),
)
_PRIVILEGED: tuple[tuple[str, ExecDo], ...] = (
    ("configure [terminal]", sessions.terminal),
    ("configure session [<name:word>]", sessions.enter),
    ("configure session <name:word> commit", sessions.commit),
    ("configure session <name:word> abort", sessions.abort),
)


def _end(cli: Cli, _: Args) -> Said:
    cli.leave()
    return ""


def _up(cli: Cli, _: Args) -> Said:
    """Leave the innermost view; out of the outermost, configuration mode."""
    if len(cli.path) > 1:
        cli.path.pop()
    else:
        cli.leave()
    return ""


_INSIDE: tuple[tuple[str, ExecDo], ...] = (
    ("end", _end),
    ("exit", _up),
    ("commit", sessions.commit),
    ("abort", sessions.abort),
    ("rollback clean-config", sessions.clean),
    ("show session-config", sessions.show),
    ("show session-config diffs", sessions.diffs),
)


def languages(
    types: Mapping[str, Take],
) -> tuple[Language[ExecDo], Language[ExecDo], Language[ExecDo]]:
    """Return the languages of user exec, privileged exec, and every configuration mode.

    EOS takes `show` and `write` in configuration modes as they are, without `do`.
    """
    user: Language[ExecDo] = Language(_USER, types)
    privileged: Language[ExecDo] = Language((*_USER, *_SHOW, *_PRIVILEGED), types)
    return user, privileged, Language((*_SHOW, *_INSIDE), types)
