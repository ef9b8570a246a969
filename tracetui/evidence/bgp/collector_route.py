"""Builds the route of a collector's peer: which AS sees it, and when it was in the table."""

from datetime import datetime

from tracetui.evidence.bgp.route_format import Context
from tracetui.evidence.bgp.route_tokens import prefix_of
from tracetui.model import Asn
from tracetui.model.bgp_route import AsPath, BgpRoute, OriginCode, RouteSource, SegmentKind
from tracetui.model.reference import Address


def collector_route(
    prefix: str,
    path: AsPath | None,
    *,
    tool: str,
    context: Context,
    peer: str,
    peer_asn: Asn | None,
    moment: datetime | None,
    update: bool,
    origin: OriginCode | None = None,
    next_hop: str | None = None,
    communities: tuple[str, ...] = (),
    learned: datetime | None = None,
    collector: str = "",
) -> BgpRoute | None:
    """Return a route as a collector has it from one peer; None where `prefix` is none, or not wanted.

    `moment`: of the table or the update; `learned`: when the collector got it.
    """
    canonical = prefix_of(prefix)
    if canonical is None:
        return None
    return BgpRoute(
        prefix=canonical,
        path=path,
        source=RouteSource(tool, context.name, collector, Address(peer), moment, is_stamped=True),
        viewer=context.viewer if context.viewer is not None else viewer_of(path, peer_asn),
        origin=origin,
        next_hop=None if next_hop is None else Address(next_hop),
        communities=communities,
        last_updated=moment if update else learned,
        is_update=update,
    )


def viewer_of(path: AsPath | None, peer_asn: Asn | None) -> Asn | None:
    """Return which AS sees a peer's route: the peer's own where the path begins with it, or is none.

    Otherwise the peer is a route server, which leaves itself out, or a router of the collector's own AS:
    nobody can tell which.
    """
    if path is None or peer_asn is None:
        return peer_asn
    first = path.segments[0] if path.segments else None
    if first is None:
        return peer_asn
    return peer_asn if first.kind is SegmentKind.SEQUENCE and first.asns[0] == peer_asn else None
