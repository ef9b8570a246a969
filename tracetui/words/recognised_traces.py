"""What was recognised in a text, hop by hop, before it is imported; for the screen and the command line."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from tracetui.model import ProbeProtocol, ReplyKind, safe_text
from tracetui.model.imported_trace import (
    HopFigures,
    ImportedHop,
    ImportedReply,
    ImportedResponder,
    ImportedTrace,
)
from tracetui.words.icmp import PROOF_WORDS
from tracetui.words.imported_lanes import made_words, untold_words

_MAX_LABELS: Final = 4


def trace_lines(trace: ImportedTrace, number: int) -> Iterator[str]:
    """Yield the lines of a trace: what it is, what its output leaves open, its hops, what was odd."""
    yield f"{number}. {' · '.join(_title(trace))}"
    left_open = ", ".join(untold_words(trace.untold))
    if left_open:
        yield f"   not stated: {left_open}"
    yield from (f"   {hop_line(hop)}" for hop in trace.hops)
    yield from (f"   note: {safe_text(remark, limit=200)}" for remark in trace.remarks)


def hop_line(hop: ImportedHop) -> str:
    """Return `4  195.34.53.162 [AS8359] 3.0 ms · *`."""
    said = _figures(hop.figures) if hop.figures is not None else _probes(hop.probes)
    return f"{hop.ttl:>3}  {safe_text(said or 'nothing', limit=400)}"


def _title(trace: ImportedTrace) -> Iterator[str]:
    yield trace.tool
    if trace.vantage or trace.source:
        yield f"from {', '.join(filter(None, (trace.vantage, trace.source)))}"
    target = " ".join(dict.fromkeys(filter(None, (trace.target, trace.address))))
    yield f"to {target}" if target else "target not stated"
    yield from _service(trace)
    yield made_words(trace.started_at) if trace.started_at is not None else "time not stated"
    first, last = trace.lines
    if first:
        yield f"line {first}" if first == last else f"lines {first} to {last}"


def _service(trace: ImportedTrace) -> Iterator[str]:
    if trace.protocol is not None and trace.protocol is not ProbeProtocol.UNTOLD:
        port = "" if trace.port is None else f"/{trace.port}"
        yield f"{trace.protocol.upper()}{port}"


def _probes(probes: Sequence[ImportedReply | None]) -> str:
    """Return the answers in order; a responder is named once for its answers in a row."""
    parts = []
    for responder, row in groupby(probes, key=lambda reply: None if reply is None else reply.responder):
        who = "" if responder is None else _responder(responder)
        parts.append(" ".join(filter(None, (who, *("*" if one is None else _answer(one) for one in row)))))
    return " · ".join(parts)


def _answer(reply: ImportedReply) -> str:
    time = "" if reply.rtt_ns is None else f"{reply.rtt_ns / 1e6:.1f} ms"
    kind = ""
    if reply.kind is ReplyKind.UNREACHABLE:
        kind = f"!{reply.icmp_type}/{reply.icmp_code}"
    elif reply.kind is not None:
        kind = PROOF_WORDS.get(reply.kind, "")
    return " ".join(filter(None, (time, kind)))


def _responder(one: ImportedResponder) -> str:
    asns = f"[{' '.join(f'AS{asn}' for asn in one.asns)}]" if one.asns else ""
    who = f"{one.name} ({one.address})" if one.name and one.address else one.name or one.address or ""
    labels = f"MPLS {', '.join(map(str, one.mpls[:_MAX_LABELS]))}" if one.mpls else ""
    return " ".join(filter(None, (who, asns, labels)))


def _figures(figures: HopFigures) -> str:
    who = ", ".join(map(_responder, figures.responders)) or "*"
    times = (
        ("last", figures.last_ns),
        ("best", figures.best_ns),
        ("mean", figures.mean_ns),
        ("worst", figures.worst_ns),
    )
    said = ", ".join(f"{name} {time / 1e6:.1f}" for name, time in times if time is not None)
    return f"{who} · {figures.lost} of {figures.sent} lost{f' · {said} ms' if said else ''}"
