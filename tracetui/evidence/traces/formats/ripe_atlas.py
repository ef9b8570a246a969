"""Reads traceroute results of RIPE Atlas, of all firmwares: RIPE Atlas documentation, "Result Format"."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Final

from msgspec import Meta, Struct, ValidationError, convert, field

from tracetui.evidence.json_documents import Json
from tracetui.evidence.traces.document_values import (
    MAX_PROBES,
    Label,
    Milliseconds,
    Octet,
    Ttl,
    UnixTime,
    as_moment,
    as_ns,
    hops_of,
    protocol_of,
    responder_of,
)
from tracetui.evidence.traces.hop_line import address_of
from tracetui.evidence.traces.read_traces import traces_in_lines
from tracetui.evidence.traces.reply_kinds import Endpoint, with_kinds
from tracetui.evidence.traces.trace_format import DocumentFormat
from tracetui.model import ProbeProtocol, ReplyKind, safe_text
from tracetui.model.imported_trace import ImportedReply, ImportedTrace, Untold

_EXTRA_TTL: Final = 255
"""TTL of one more probe after five silent hops, meant for the endpoint."""

_CODES: Final[dict[int, dict[str, int]]] = {
    4: {"N": 0, "H": 1, "P": 2, "p": 3, "A": 13},
    6: {"N": 0, "A": 1, "h": 2, "H": 3, "p": 4},
}
"""Codes of destination unreachable that letters stand for, by family; any other code is a number."""

_UNREACHABLE: Final = {4: 3, 6: 1}
_PACKET_TOO_BIG: Final = {4: (3, 4), 6: (2, 0)}
_TIME_EXCEEDED: Final = {4: (11, 0), 6: (3, 0)}
_LAST: Final[dict[tuple[ProbeProtocol | None, int], tuple[ReplyKind, int, int]]] = {
    (ProbeProtocol.UDP, 4): (ReplyKind.PORT_UNREACHABLE, 3, 3),
    (ProbeProtocol.UDP, 6): (ReplyKind.PORT_UNREACHABLE, 1, 4),
    (ProbeProtocol.ICMP, 4): (ReplyKind.ECHO_REPLY, 0, 0),
    (ProbeProtocol.ICMP, 6): (ReplyKind.ECHO_REPLY, 129, 0),
}
"""What the endpoint sends, by protocol and family."""
_MAX_CLOCK_AGE_S: Final = 86_400


class _Label(Struct, gc=False):
    label: Label


class _Object(Struct):
    mpls: list[_Label] = []


class _Extensions(Struct):
    obj: list[_Object] = []


class _Reply(Struct):
    x: str | None = None
    source: str | None = field(default=None, name="from")
    rtt: Milliseconds | None = None
    ttl: Octet | None = None
    err: str | int | None = None
    flags: str | None = None
    mtu: int | None = None
    late: int | None = None
    dup: bool = False
    error: str | None = None
    icmpext: _Extensions | None = None


class _Hop(Struct):
    hop: Ttl | None = None
    result: Annotated[list[_Reply], Meta(max_length=MAX_PROBES)] = []
    error: str | None = None


class _Result(Struct):
    result: Annotated[list[_Hop], Meta(max_length=1024)] | str
    prb_id: int
    type: str = "traceroute"
    msm_id: int | None = None
    dst_addr: str | None = None
    dst_name: str | None = None
    src_addr: str | None = None
    source: str | None = field(default=None, name="from")
    proto: str | None = None
    timestamp: UnixTime | None = None
    paris_id: int | None = None
    lts: int | None = None


def _read(value: dict[str, Json]) -> Iterator[ImportedTrace | str] | None:
    if "prb_id" not in value or not ("result" in value or "fw" in value):
        return None
    try:
        if (kind := value.get("type", "traceroute")) != "traceroute":
            return iter((f"a result of {safe_text(str(kind), limit=20)} holds no trace",))
        return _traces(convert(value, _Result))
    except ValidationError as error:
        return iter((f"{_probe_name(value['prb_id'])}: {error}",))


def _probe_name(number: Json) -> str:
    return f"probe {number}" if isinstance(number, int) else "a probe without a number"


def _traces(read: _Result) -> Iterator[ImportedTrace | str]:
    probe = _probe_name(read.prb_id)
    address = address_of(read.dst_addr or "")
    # Such a probe is behind NAT: its own address says nothing of where it is.
    source = address_of(read.source or "") or address_of(read.src_addr or "")
    shared = ImportedTrace(
        tool="RIPE Atlas",
        hops=(),
        target=safe_text(read.dst_name or read.dst_addr or ""),
        address=address,
        protocol=protocol_of(read.proto),
        flow_id=f"Paris id {read.paris_id}" if read.paris_id else "",
        vantage=probe,
        source=source,
        started_at=as_moment(read.timestamp),
    )
    if isinstance(read.result, str):
        found = next(iter(traces_in_lines(read.result)), None)
        if found is None:
            yield f"{probe}: its text holds no trace"
            return
        hops = with_kinds(found.hops, Endpoint(address, "", shared.protocol), found.max_hops)
        remarks, untold = list(found.remarks), set(found.untold)
    else:
        probes, remarks = _probes(read.result, address, shared.protocol)
        hops, untold = hops_of(probes), set()
        if not hops:
            yield f"{probe}: nothing was measured: {remarks[0] if remarks else 'no hops'}"
            return
    if read.lts is not None and not 0 <= read.lts <= _MAX_CLOCK_AGE_S:
        remarks.append("the clock of the probe may be wrong: it was not synchronised for a day or more")
    yield replace(shared, hops=hops, remarks=tuple(remarks[:20]), untold=frozenset(_untold(shared, untold)))


def _untold(trace: ImportedTrace, of_text: set[Untold]) -> Iterator[Untold]:
    """Yield what is left open: results name no port, and text no kinds."""
    yield from of_text - {Untold.PROTOCOL, Untold.TARGET, Untold.TIME}
    if trace.protocol is not ProbeProtocol.ICMP:
        yield Untold.PROTOCOL
    if trace.address is None:
        yield Untold.TARGET
    if trace.started_at is None:
        yield Untold.TIME


def _probes(
    hops: list[_Hop], address: str | None, protocol: ProbeProtocol | None
) -> tuple[dict[int, list[ImportedReply | None]], list[str]]:
    """Return the probes by TTL, and remarks on errors and late replies."""
    probes: dict[int, list[ImportedReply | None]] = {}
    remarks: list[str] = []
    late = 0
    for hop in hops:
        said = f"hop {hop.hop}: " if hop.hop is not None else ""
        if hop.error is not None:
            remarks.append(said + safe_text(hop.error))
        for reply in hop.result:
            if reply.error is not None:
                remarks.append(said + safe_text(reply.error))
            elif reply.late is not None:
                # It belongs to a probe that stands as lost under an earlier TTL.
                late += 1
            elif not reply.dup and hop.hop is not None:
                probes.setdefault(hop.hop, []).append(_reply(reply, address, protocol))
    if late:
        came = "1 reply" if late == 1 else f"{late} replies"
        remarks.append(f"{came} came late: not counted, the probes are among the lost")
    if _EXTRA_TTL in probes:
        remarks.append("hop 255 is one more try of the endpoint after five silent hops")
    return probes, remarks


def _reply(reply: _Reply, address: str | None, protocol: ProbeProtocol | None) -> ImportedReply | None:
    labels = (
        tuple(label.label for extension in reply.icmpext.obj for label in extension.mpls)
        if reply.icmpext is not None
        else ()
    )
    responder = responder_of(reply.source, mpls=labels)
    if responder is None:
        return None
    family = 6 if ":" in (responder.address or "") else 4
    kind, icmp_type, icmp_code = _message(reply, family, protocol, is_endpoint=responder.address == address)
    return ImportedReply(responder, as_ns(reply.rtt), kind, icmp_type, icmp_code, reply.ttl)


def _message(
    reply: _Reply, family: int, protocol: ProbeProtocol | None, *, is_endpoint: bool
) -> tuple[ReplyKind | None, int | None, int | None]:
    """Return kind, ICMP type and code.

    Firmware marks what is unusual: an unreachable has `err`, packet too big has `mtu`, TCP has `flags`. Time
    exceeded, an echo reply, and the port unreachable that UDP ends with have nothing.
    """
    if reply.flags is not None:
        return _tcp_kind(reply.flags), None, None
    if reply.err is not None:
        code = reply.err if isinstance(reply.err, int) else _CODES[family].get(reply.err, -1)
        is_port = code == _CODES[family]["p"] and is_endpoint
        kind = ReplyKind.PORT_UNREACHABLE if is_port else ReplyKind.UNREACHABLE
        return kind, _UNREACHABLE[family], code if 0 <= code <= 255 else None
    if reply.mtu is not None:
        return (ReplyKind.UNREACHABLE, *_PACKET_TOO_BIG[family])
    if not is_endpoint:
        return (ReplyKind.TIME_EXCEEDED, *_TIME_EXCEEDED[family])
    return (
        _LAST[protocol, family] if protocol in {ProbeProtocol.UDP, ProbeProtocol.ICMP} else (None, None, None)
    )


def _tcp_kind(flags: str) -> ReplyKind | None:
    """Return the kind of a TCP reply by the first letters of its flags."""
    if "R" in flags:
        return ReplyKind.RST
    return ReplyKind.SYN_ACK if {"S", "A"} <= set(flags[:10]) else None


FORMAT: Final = DocumentFormat(
    "RIPE Atlas",
    'results with "prb_id" and "result"',
    frozenset({"prb_id"}),
    _read,
)
