"""From a device in the inventory to an open session of its platform's kind."""

from __future__ import annotations

import paramiko

from automation.devices.answers import judge
from automation.devices.candidate import CandidateSession
from automation.devices.connection import driver
from automation.devices.hostkeys import HostKeys
from automation.devices.line import LineSession
from automation.devices.login import greet
from automation.devices.session import Options
from automation.devices.ssh import Dial, Target, connect, direct
from automation.devices.terminal import Terminal, Unanswered
from automation.devices.transaction import TransactionSession
from automation.errors import Lost, Unreachable, UsageError
from automation.model import Cli, Device, Login, Platform, SessionKind


def open_session(
    device: Device, platform: Platform, login: Login, hostkeys: HostKeys, options: Options
) -> LineSession | CandidateSession | TransactionSession:
    """Connect, check the host key, log in, become privileged, and return the session.

    Raises:
        Unreachable: No session; LoginFailed when the login was turned down.
        HostKeyError: The host key is unknown or has changed; no password was sent.
        NotAuthorised: No way into privileged mode.
    """
    target = Target.of(device)
    dial: Dial = direct
    if options.jump is not None:
        if options.jumps is None:
            raise UsageError(f"{device.name} is behind {options.jump.name}: jumps are needed")
        dial = options.jumps.through(options.jump)
    transport = connect(target, login, hostkeys, options.guard, options.deadline, dial)
    if not isinstance(platform.control, Cli):
        return TransactionSession(transport, platform.control, options.deadline)
    try:
        return _session(target, transport, platform.control, login, options)
    except BaseException:
        transport.close()
        raise


def _session(
    target: Target,
    transport: paramiko.Transport,
    cli: Cli,
    login: Login,
    options: Options,
) -> LineSession | CandidateSession:
    """Open a shell on `transport` and return a session that stands at its prompt."""
    deadline = options.deadline
    rules = judge(cli)
    connection = driver(cli.driver, target.name)
    terminal = Terminal(connection, rules, cli.pager, deadline, options.quiet)
    try:
        connection.attach(transport, deadline.left)
        greet(terminal, cli, rules, login, options.quiet)
    except (paramiko.SSHException, EOFError, OSError) as error:
        connection.disconnect()
        raise Unreachable(f"{target}: no shell ({error})") from error
    except (Unanswered, Lost) as error:  # nothing was sent that could leave a state behind
        connection.disconnect()
        raise Unreachable(f"{target}: no prompt after login: {error}") from error
    except BaseException:
        connection.disconnect()
        raise
    connection.base_prompt = terminal.prompts.host
    kind = CandidateSession if cli.session is SessionKind.CANDIDATE else LineSession
    return kind(terminal, connection, cli, rules, options.window)
