"""Reads the JSON that `jc --traceroute` makes of the text of traceroute."""

from collections.abc import Iterator
from typing import Annotated, Final

from msgspec import Meta, Struct, convert

from tracetui.evidence.json_documents import Json
from tracetui.evidence.traces.document_values import (
    MAX_PROBES,
    Asn,
    Milliseconds,
    Ttl,
    as_ns,
    responder_of,
)
from tracetui.evidence.traces.hop_line import address_of
from tracetui.evidence.traces.trace_format import DocumentFormat
from tracetui.model import safe_text
from tracetui.model.imported_trace import ImportedHop, ImportedReply, ImportedTrace, Untold


class _Probe(Struct):
    ip: str | None = None
    name: str | None = None
    asn: Asn | None = None
    rtt: Milliseconds | None = None


class _Hop(Struct):
    hop: Ttl
    probes: Annotated[list[_Probe], Meta(max_length=MAX_PROBES)] = []


class _Document(Struct):
    hops: Annotated[list[_Hop], Meta(max_length=255)]
    destination_ip: str | None = None
    destination_name: str | None = None
    max_hops: Ttl | None = None


def _read(value: dict[str, Json]) -> Iterator[ImportedTrace] | None:
    if "hops" not in value or not {"destination_ip", "destination_name"} <= value.keys():
        return None
    return iter((_trace(convert(value, _Document, strict=False)),))


def _trace(read: _Document) -> ImportedTrace:
    hops = {hop.hop: ImportedHop(hop.hop, _probes(hop)) for hop in read.hops}
    if not hops:
        raise ValueError("no hops")
    address = address_of(read.destination_ip or "")
    untold = {Untold.LOST_PROBES, Untold.MESSAGES, Untold.PROTOCOL, Untold.TIME}
    return ImportedTrace(
        tool="traceroute",
        hops=tuple(hops[ttl] for ttl in sorted(hops)),
        target=safe_text(read.destination_name or read.destination_ip or ""),
        address=address,
        untold=frozenset(untold | ({Untold.TARGET} if address is None else set())),
        max_hops=read.max_hops,
    )


def _probes(hop: _Hop) -> tuple[ImportedReply | None, ...]:
    """Return the answers of a hop; jc leaves lost probes out, so a hop without any was silent."""
    answers = (
        (responder_of(probe.ip, probe.name, (probe.asn,) if probe.asn else ()), probe) for probe in hop.probes
    )
    replies = (
        ImportedReply(responder, as_ns(probe.rtt)) for responder, probe in answers if responder is not None
    )
    return tuple(replies) or (None,)


FORMAT: Final = DocumentFormat(
    "jc --traceroute",
    'an object with "destination_ip" and "hops"',
    frozenset({"destination_ip"}),
    _read,
)
