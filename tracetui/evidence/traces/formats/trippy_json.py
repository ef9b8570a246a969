"""Reads the JSON report of Trippy (`trip -m json`)."""

import re
from collections.abc import Iterator
from typing import Annotated, Final

from msgspec import Meta, Struct, convert

from tracetui.evidence.json_documents import Json
from tracetui.evidence.traces.document_values import (
    MAX_RESPONDERS,
    Count,
    Label,
    Milliseconds,
    Ttl,
    as_ns,
    moment_of,
    responder_of,
)
from tracetui.evidence.traces.hop_line import address_of
from tracetui.evidence.traces.trace_format import DocumentFormat
from tracetui.model import safe_text
from tracetui.model.imported_trace import (
    HopFigures,
    ImportedHop,
    ImportedResponder,
    ImportedTrace,
    Untold,
)

_UNRESOLVED: Final = re.compile(r"(?:Failed|Timeout): ")
_AS_AND_NAME: Final = re.compile(r"AS(\d{1,10})\s+(\S.*)")


class _Host(Struct):
    ip: str
    hostname: str | None = None


class _Label(Struct):
    label: Label


class _Mpls(Struct):
    members: Annotated[list[_Label], Meta(max_length=64)] = []


class _Extension(Struct):
    mpls: _Mpls | None = None


class _Hop(Struct):
    ttl: Ttl
    sent: Count
    recv: Count
    hosts: Annotated[list[_Host], Meta(max_length=MAX_RESPONDERS)] = []
    extensions: Annotated[list[_Extension], Meta(max_length=64)] | None = None
    last: Milliseconds | None = None
    avg: Milliseconds | None = None
    best: Milliseconds | None = None
    worst: Milliseconds | None = None
    stddev: Milliseconds | None = None


class _Info(Struct):
    target: _Host
    start_timestamp: str | None = None


class _Report(Struct):
    info: _Info
    hops: Annotated[list[_Hop], Meta(max_length=255)]


def _read(value: dict[str, Json]) -> Iterator[ImportedTrace] | None:
    info = value.get("info")
    if not isinstance(info, dict) or "target" not in info or "hops" not in value:
        return None
    return iter((_trace(convert(value, _Report, strict=False)),))


def _trace(report: _Report) -> ImportedTrace:
    hops = {hop.ttl: ImportedHop(hop.ttl, figures=_figures(hop)) for hop in report.hops}
    if not hops:
        raise ValueError("no hops")
    target = report.info.target
    started_at = moment_of(report.info.start_timestamp)
    untold = {Untold.PROBES, Untold.MESSAGES, Untold.PROTOCOL}
    return ImportedTrace(
        tool="Trippy",
        hops=tuple(hops[ttl] for ttl in sorted(hops)),
        target=safe_text(target.hostname or target.ip),
        address=address_of(target.ip),
        started_at=started_at,
        untold=frozenset(untold | ({Untold.TIME} if started_at is None else set())),
    )


def _figures(hop: _Hop) -> HopFigures:
    if hop.recv > hop.sent:
        raise ValueError(f"hop {hop.ttl}: more replies ({hop.recv}) than probes ({hop.sent})")
    if not hop.recv:
        return HopFigures(hop.sent, hop.sent)
    labels = tuple(
        member.label
        for extension in hop.extensions or ()
        if extension.mpls is not None
        for member in extension.mpls.members
    )
    responders = (_responder(host, labels if len(hop.hosts) == 1 else ()) for host in hop.hosts)
    return HopFigures(
        hop.sent,
        hop.sent - hop.recv,
        tuple(dict.fromkeys(responder for responder in responders if responder is not None)),
        last_ns=as_ns(hop.last),
        best_ns=as_ns(hop.best),
        mean_ns=as_ns(hop.avg),
        worst_ns=as_ns(hop.worst),
        stdev_ns=as_ns(hop.stddev),
    )


def _responder(host: _Host, labels: tuple[int, ...]) -> ImportedResponder | None:
    """Return who answered; with AS lookup on, Trippy writes `AS64500 NAME` for a name."""
    name = "" if _UNRESOLVED.match(host.hostname or "") else (host.hostname or "")
    with_as = _AS_AND_NAME.fullmatch(name[:300])
    if with_as is None:
        return responder_of(host.ip, name, mpls=labels)
    return responder_of(host.ip, with_as[2].split()[0], (int(with_as[1]),), labels)


FORMAT: Final = DocumentFormat(
    "Trippy JSON",
    'an object with "info", "target" and "hops"',
    frozenset({"info"}),
    _read,
)
