"""Reads JSON snapshots of this program (`tracetui.snapshot/1` and `/2`); their findings are ignored."""

from collections.abc import Iterator
from typing import Annotated, Final

from msgspec import Meta, Struct, convert

from tracetui.evidence.json_documents import Json
from tracetui.evidence.traces.document_values import (
    MAX_RESPONDERS,
    Asn,
    Count,
    Label,
    Milliseconds,
    Port,
    Ttl,
    as_ns,
    moment_of,
    protocol_of,
    responder_of,
)
from tracetui.evidence.traces.hop_line import address_of
from tracetui.evidence.traces.trace_format import DocumentFormat
from tracetui.model import ReplyKind, safe_text
from tracetui.model.imported_trace import (
    CountedReply,
    HopFigures,
    ImportedHop,
    ImportedResponder,
    ImportedTrace,
    Untold,
)

_SCHEMA: Final = "tracetui.snapshot/"
_READ: Final = frozenset({"tracetui.snapshot/1", "tracetui.snapshot/2"})
_UNREACHABLE: Final = "unreachable_"


class _Rtt(Struct):
    last: Milliseconds | None = None
    best: Milliseconds | None = None
    mean: Milliseconds | None = None
    worst: Milliseconds | None = None
    stdev: Milliseconds | None = None


class _Responder(Struct):
    address: str
    name: str | None = None
    asn: Asn | None = None
    asns: Annotated[list[Asn], Meta(max_length=64)] = []
    mpls: Annotated[list[Label], Meta(max_length=64)] = []
    replies: Annotated[dict[str, Count], Meta(max_length=64)] = {}


class _Hop(Struct):
    ttl: Ttl
    sent: Count
    received: Count
    lost: Count
    late: Count = 0
    rtt_ms: _Rtt | None = None
    responders: Annotated[list[_Responder], Meta(max_length=MAX_RESPONDERS)] = []


class _Imported(Struct):
    name: str = ""
    vantage: str | None = None
    source_asn: Asn | None = None


class _Lane(Struct):
    target: str
    address: str
    protocol: str
    hops: Annotated[list[_Hop], Meta(max_length=255)]
    port: Port | None = None
    source: str | None = None
    flow_id: str | None = None
    since: str | None = None
    imported: _Imported | None = None
    via: str | None = None


class _Vantage(Struct):
    hostname: str = ""


class _Snapshot(Struct):
    schema: str
    lanes: Annotated[list[_Lane], Meta(max_length=1000)]
    started_at: str
    vantage: _Vantage
    max_hops: Ttl | None = None


def _read(value: dict[str, Json]) -> Iterator[ImportedTrace] | None:
    schema = value.get("schema")
    if not isinstance(schema, str) or not schema.startswith(_SCHEMA):
        return None
    if schema not in _READ:
        raise ValueError(f"{safe_text(schema, limit=40)} is newer than this version reads")
    snapshot = convert(value, _Snapshot)
    return (_trace(snapshot, lane) for lane in snapshot.lanes)


def _trace(snapshot: _Snapshot, lane: _Lane) -> ImportedTrace:
    hops = {hop.ttl: ImportedHop(hop.ttl, figures=_figures(hop, lane.address)) for hop in lane.hops}
    address, imported = address_of(lane.address), lane.imported
    # Hops are counted from the last lasting change on.
    started_at = moment_of(lane.since or snapshot.started_at)
    untold = {
        Untold.PROBES: True,
        Untold.TARGET: address is None,
        Untold.TIME: started_at is None,
        Untold.ADDRESSES: any(who.address is None for hop in hops.values() for who in hop.responders),
    }
    return ImportedTrace(
        tool="tracetui",
        hops=tuple(hops[ttl] for ttl in sorted(hops)),
        target=safe_text(lane.target),
        address=address,
        protocol=protocol_of(lane.protocol),
        port=lane.port,
        flow_id=safe_text(lane.flow_id or ""),
        vantage=safe_text(_vantage(snapshot, lane)),
        source=address_of(lane.source or ""),
        source_asn=(imported.source_asn or None) if imported is not None else None,
        started_at=started_at,
        untold=frozenset(left_open for left_open, is_open in untold.items() if is_open),
        max_hops=snapshot.max_hops,
    )


def _vantage(snapshot: _Snapshot, lane: _Lane) -> str:
    """Return where a lane was traced: by this host, a remote vantage, or whoever made an imported trace."""
    if lane.imported is not None:
        return lane.imported.vantage or lane.imported.name
    return lane.via or snapshot.vantage.hostname


def _figures(hop: _Hop, target: str) -> HopFigures:
    # A probe whose time is not up is none yet.
    sent = hop.received + hop.lost + hop.late
    if sent > hop.sent:
        raise ValueError(f"hop {hop.ttl}: {sent - hop.lost} replies and {hop.lost} lost of {hop.sent} probes")
    rtt = hop.rtt_ms or _Rtt()
    known = [(who, responder) for who in hop.responders if (responder := _responder(who)) is not None]
    family = 6 if ":" in target else 4
    return HopFigures(
        sent,
        hop.lost,
        tuple(responder for _, responder in known),
        last_ns=as_ns(rtt.last),
        best_ns=as_ns(rtt.best),
        mean_ns=as_ns(rtt.mean),
        worst_ns=as_ns(rtt.worst),
        stdev_ns=as_ns(rtt.stdev),
        replies=tuple(
            _counted(responder, label, count, family)
            for who, responder in known
            for label, count in who.replies.items()
        ),
    )


def _responder(read: _Responder) -> ImportedResponder | None:
    asns = tuple(read.asns) or ((read.asn,) if read.asn else ())
    return responder_of(read.address, read.name, asns, tuple(read.mpls))


def _counted(responder: ImportedResponder, label: str, count: int, family: int) -> CountedReply:
    """Read a key of `replies`: a kind, with the code for an unreachable."""
    if label == "packet_too_big":
        return CountedReply(responder, count, ReplyKind.UNREACHABLE, 2, 0)
    if label.startswith(_UNREACHABLE):
        code = label.removeprefix(_UNREACHABLE)
        icmp_code = int(code) if code.isascii() and code.isdigit() and len(code) < 4 else None
        return CountedReply(responder, count, ReplyKind.UNREACHABLE, 3 if family == 4 else 1, icmp_code)
    try:
        return CountedReply(responder, count, ReplyKind(label))
    except ValueError:
        raise ValueError(f"replies of an unknown kind: {safe_text(label, limit=40)}") from None


FORMAT: Final = DocumentFormat(
    "tracetui JSON",
    'an object with "schema": "tracetui.snapshot/..."',
    frozenset({"schema"}),
    _read,
)
