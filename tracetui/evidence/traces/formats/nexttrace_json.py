"""Reads the JSON of NextTrace: a list of probes for each TTL, with the AS of its own lookup."""

import re
from collections.abc import Iterator
from typing import Annotated, Final

from msgspec import Meta, Struct, convert

from tracetui.evidence.json_documents import Json
from tracetui.evidence.traces.document_values import MAX_PROBES, Ttl, asns_of, hops_of, responder_of
from tracetui.evidence.traces.trace_format import DocumentFormat
from tracetui.model.imported_trace import ImportedReply, ImportedTrace, Untold

_LABEL: Final = re.compile(r"\b(?:Lbl|Label|L)[:= ]\s?(\d{1,7})\b", re.IGNORECASE)


class _Address(Struct):
    IP: str = ""


class _Geo(Struct):
    asnumber: str | int | None = None


class _Probe(Struct):
    Success: bool = True
    Address: _Address | str | None = None
    Hostname: str | None = None
    TTL: int = 0
    RTT: Annotated[float, Meta(ge=0, le=3.6e12)] | None = None
    Geo: _Geo | None = None
    MPLS: Annotated[list[str], Meta(max_length=64)] | None = None


class _Hops(Struct):
    hops: Annotated[
        list[Annotated[list[_Probe], Meta(max_length=MAX_PROBES)] | None],
        Meta(max_length=255),
    ]


class _Ttl(Struct):
    ttl: Ttl


def _read(value: dict[str, Json]) -> Iterator[ImportedTrace] | None:
    hops = value.get("Hops", value.get("Traceroute"))
    if not isinstance(hops, list) or not all(isinstance(hop, list | None) for hop in hops):
        return None
    return iter((_trace(convert({"hops": hops}, _Hops).hops),))


def _trace(hops: list[list[_Probe] | None]) -> ImportedTrace:
    probes: dict[int, list[ImportedReply | None]] = {}
    for place, hop in enumerate(hops, start=1):
        for probe in hop or ():
            ttl = convert({"ttl": probe.TTL or place}, _Ttl).ttl
            probes.setdefault(ttl, []).append(_reply(probe))
    if not probes:
        raise ValueError("no hops")
    untold = {Untold.TARGET, Untold.PROTOCOL, Untold.TIME, Untold.MESSAGES}
    return ImportedTrace(tool="NextTrace", hops=hops_of(probes), untold=frozenset(untold))


def _reply(probe: _Probe) -> ImportedReply | None:
    address = probe.Address.IP if isinstance(probe.Address, _Address) else probe.Address
    asns = asns_of(str(probe.Geo.asnumber or "")) if probe.Geo is not None else ()
    labels = tuple(int(label) for note in probe.MPLS or () for label in _LABEL.findall(note[:400]))
    responder = responder_of(address, probe.Hostname, asns, labels) if probe.Success else None
    if responder is None:
        return None
    return ImportedReply(responder, round(probe.RTT) if probe.RTT is not None else None)


FORMAT: Final = DocumentFormat(
    "NextTrace JSON",
    'an object with "Hops", a list of lists',
    frozenset({"Hops", "Traceroute"}),
    _read,
)
