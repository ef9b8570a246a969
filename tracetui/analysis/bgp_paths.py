"""Finds the BGP path to an address as seen by one AS, and the ASes expected beyond a silence."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tracetui.model import Asn, ControlFit, LaneSnapshot, PathState, Role, Snapshot
from tracetui.model.bgp_route import BgpEvidence, BgpRoute


@dataclass(frozen=True, slots=True)
class ExpectedPath:
    """Where packets would go on by BGP, behind the last AS that answers."""

    path: tuple[Asn, ...]
    """The ASes after it, the next one first."""

    route: BgpRoute
    """The route that says so."""

    by_last: bool
    """It is the last AS's own; False: another AS's, whose path crosses it."""

    others: int
    """Routes of the same kind that go on otherwise."""

    @property
    def next_as(self) -> Asn:
        """The next AS."""
        return self.path[0]


def routes_of(viewer: int, address: str, bgp: BgpEvidence) -> Sequence[BgpRoute]:
    """Return the routes that one AS uses for packets to an address: of routers that mark the best, that."""
    own = [route for route in bgp.routes_to(address) if route.viewer == viewer]
    marked = {_router(route) for route in own if route.best}
    return [route for route in own if route.best or _router(route) not in marked]


def bgp_beyond(lane: LaneSnapshot, snapshot: Snapshot) -> ExpectedPath | None:
    """Return where a lane that goes silent would go on by BGP; None where a control shows that.

    The one answer to this question for the board, AS paths and reports.
    """
    if lane.verdict.state is not PathState.SILENT_AFTER or lane.lane.role is Role.CONTROL or not lane.as_path:
        return None
    if any(check.suspect == lane.id and check.fit is ControlFit.VALID for check in snapshot.controls):
        return None
    return expected_path(lane.as_path[-1], lane.lane.address, snapshot.outside.bgp)


def expected_path(last: int, address: str, bgp: BgpEvidence) -> ExpectedPath | None:
    """Return how packets to an address go on behind the AS `last`; None where no route says so.

    Its own route counts before another AS's that crosses it; among those, what most of them say.
    """
    own = routes_of(last, address, bgp)
    found = _commonest(((route.beyond, route) for route in own), by_last=True)
    if found is not None or own:
        return found
    crossing = (
        (route.beyond[route.beyond.index(Asn(last)) + 1 :], route)
        for route in bgp.routes_to(address)
        if last in route.beyond and route.best is not False
    )
    return _commonest(crossing, by_last=False)


def _commonest(found: Iterable[tuple[tuple[Asn, ...], BgpRoute]], *, by_last: bool) -> ExpectedPath | None:
    known = [(path, route) for path, route in found if path]
    if not known:
        return None
    counts = Counter(path for path, _ in known)
    chosen = max(counts, key=lambda path: counts[path])
    route = next(route for path, route in known if path == chosen)
    return ExpectedPath(chosen, route, by_last, len(known) - counts[chosen])


def _router(route: BgpRoute) -> object:
    source = route.source
    return source.tool, source.name, source.collector, source.taken_at
