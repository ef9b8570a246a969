"""Reads the output of one run as a trace of one lane, or says in one line why there is none."""

import re
from dataclasses import replace
from typing import Final

from tracetui.evidence.traces.read_traces import read_traces
from tracetui.evidence.traces.source_text import clean_lines, decode
from tracetui.model import EvidenceError, Lane, safe_text
from tracetui.model.imported_trace import ImportedHop, ImportedReply, ImportedTrace, Untold
from tracetui.vantage.command_run import MAX_OUTPUT, Ended, Run
from tracetui.vantage.trace_command import Call

_PAGER: Final = re.compile(
    r"-{2,} ?\(?more(?: \d{1,3}%)?\)? ?-{2,}|<--- More --->|press any key|\[Q quit\|", re.IGNORECASE
)
_ASKS: Final = re.compile(
    r"password ?(?:for \S{1,80})?: ?$|passphrase|username: ?$|login: ?$|\(yes/no", re.IGNORECASE
)
_LAST: Final = 1 << 16
"""Characters of an output in which its last line is looked for."""

_ALWAYS_KNOWN: Final = frozenset({Untold.TIME, Untold.TARGET})
"""What an output may leave open and whoever runs the command knows."""


class NoTraceError(Exception):
    """There is no trace in what a command printed; `str(error)` is one line for the user."""


def read_run(run: Run, call: Call, lane: Lane, timeout_s: float) -> ImportedTrace:
    """Return the trace of `lane` that a run printed. Raises NoTraceError."""
    if run.ended is Ended.NOT_STARTED:
        raise NoTraceError(run.error)
    printed = decode(run.output)
    cut = run.ended is not Ended.BY_ITSELF
    pager = _PAGER.search(printed) is not None
    # Of what was ended, the last line may be half a line.
    text = _PAGER.sub("", printed.rpartition("\n")[0] if cut else printed)
    try:
        found = read_traces(f"$ {call.line}\n{text}" if call.line else text).traces
    except EvidenceError as error:
        raise NoTraceError(_why(run, printed, str(error), timeout_s, pager=pager)) from None
    trace = _about(found, lane)
    remarks = [*trace.remarks]
    if cut:
        remarks.append(_ended_words(run, timeout_s))
    if pager:
        remarks.append("the output stopped at a pager: turn it off there (terminal length 0)")
    untold = trace.untold - _ALWAYS_KNOWN | ({Untold.END} if cut else set())
    hops = tuple(map(_with_its_probe, trace.hops))
    if all(hop.figures is None for hop in hops):
        untold -= {Untold.PROBES}
    return replace(trace, hops=hops, untold=untold, remarks=tuple(remarks))


def _about(found: tuple[ImportedTrace, ...], lane: Lane) -> ImportedTrace:
    """Return the last of the traces that can be the lane's."""
    fitting = [trace for trace in found if trace.address in {None, lane.address}]
    if not fitting:
        raise NoTraceError(f"it printed a trace to {found[-1].address} instead of {lane.address}")
    trace = fitting[-1]
    if trace.protocol is not None and trace.protocol is not lane.protocol:
        raise NoTraceError(
            f"it probes with {trace.protocol.upper()}, not with {lane.protocol.upper()}: "
            f'say protocol = "{trace.protocol}" in its table'
        )
    return replace(trace, protocol=lane.protocol, address=lane.address)


def _with_its_probe(hop: ImportedHop) -> ImportedHop:
    """Return a hop with its one probe, where a sum is over one."""
    figures = hop.figures
    if figures is None or figures.sent != 1 or len(figures.responders) > 1 or figures.replies:
        return hop
    if figures.lost or not figures.responders:
        return ImportedHop(hop.ttl, (None,))
    return ImportedHop(hop.ttl, (ImportedReply(figures.responders[0], figures.last_ns),))


def _why(run: Run, printed: str, said: str, timeout_s: float, *, pager: bool) -> str:
    """Return why there is no trace; `said` is what the readers found."""
    lines = [line.text.strip() for line in clean_lines(printed[-_LAST:]) if line.text.strip()]
    last = safe_text(lines[-1], limit=120) if lines else ""
    asked = next((one for one in (last, run.error) if _ASKS.search(one)), "")
    if asked:
        return f"it asks {asked!r}: nobody can answer; let it run without a question"
    if pager:
        return "it waits at a pager: turn that off there (terminal length 0)"
    if run.ended is not Ended.BY_ITSELF:
        return f"{_ended_words(run, timeout_s)}, without a trace"
    if run.status:
        status = f"signal {-run.status}" if run.status < 0 else f"exit status {run.status}"
        return f"{status}: {run.error or last}" if run.error or last else status
    if "nearest is" in said:
        return said
    return f"no trace in its output, which ends {last!r}" if last else run.error or "it printed nothing"


def _ended_words(run: Run, timeout_s: float) -> str:
    if run.ended is Ended.TOO_MUCH:
        return f"ended after {MAX_OUTPUT >> 20} MiB of output"
    return f"ended after {timeout_s:g} s" if run.ended is Ended.TIMEOUT else "ended from here"
