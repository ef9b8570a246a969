"""Reads measurements of Globalping: traceroute and mtr, each probe a trace with its vantage."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Final

from msgspec import Meta, Struct, convert

from tracetui.evidence.json_documents import Json
from tracetui.evidence.traces.document_values import (
    MAX_PROBES,
    Asn,
    Count,
    Milliseconds,
    Port,
    as_ns,
    country_of,
    moment_of,
    protocol_of,
    responder_of,
)
from tracetui.evidence.traces.hop_line import address_of
from tracetui.evidence.traces.read_traces import traces_in_lines
from tracetui.evidence.traces.reply_kinds import Endpoint, with_kinds
from tracetui.evidence.traces.trace_format import DocumentFormat
from tracetui.model import ProbeProtocol, safe_text
from tracetui.model.imported_trace import (
    HopFigures,
    ImportedHop,
    ImportedReply,
    ImportedTrace,
    Untold,
)

_DEFAULT_PORT: Final = 80
_MAX_HOPS: Final = 255


class _Timing(Struct):
    rtt: Milliseconds | None = None


class _Stats(Struct, rename="camel"):
    min: Milliseconds | None = None
    max: Milliseconds | None = None
    avg: Milliseconds | None = None
    st_dev: Milliseconds | None = None
    total: Count = 0
    rcv: Count = 0


class _Hop(Struct, rename="camel"):
    resolved_address: str | None = None
    resolved_hostname: str | None = None
    timings: Annotated[list[_Timing], Meta(max_length=MAX_PROBES)] = []
    asn: Annotated[list[Asn], Meta(max_length=64)] = []
    stats: _Stats | None = None


class _Result(Struct, rename="camel"):
    status: str = "finished"
    raw_output: str | None = None
    resolved_address: str | None = None
    resolved_hostname: str | None = None
    hops: Annotated[list[_Hop], Meta(max_length=_MAX_HOPS)] = []


class _Probe(Struct, frozen=True):
    city: str | None = None
    state: str | None = None
    country: str | None = None
    asn: Asn | None = None
    network: str | None = None


class _Where(Struct):
    probe: _Probe = _Probe()


class _What(Struct):
    result: _Result


class _Options(Struct):
    protocol: str | None = None
    port: Port | None = None


class _Measurement(Struct, rename="camel"):
    type: str = ""
    target: str = ""
    created_at: str | None = None
    measurement_options: _Options | None = None


def _read(value: dict[str, Json]) -> Iterator[ImportedTrace | str] | None:
    results = value.get("results")
    if isinstance(results, list) and ("probesCount" in value or _holds_parts(results)):
        measurement = convert(value, _Measurement)
        if measurement.type not in {"traceroute", "mtr"}:
            return iter((f"a measurement of {safe_text(measurement.type, limit=20)} holds no trace",))
        return (_trace(measurement, item) for item in results)
    if "measurementId" in value and "result" in value:
        return iter((_trace(_Measurement(), value),))
    return None


def _holds_parts(results: list[Json]) -> bool:
    return bool(results) and isinstance(results[0], dict) and {"probe", "result"} <= results[0].keys()


def _trace(measurement: _Measurement, item: Json) -> ImportedTrace | str:
    """Return the trace of one probe, or what is wrong with it."""
    place = "a probe"
    try:
        probe = convert(item, _Where).probe
        place = _vantage(probe) or place
        result = convert(item, _What).result
        found = _read_result(result)
    except ValueError as error:
        return f"{place}: {error}"
    if found is None:
        said = (result.raw_output or "").strip().partition("\n")[0]
        return f"{place}: {result.status}: {said or 'no hops'}"
    return _with_measurement(found, measurement, probe, result)


def _vantage(probe: _Probe) -> str:
    """Return `Falkenstein, DE, AS24940 Hetzner Online`."""
    network = " ".join(filter(None, (f"AS{probe.asn}" if probe.asn else "", probe.network)))
    return safe_text(", ".join(filter(None, (probe.city, probe.state, probe.country, network))))


def _read_result(result: _Result) -> ImportedTrace | None:
    in_text = next(iter(traces_in_lines(result.raw_output or "")), None)
    is_mtr = any(hop.stats is not None for hop in result.hops)
    # The text of traceroute keeps lost probes and ICMP errors, which the list of hops has not. For mtr, the
    # list has more figures.
    if in_text is not None and (not is_mtr or len(in_text.hops) > len(result.hops)):
        return in_text
    if is_mtr:
        untold = {Untold.PROBES, Untold.MESSAGES}
        if result.hops[-1].resolved_address is None:
            untold.add(Untold.END)
        return _with_hops((_hop_of_figures(ttl, hop) for ttl, hop in enumerate(result.hops, 1)), untold)
    if not result.hops:
        return None
    untold = {Untold.LOST_PROBES, Untold.MESSAGES}
    return _with_hops((_hop_of_timings(ttl, hop) for ttl, hop in enumerate(result.hops, 1)), untold)


def _with_hops(hops: Iterator[ImportedHop], untold: set[Untold]) -> ImportedTrace:
    return ImportedTrace(tool="Globalping", hops=tuple(hops), untold=frozenset(untold))


def _hop_of_figures(ttl: int, hop: _Hop) -> ImportedHop:
    stats = hop.stats or _Stats()
    if stats.rcv > stats.total:
        raise ValueError(f"hop {ttl}: more replies ({stats.rcv}) than probes ({stats.total})")
    responder = responder_of(hop.resolved_address, hop.resolved_hostname, tuple(hop.asn))
    figures = HopFigures(
        sent=stats.total,
        lost=stats.total - stats.rcv,
        responders=(responder,) if responder is not None else (),
        last_ns=as_ns(hop.timings[-1].rtt) if hop.timings else None,
        best_ns=as_ns(stats.min),
        mean_ns=as_ns(stats.avg),
        worst_ns=as_ns(stats.max),
        stdev_ns=as_ns(stats.st_dev),
    )
    return ImportedHop(ttl, figures=figures)


def _hop_of_timings(ttl: int, hop: _Hop) -> ImportedHop:
    responder = responder_of(hop.resolved_address, hop.resolved_hostname, tuple(hop.asn))
    if responder is None:
        return ImportedHop(ttl, (None,))
    return ImportedHop(ttl, tuple(ImportedReply(responder, as_ns(timing.rtt)) for timing in hop.timings))


def _with_measurement(
    found: ImportedTrace, measurement: _Measurement, probe: _Probe, result: _Result
) -> ImportedTrace:
    """Add what the measurement tells of the trace, where its own text does not."""
    address = address_of(result.resolved_address or "") or found.address
    started_at = moment_of(measurement.created_at)
    options = measurement.measurement_options or _Options()
    # The API probes by ICMP unless told otherwise, and names what it was told.
    protocol = protocol_of(options.protocol or "ICMP") if measurement.type else None
    endpoint = Endpoint(address, "", protocol)
    has_port = protocol in {ProbeProtocol.TCP, ProbeProtocol.UDP}
    is_finished = result.status == "finished"
    untold = {
        Untold.PROTOCOL: protocol is None,
        Untold.TIME: started_at is None,
        Untold.TARGET: address is None,
        Untold.END: not is_finished or Untold.END in found.untold,
    }
    kept = found.untold - untold.keys()
    return replace(
        found,
        tool="Globalping",
        hops=found.hops
        if Untold.MESSAGES in found.untold
        else with_kinds(found.hops, endpoint, found.max_hops),
        target=safe_text(measurement.target) or found.target or safe_text(result.resolved_hostname or ""),
        address=address,
        protocol=protocol,
        port=(options.port or _DEFAULT_PORT) if has_port else None,
        vantage=_vantage(probe),
        source_asn=probe.asn or None,
        source_country=country_of(probe.country),
        started_at=started_at,
        untold=kept | {left_open for left_open, is_open in untold.items() if is_open},
        lines=(0, 0),
        remarks=(
            *found.remarks,
            *(() if is_finished else (f"the measurement is {safe_text(result.status)}",)),
        ),
    )


FORMAT: Final = DocumentFormat(
    "Globalping",
    'a measurement with "probesCount" and "results"',
    frozenset({"results", "result"}),
    _read,
)
