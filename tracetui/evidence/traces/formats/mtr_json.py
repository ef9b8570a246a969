"""Reads the JSON report of mtr: old versions with numbers as text, new ones, and a flat variant."""

import re
from collections.abc import Iterator
from typing import Annotated, Final

from msgspec import Meta, Struct, convert, field

from tracetui.evidence.json_documents import Json
from tracetui.evidence.traces.document_values import (
    Count,
    Milliseconds,
    Percent,
    Ttl,
    as_ns,
    asns_of,
    responder_of,
)
from tracetui.evidence.traces.hop_line import address_of
from tracetui.evidence.traces.trace_format import DocumentFormat
from tracetui.model import safe_text
from tracetui.model.imported_trace import HopFigures, ImportedHop, ImportedTrace, Untold

_SILENT: Final = "???"
_NAME_AND_ADDRESS: Final = re.compile(r"(\S{1,255}) \(([^()\s]{1,60})\)")
_HOST: Final = re.compile(r"(.{1,255}?) \(([^()]{1,60})\)")


class _Hub(Struct):
    count: Ttl
    host: str
    ASN: str | None = None
    loss: Percent | None = field(default=None, name="Loss%")
    drop: Count | None = field(default=None, name="Drop")
    sent: Count | None = field(default=None, name="Snt")
    received: Count | None = field(default=None, name="Rcv")
    last: Milliseconds | None = field(default=None, name="Last")
    mean: Milliseconds | None = field(default=None, name="Avg")
    best: Milliseconds | None = field(default=None, name="Best")
    worst: Milliseconds | None = field(default=None, name="Wrst")
    stdev: Milliseconds | None = field(default=None, name="StDev")


class _Mtr(Struct):
    dst: str
    src: str = ""
    tests: Count = 0


class _Report(Struct):
    mtr: _Mtr
    hubs: Annotated[list[_Hub], Meta(max_length=255)]


class _FlatHop(Struct):
    hop: Ttl
    sent: Count
    drop: Count
    ipaddr: str | None = None
    host: str | None = None
    asn: str | None = None
    last: Milliseconds | None = None
    avg: Milliseconds | None = None
    best: Milliseconds | None = None
    worst: Milliseconds | None = None
    stddev: Milliseconds | None = None


class _FlatReport(Struct):
    dst: str
    hops: Annotated[list[_FlatHop], Meta(max_length=255)]
    src: str = ""


def _read(value: dict[str, Json]) -> Iterator[ImportedTrace] | None:
    if {"src", "dst", "packets", "hops"} <= value.keys():
        return iter((_trace(_as_report(convert(value, _FlatReport, strict=False))),))
    report = value.get("report")
    if not isinstance(report, dict) or not {"mtr", "hubs"} <= report.keys():
        return None
    return iter((_trace(convert(report, _Report, strict=False)),))


def _as_report(flat: _FlatReport) -> _Report:
    """Return the common form of the variant that some builds of mtr write."""
    hubs = [
        _Hub(
            hop.hop,
            _flat_host(hop),
            hop.asn,
            drop=hop.drop,
            sent=hop.sent,
            last=hop.last,
            mean=hop.avg,
            best=hop.best,
            worst=hop.worst,
            stdev=hop.stddev,
        )
        for hop in flat.hops
    ]
    return _Report(_Mtr(flat.dst, flat.src), hubs)


def _flat_host(hop: _FlatHop) -> str:
    if address_of(hop.ipaddr or "") is None:
        return _SILENT
    return f"{hop.host} ({hop.ipaddr})" if hop.host not in {None, "", "unresolved"} else hop.ipaddr or _SILENT


def _trace(report: _Report) -> ImportedTrace:
    if not report.hubs:
        raise ValueError("no hops (hubs)")
    hops = {hub.count: ImportedHop(hub.count, figures=_figures(hub, report.mtr.tests)) for hub in report.hubs}
    target, address = _target(report.mtr.dst)
    responders = [responder for hop in hops.values() for responder in hop.responders]
    untold = {
        Untold.PROBES: True,
        Untold.MESSAGES: True,
        Untold.PROTOCOL: True,
        Untold.TIME: True,
        Untold.TARGET: address is None,
        Untold.ADDRESSES: any(responder.address is None for responder in responders),
        # mtr gives up after some silent hops and shows one.
        Untold.END: report.hubs[-1].host == _SILENT,
    }
    return ImportedTrace(
        tool="mtr",
        hops=tuple(hops[ttl] for ttl in sorted(hops)),
        target=target,
        address=address,
        vantage=safe_text(report.mtr.src),
        untold=frozenset(left_open for left_open, is_open in untold.items() if is_open),
    )


def _target(text: str) -> tuple[str, str | None]:
    both = _NAME_AND_ADDRESS.fullmatch(text[:400])
    if both is not None and (address := address_of(both[2])) is not None:
        return safe_text(both[1]), address
    return safe_text(text), address_of(text)


def _figures(hub: _Hub, tests: int) -> HopFigures:
    sent, lost = _counts(hub, tests)
    if hub.host == _SILENT or lost == sent:
        return HopFigures(sent, lost)
    both = _HOST.fullmatch(hub.host[:400])
    name, address = (both[1], both[2]) if both is not None else ("", hub.host)
    responder = responder_of(address, name, asns_of(hub.ASN))
    return HopFigures(
        sent,
        lost,
        (responder,) if responder is not None else (),
        last_ns=as_ns(hub.last),
        best_ns=as_ns(hub.best),
        mean_ns=as_ns(hub.mean),
        worst_ns=as_ns(hub.worst),
        stdev_ns=as_ns(hub.stdev),
    )


def _counts(hub: _Hub, tests: int) -> tuple[int, int]:
    """Return probes sent and lost; the columns are the user's choice."""
    if hub.sent is None and hub.drop is not None and hub.received is not None:
        return hub.drop + hub.received, hub.drop
    sent = tests if hub.sent is None else hub.sent
    if hub.drop is not None:
        lost = hub.drop
    elif hub.received is not None:
        lost = sent - hub.received
    else:
        lost = round(sent * (hub.loss or 0) / 100)
    if not 0 <= lost <= sent:
        raise ValueError(f"hop {hub.count}: {lost} of {sent} probes lost")
    return sent, lost


FORMAT: Final = DocumentFormat(
    "mtr JSON",
    'an object with "report", "mtr" and "hubs"',
    frozenset({"report", "packets"}),
    _read,
)
