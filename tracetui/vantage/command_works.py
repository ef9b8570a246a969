"""Tries the command of a vantage once over each protocol that it can probe with."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from tracetui.model import Lane, ProbeProtocol
from tracetui.model.imported_trace import ImportedTrace
from tracetui.vantage.command_run import run
from tracetui.vantage.read_run import NoTraceError, read_run
from tracetui.vantage.trace_command import TraceCommand


@dataclass(frozen=True, slots=True)
class CommandTry:
    """What one run gave."""

    protocol: ProbeProtocol
    argv: tuple[str, ...]
    seconds: float
    trace: ImportedTrace | None
    problem: str
    """Why there is no trace, one line; "" where there is one."""


def command_works(
    command: TraceCommand, address: str, *, port: int = 443, max_hops: int = 30, timeout_s: float = 90
) -> Iterator[CommandTry]:
    """Trace `address` once over each protocol, and yield what came of it."""
    for protocol in command.protocols:
        lane = Lane(address, address, address, protocol, port if protocol is ProbeProtocol.TCP else None)
        call = command.call(lane, max_hops)
        begun_s = time.monotonic()
        done = run(call.argv, timeout_s, lambda: False)
        seconds = time.monotonic() - begun_s
        try:
            trace = read_run(done, call, lane, timeout_s)
        except NoTraceError as error:
            yield CommandTry(protocol, call.argv, seconds, None, str(error))
        else:
            yield CommandTry(protocol, call.argv, seconds, trace, "")
