"""Decides whose probes are watched where: who has the address that a lane leads to sees its probes arrive."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from tracetui.model import LaneTrace
from tracetui.probing.arrival_watch import WatchedFlow


def flows_to_watch(traces: Sequence[LaneTrace], public: Sequence[str]) -> list[WatchedFlow]:
    """Return the flows of lanes between here and vantages whose end is the other.

    `public`: the addresses by which this machine is known outside. A lane from here arrives with one of them
    where a NAT translates its own.
    """
    probing = [trace for trace in traces if trace.provenance is None and trace.lane.imported is None]
    places: dict[str | None, set[str]] = defaultdict(set)
    for trace in probing:
        if trace.source is not None:
            places[trace.lane.via].add(trace.source)
    return [flow for trace in probing for flow in _flows(trace, places, public)]


def _flows(
    trace: LaneTrace, places: dict[str | None, set[str]], public: Sequence[str]
) -> Iterator[WatchedFlow]:
    lane, source = trace.lane, trace.source
    if source is None or not trace.flow_numbers:
        return
    if lane.via is not None:
        if lane.address in places[None]:
            yield _flow(trace, None, (source,), direct=True)
        return
    seers = [via for via, addresses in places.items() if via is not None and lane.address in addresses]
    for via in seers[:1]:
        direct = source in public
        outside = [address for address in public if (":" in address) == (":" in source)]
        yield _flow(trace, via, (source,) if direct else (*outside, source), direct=direct)


def _flow(trace: LaneTrace, seen_by: str | None, sources: tuple[str, ...], *, direct: bool) -> WatchedFlow:
    lane = trace.lane
    return WatchedFlow(
        lane.id,
        lane.protocol,
        tuple(source.partition("%")[0] for source in sources),
        lane.address.partition("%")[0],
        lane.port,
        trace.flow_numbers,
        seen_by,
        direct,
    )
