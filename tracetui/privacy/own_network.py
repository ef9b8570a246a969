"""Routers of our own network on ways back: the last ones before this machine, as the first ones are out."""

from collections.abc import Iterator

from tracetui.analysis.rounds.lazy_hops import LazyHops
from tracetui.model import LaneTrace, Snapshot


def own_network(snapshot: Snapshot, count: int) -> Iterator[str]:
    """Yield the last `count` routers of every way back; too many where one stops early."""
    for lane in snapshot.lanes:
        if count and lane.lane.via is not None and lane.lane.address in snapshot.public_addresses:
            yield from _last_routers(lane.trace, count)


def _last_routers(trace: LaneTrace, count: int) -> Iterator[str]:
    endpoint = trace.lane.address
    for outcome in trace.outcomes:
        yield from [address for address in outcome.path if address and address != endpoint][-count:]
    if not isinstance(trace.hops, LazyHops):
        shown = [hop for hop in trace.hops if any(one.address != endpoint for one in hop.responders)]
        for hop in shown[-count:]:
            yield from (one.address for one in hop.responders if one.address != endpoint)
