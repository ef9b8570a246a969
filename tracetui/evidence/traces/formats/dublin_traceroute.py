"""Reads results of dublin-traceroute: each flow becomes a separate trace."""

from collections.abc import Iterator
from typing import Annotated, Final

from msgspec import Meta, Struct, convert

from tracetui.evidence.json_documents import Json
from tracetui.evidence.traces.document_values import (
    MAX_PROBES,
    Label,
    Octet,
    Port,
    Ttl,
    UnixTime,
    as_moment,
    hops_of,
    icmp_kind,
    responder_of,
)
from tracetui.evidence.traces.hop_line import address_of
from tracetui.evidence.traces.trace_format import DocumentFormat
from tracetui.model import ProbeProtocol, safe_text
from tracetui.model.imported_trace import ImportedReply, ImportedTrace


class _Label(Struct):
    label: Label


class _Icmp(Struct):
    type: Octet
    code: Octet
    mpls_labels: Annotated[list[_Label], Meta(max_length=64)] | None = None


class _Ip(Struct):
    src: str
    dst: str
    ttl: Octet


class _Udp(Struct):
    sport: Port
    dport: Port


class _Received(Struct):
    ip: _Ip
    icmp: _Icmp | None = None


class _Sent(Struct):
    ip: _Ip
    udp: _Udp
    timestamp: UnixTime | None = None


class _Probe(Struct):
    sent: _Sent
    received: _Received | None = None
    name: str | None = None
    rtt_usec: Annotated[int, Meta(ge=0, le=3_600_000_000)] | None = None
    is_last: bool = False


class _Document(Struct):
    flows: Annotated[dict[str, Annotated[list[_Probe], Meta(max_length=MAX_PROBES)]], Meta(max_length=65536)]


class _Ttl(Struct):
    ttl: Ttl


def _read(value: dict[str, Json]) -> Iterator[ImportedTrace] | None:
    flows = value.get("flows")
    if not isinstance(flows, dict) or not all(isinstance(flow, list) for flow in flows.values()):
        return None
    read = convert(value, _Document, strict=False)
    return (_trace(flow) for flow in read.flows.values() if flow)


def _trace(flow: list[_Probe]) -> ImportedTrace:
    probes: dict[int, list[ImportedReply | None]] = {}
    for probe in flow:
        probes.setdefault(convert({"ttl": probe.sent.ip.ttl}, _Ttl).ttl, []).append(_reply(probe))
        if probe.is_last and probe.received is not None:
            break
    sent = flow[0].sent
    return ImportedTrace(
        tool="dublin-traceroute",
        hops=hops_of(probes),
        target=safe_text(sent.ip.dst),
        address=address_of(sent.ip.dst),
        protocol=ProbeProtocol.UDP,
        port=sent.udp.dport,
        flow_id=f"source port {sent.udp.sport}, destination port {sent.udp.dport}",
        source=address_of(sent.ip.src),
        started_at=as_moment(sent.timestamp),
    )


def _reply(probe: _Probe) -> ImportedReply | None:
    received = probe.received
    if received is None:
        return None
    icmp = received.icmp
    labels = tuple(label.label for label in (icmp.mpls_labels or ())) if icmp is not None else ()
    responder = responder_of(received.ip.src, probe.name, mpls=labels)
    if responder is None:
        raise ValueError(f"a reply to TTL {probe.sent.ip.ttl} has no address (received.ip.src)")
    rtt_ns = None if probe.rtt_usec is None else probe.rtt_usec * 1000
    if icmp is None:
        return ImportedReply(responder, rtt_ns, reply_ttl=received.ip.ttl)
    family = 6 if ":" in probe.sent.ip.dst else 4
    is_endpoint = responder.address == address_of(probe.sent.ip.dst)
    kind = icmp_kind(family, icmp.type, icmp.code, is_endpoint=is_endpoint)
    return ImportedReply(responder, rtt_ns, kind, icmp.type, icmp.code, received.ip.ttl)


FORMAT: Final = DocumentFormat(
    "dublin-traceroute",
    'an object with "flows" by port',
    frozenset({"flows"}),
    _read,
)
