"""Writes imported traces as compact lines, so that tests compare them with what a person reads in the source.

`TTL responder [kind] rtt rtt *` for probes one by one, `TTL sent/lost responder last best mean worst stdev`
for sums. A responder is its address or name=address, then AS numbers and `[labels]`; the times behind it are
its own, in milliseconds. Kinds are `te`, `echo`, `syn`, `rst`, `port`, `big`, `un13` with the code.
"""

from tracetui.model import ReplyKind
from tracetui.model.imported_trace import (
    HopFigures,
    ImportedHop,
    ImportedReply,
    ImportedResponder,
    ImportedTrace,
)

KINDS = {
    ReplyKind.TIME_EXCEEDED: "te",
    ReplyKind.ECHO_REPLY: "echo",
    ReplyKind.SYN_ACK: "syn",
    ReplyKind.RST: "rst",
    ReplyKind.PORT_UNREACHABLE: "port",
}


def lines_of(trace: ImportedTrace) -> list[str]:
    return [head_of(trace), *map(hop_line, trace.hops)]


def head_of(trace: ImportedTrace) -> str:
    port = f"/{trace.port}" if trace.port is not None else ""
    parts = [
        f"{trace.tool} > {trace.target or '?'} {trace.address or '?'}",
        f"{trace.protocol.value if trace.protocol else '?'}{port}",
        f"from {trace.vantage or '?'} {trace.source or '?'}",
        f"{trace.started_at:%Y-%m-%d %H:%M:%S}" if trace.started_at else "no time",
        f"untold {' '.join(sorted(untold.value for untold in trace.untold)) or 'nothing'}",
    ]
    return "; ".join(parts)


def hop_line(hop: ImportedHop) -> str:
    words = figures_of(hop.figures) if hop.figures is not None else probes_of(hop.probes)
    return " ".join([str(hop.ttl), *words])


def probes_of(probes: tuple[ImportedReply | None, ...]) -> list[str]:
    words: list[str] = []
    before: tuple[str, str] | None = None
    for reply in probes:
        if reply is None:
            words.append("*")
            continue
        now = responder_of(reply.responder), kind_of(reply)
        if now != before:
            words += filter(None, now)
        before = now
        words.append("?" if reply.rtt_ns is None else ms(reply.rtt_ns))
    return words


def figures_of(figures: HopFigures) -> list[str]:
    times = [figures.last_ns, figures.best_ns, figures.mean_ns, figures.worst_ns, figures.stdev_ns]
    known = [ms(time) for time in times if time is not None]
    return [f"{figures.sent}/{figures.lost}", *map(responder_of, figures.responders), *known]


def responder_of(responder: ImportedResponder) -> str:
    both = "=".join(filter(None, (responder.name, responder.address)))
    labels = [f"[{'/'.join(map(str, responder.mpls))}]"] if responder.mpls else []
    return " ".join([both, *(f"AS{asn}" for asn in responder.asns), *labels])


def kind_of(reply: ImportedReply) -> str:
    if reply.kind is ReplyKind.UNREACHABLE:
        return f"un{reply.icmp_code}" if reply.icmp_type != 2 else "big"
    return KINDS[reply.kind] if reply.kind is not None else ""


def ms(nanoseconds: int) -> str:
    return f"{nanoseconds / 1_000_000:.3f}".rstrip("0").rstrip(".")
