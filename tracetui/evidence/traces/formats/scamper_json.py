"""Reads traces of scamper as `sc_warts2json` writes them: one object per line."""

from collections.abc import Iterator
from typing import Annotated, Final

from msgspec import Meta, Struct, convert

from tracetui.evidence.json_documents import Json
from tracetui.evidence.traces.document_values import (
    Count,
    Label,
    Milliseconds,
    Octet,
    Port,
    Ttl,
    UnixTime,
    as_moment,
    as_ns,
    hops_of,
    icmp_kind,
    protocol_of,
    responder_of,
    tcp_kind,
)
from tracetui.evidence.traces.hop_line import address_of
from tracetui.evidence.traces.trace_format import DocumentFormat
from tracetui.model import ProbeProtocol, safe_text
from tracetui.model.imported_trace import ImportedReply, ImportedTrace, Untold

_CUT_OFF: Final = {
    "ERROR": "scamper had an error",
    "HALTED": "scamper was halted",
    "NONE": "scamper did not finish",
    "GSS": "scamper stopped at an address of its stop set",
}
"""Reasons to stop that say nothing of the path, and what to tell about them."""


class _Label(Struct):
    mpls_label: Label


class _Extension(Struct):
    mpls_labels: list[_Label] = []


class _Probe(Struct):
    probe_ttl: Ttl
    probe_id: Octet = 0


class _Reply(_Probe):
    addr: str | None = None
    name: str | None = None
    rtt: Milliseconds | None = None
    reply_ttl: Octet | None = None
    icmp_type: Octet | None = None
    icmp_code: Octet = 0
    tcp_flags: Octet | None = None
    icmpext: list[_Extension] = []


class _Start(Struct):
    sec: UnixTime
    usec: Count = 0


class _Trace(Struct):
    dst: str
    method: str = ""
    src: str | None = None
    sport: Port | None = None
    dport: Port | None = None
    icmp_sum: Port | None = None
    stop_reason: str = ""
    start: _Start | None = None
    hop_count: Octet = 0
    attempts: Annotated[int, Meta(ge=0, le=64)] = 0
    hoplimit: Octet = 0
    firsthop: Octet = 1
    probe_count: Count = 0
    monitor: str | None = None
    hops: Annotated[list[_Reply], Meta(max_length=16_384)] = []
    extra_hops: Annotated[list[_Reply], Meta(max_length=16_384)] = []
    no_hops: Annotated[list[_Probe], Meta(max_length=16_384)] = []


def _read(value: dict[str, Json]) -> Iterator[ImportedTrace] | None:
    kind = value.get("type")
    if kind in ("cycle-start", "cycle-stop") and "list_name" in value:
        return iter(())
    if kind == "tracelb":
        raise ValueError("traces that look for load balancers (tracelb) are not read: give trace objects")
    if kind == "trace" and "stop_reason" in value:
        return iter((_trace(convert(value, _Trace, strict=False)),))
    return None


def _trace(read: _Trace) -> ImportedTrace:
    protocol = protocol_of(read.method)
    probes, are_all_told = _probes(read)
    untold = {
        Untold.PROTOCOL: protocol is None,
        Untold.TIME: read.start is None,
        Untold.LOST_PROBES: not are_all_told,
        Untold.END: read.stop_reason in _CUT_OFF,
    }
    remarks = [_CUT_OFF[read.stop_reason]] if read.stop_reason in _CUT_OFF else []
    if read.method == "tcp-ack":
        remarks.append("the probes were TCP ACKs: a reset does not mean that the port is closed")
    return ImportedTrace(
        tool="scamper",
        hops=hops_of(probes),
        target=safe_text(read.dst),
        address=address_of(read.dst),
        protocol=protocol,
        port=read.dport if protocol in {ProbeProtocol.TCP, ProbeProtocol.UDP} else None,
        flow_id=_flow_id(read, protocol),
        vantage=safe_text(read.monitor or ""),
        source=address_of(read.src or ""),
        started_at=as_moment(read.start.sec + read.start.usec / 1_000_000) if read.start else None,
        untold=frozenset(left_open for left_open, is_open in untold.items() if is_open),
        max_hops=read.hoplimit or None,
        remarks=tuple(remarks),
    )


def _flow_id(read: _Trace, protocol: ProbeProtocol | None) -> str:
    if read.icmp_sum is not None:
        return f"ICMP checksum {read.icmp_sum}"
    # Classic UDP counts the destination port up: each probe is a flow.
    is_fixed = protocol is ProbeProtocol.TCP or read.method == "udp-paris"
    return f"source port {read.sport}" if is_fixed and read.sport is not None else ""


def _probes(read: _Trace) -> tuple[dict[int, list[ImportedReply | None]], bool]:
    """Return the probes of each TTL, and whether all lost ones are among them."""
    answered: dict[int, dict[int, ImportedReply]] = {}
    for reply in (*read.hops, *read.extra_hops):
        # Of two replies to one probe, the first counts.
        answered.setdefault(reply.probe_ttl, {}).setdefault(reply.probe_id, _reply(read, reply))
    if read.no_hops:
        lost = {(probe.probe_ttl, probe.probe_id): None for probe in read.no_hops}
        told = {
            (ttl, number): reply for ttl, replies in answered.items() for number, reply in replies.items()
        }
        both: dict[tuple[int, int], ImportedReply | None] = {**lost, **told}
        by_ttl: dict[int, list[ImportedReply | None]] = {}
        for ttl, number in sorted(both):
            by_ttl.setdefault(ttl, []).append(both[ttl, number])
        return by_ttl, True
    # Older versions write answered probes alone. A TTL is probed until it answers, at most `attempts` times.
    first = 0 if any(0 in replies for replies in answered.values()) else 1
    ttls = sorted({*answered, *range(max(read.firsthop, 1), read.hop_count + 1)})
    tried = {ttl: max(answered[ttl]) + 1 - first if ttl in answered else read.attempts for ttl in ttls}
    every_attempt = {ttl: max(probes, read.attempts) for ttl, probes in tried.items()}
    if read.probe_count == sum(every_attempt.values()):
        # It was told not to stop at an answer.
        tried = every_attempt
    probes = {
        ttl: [answered.get(ttl, {}).get(number) for number in range(first, first + max(tried[ttl], 1))]
        for ttl in ttls
    }
    return probes, read.probe_count == sum(tried.values())


def _reply(read: _Trace, reply: _Reply) -> ImportedReply:
    labels = tuple(label.mpls_label for extension in reply.icmpext for label in extension.mpls_labels)
    responder = responder_of(reply.addr, reply.name, mpls=labels)
    if responder is None:
        raise ValueError(f"a reply to TTL {reply.probe_ttl} has no address (addr)")
    if reply.icmp_type is not None:
        family = 6 if ":" in read.dst else 4
        is_endpoint = responder.address == address_of(read.dst)
        kind = icmp_kind(family, reply.icmp_type, reply.icmp_code, is_endpoint=is_endpoint)
    else:
        kind = tcp_kind(reply.tcp_flags) if reply.tcp_flags is not None else None
    return ImportedReply(
        responder,
        as_ns(reply.rtt),
        kind,
        reply.icmp_type,
        reply.icmp_code if reply.icmp_type is not None else None,
        reply.reply_ttl,
    )


FORMAT: Final = DocumentFormat(
    "scamper",
    'objects with "type": "trace" and "stop_reason"',
    frozenset({"type"}),
    _read,
)
