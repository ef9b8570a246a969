"""Imported traces as compact text, for expectations that a person writes and reads.

Windows tracert, mx.example = 192.0.2.1, icmp, max 30; untold: time
1 10.0.0.1: 1 2 *
2 *: * * *
3 gw.example=10.0.0.2 AS64500 L17: 1 * !3/1
4 10.0.0.3: lost 1/10, last 1 best 1 mean 1 worst 2 stdev 0.1
! what the reader remarks
"""

from tracetui.model.imported_trace import HopFigures, ImportedHop, ImportedResponder, ImportedTrace


def traces_as_text(traces: tuple[ImportedTrace, ...]) -> str:
    """Return all traces, with an empty line between them."""
    return "\n\n".join(map(trace_as_text, traces)) + "\n"


def trace_as_text(trace: ImportedTrace) -> str:
    """Return one trace: a line of what it is, a line a hop, a line a remark."""
    flow = f"{trace.protocol or ''}{f'/{trace.port}' if trace.port else ''}"
    facts = (
        trace.tool,
        f"{trace.target} = {trace.address or '?'}" if trace.target or trace.address else "",
        flow,
        f"from {trace.vantage} {trace.source or ''}".strip() if trace.vantage or trace.source else "",
        f"at {trace.started_at.isoformat()}" if trace.started_at else "",
        f"max {trace.max_hops}" if trace.max_hops else "",
    )
    untold = " ".join(sorted(trace.untold))
    lines = [", ".join(filter(None, facts)) + f"; untold: {untold}"]
    lines += [_hop(hop) for hop in trace.hops]
    lines += [f"! {remark}" for remark in trace.remarks]
    return "\n".join(lines)


def _hop(hop: ImportedHop) -> str:
    who = " | ".join(map(_who, hop.responders)) or "*"
    if hop.figures is not None:
        return f"{hop.ttl} {who}: {_figures(hop.figures)}"
    told: list[str] = []
    several = len(hop.responders) > 1
    for reply in hop.probes:
        if reply is None:
            told.append("*")
            continue
        mark = f"!{reply.icmp_type}/{reply.icmp_code}" if reply.icmp_type is not None else ""
        place = f"#{hop.responders.index(reply.responder) + 1}" if several else ""
        told.append(f"{_ms(reply.rtt_ns)}{mark}{place}" or "-")
    return f"{hop.ttl} {who}: {' '.join(told)}"


def _who(responder: ImportedResponder) -> str:
    named = "=".join(filter(None, (responder.name, responder.address)))
    asns = " ".join(f"AS{asn}" for asn in responder.asns)
    labels = "L" + "/".join(map(str, responder.mpls)) if responder.mpls else ""
    return " ".join(filter(None, (named, asns, labels)))


def _figures(figures: HopFigures) -> str:
    times = {
        "last": figures.last_ns,
        "best": figures.best_ns,
        "mean": figures.mean_ns,
        "worst": figures.worst_ns,
        "stdev": figures.stdev_ns,
    }
    told = " ".join(f"{name} {_ms(ns)}" for name, ns in times.items() if ns is not None)
    return f"lost {figures.lost}/{figures.sent}" + (f", {told}" if told else "")


def _ms(ns: int | None) -> str:
    return "" if ns is None else f"{ns / 1_000_000:g}"
