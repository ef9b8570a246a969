"""Gathers what BGP says about a silent lane: via which AS its prefix and a control's leave the AS of L."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tracetui.analysis.bgp_paths import routes_of
from tracetui.analysis.findings.control_fit import Comparison
from tracetui.analysis.findings.observations import Observations
from tracetui.analysis.findings.observed_lane import ObservedLane
from tracetui.model import Address, Asn, Candidate, ControlFit, Evidence, ForeignText, Standing
from tracetui.model.bgp_route import BgpEvidence, BgpRoute
from tracetui.model.evidence import (
    Announced,
    BgpNotFollowed,
    BgpPath,
    PrefixUpdated,
    ReachedElsewhere,
    RoutesDiffer,
    SameNextAs,
    SeenBefore,
)
from tracetui.model.moment import moment_of

BGP_CONTRADICTS: Final = (RoutesDiffer, BgpNotFollowed)
"""Evidence that is told before all else: it speaks against what control and BGP would show together."""

UPDATE_NEAR: Final = timedelta(minutes=1)
"""The largest time between a BGP update and the start of a silence for which the two count as related."""

MAX_AGE: Final = timedelta(days=1)
"""How much older than the silence, or newer than the last measurement, a collector's table may be."""

_MAX_TOLD: Final = 2
"""Routes of the AS of L, and of others, listed in the evidence."""


def bgp_evidence(
    observations: Observations,
    suspect: ObservedLane,
    controls: Sequence[Comparison],
    measured: Sequence[Evidence],
) -> Iterator[Evidence]:
    """Yield what contradicts first, then the way, then what is only told.

    `measured`: what traces say of the lane.
    """
    bgp = observations.snapshot.outside.bgp
    if not bgp.routes and not bgp.updates and not bgp.questions:
        return
    inside = _firm_as(observations, suspect)
    if inside is not None:
        yield from _compared(observations, suspect, inside, controls, measured)
    yield from _updated(bgp, suspect, measured)
    yield from _told(observations, suspect)
    yield from _announced(bgp, suspect.lane.address)


def _firm_as(observations: Observations, suspect: ObservedLane) -> Asn | None:
    """Return the AS of L, where it is firmly of one."""
    last = observations.last_hop(suspect)
    if last is None or last.address is None or not observations.identifies(last.address):
        return None
    return _firm(observations, last)


def _firm(observations: Observations, router: Candidate | None) -> Asn | None:
    if router is None or router.address is None:
        return None
    owner = observations.router_owner(router)
    return owner.owners[0] if owner.standing is Standing.FIRM and len(owner.owners) == 1 else None


@dataclass(frozen=True, slots=True)
class _Routes:
    """The routes of the AS of L to a suspect, and to one of its controls."""

    viewer: Asn
    control: Comparison
    own: Sequence[BgpRoute]
    beside: Sequence[BgpRoute]

    @property
    def control_nexts(self) -> set[Asn]:
        """The next ASes on the way to the control."""
        return {route.beyond[0] for route in self.beside if route.beyond}


def _compared(
    observations: Observations,
    suspect: ObservedLane,
    viewer: Asn,
    controls: Sequence[Comparison],
    measured: Sequence[Evidence],
) -> Iterator[Evidence]:
    """Yield what the routes of the AS of L to the suspect and to the best control it has one for show."""
    own = _current(observations, suspect, suspect.lane.address, viewer)
    for one in controls if own else ():
        if one.fit is not ControlFit.VALID or one.evidence is None:
            continue
        routes = _Routes(viewer, one, own, _current(observations, suspect, one.control.lane.address, viewer))
        if not routes.control_nexts:
            continue
        against = _differing(routes) or _not_followed(observations, routes)
        if against is not None:
            yield against
        else:
            yield from _same_next(observations, suspect, routes, measured)
        return


def _current(
    observations: Observations, suspect: ObservedLane, address: str, viewer: Asn
) -> Sequence[BgpRoute]:
    """Return the routes that stood there about when the lane was silent, as far as sources say when."""
    first = moment_of(suspect.silence.since_ns) - MAX_AGE
    last = observations.snapshot.created_at + MAX_AGE
    return [
        route
        for route in routes_of(viewer, address, observations.snapshot.outside.bgp)
        if not route.source.is_stamped
        or route.source.taken_at is None
        or first <= route.source.taken_at <= last
    ]


def _table(route: BgpRoute) -> object:
    """Return the table that a route stands in: a router's, or what a peer told a collector."""
    source = route.source
    return source.name, source.collector, source.peer if source.is_stamped else None


def _differing(routes: _Routes) -> RoutesDiffer | None:
    """Return that one table has no next AS in common for the suspect and the control.

    Where no table has a route to both, all of them together are compared.
    """
    tables: dict[object, set[Asn]] = {}
    for route in routes.beside:
        tables.setdefault(_table(route), set()).update(route.beyond[:1])
    shared = [route for route in routes.own if tables.get(_table(route))]
    for route in shared or routes.own:
        nexts = tables[_table(route)] if shared else routes.control_nexts
        if nexts.isdisjoint(route.beyond[:1]):
            next_as = route.beyond[0] if route.beyond else None
            return RoutesDiffer(routes.viewer, route.prefix, next_as, routes.control.control.id, min(nexts))
    return None


def _not_followed(observations: Observations, routes: _Routes) -> BgpNotFollowed | None:
    """Return evidence that the first address of another AS on the control's path is in no AS that BGP names.

    It may be a stray of a third network; then no more is shown than without BGP.
    """
    compared, told = routes.control, routes.control_nexts
    lane = compared.control.lane
    expected = {*told, *observations.origins(lane.address)}
    for step in compared.control.path.steps:
        origins = observations.origins(step.address)
        if step.ttl > (compared.ttl or 0) and origins and routes.viewer not in origins:
            is_stray = step.address != lane.address and expected.isdisjoint(origins)
            seen = BgpNotFollowed(routes.viewer, compared.control.id, min(told), Asn(origins[0]))
            return seen if is_stray else None
    return None


def _same_next(
    observations: Observations, suspect: ObservedLane, routes: _Routes, measured: Sequence[Evidence]
) -> Iterator[SameNextAs]:
    """Yield the way by ASes, where all tables of the AS of L agree on one next AS for both."""
    nexts = {route.beyond[:1] for route in (*routes.own, *routes.beside)}
    following = routes.control.evidence.following if routes.control.evidence is not None else None
    (next_as,) = (len(nexts) == 1 and next(iter(nexts))) or (None,)
    origins = {asn for route in routes.own if route.path is not None for asn in route.path.origins}
    at_endpoint = {*origins, *observations.origins(suspect.lane.address), routes.viewer}
    if next_as is None or next_as in at_endpoint:
        return
    yield SameNextAs(
        viewer=routes.viewer,
        next_as=next_as,
        prefix=routes.own[0].prefix,
        control=routes.control.control.id,
        control_prefix=routes.beside[0].prefix,
        last_is_inside=_firm(observations, following) == routes.viewer,
        delivers_elsewhere=any(
            next_as in seen.path for seen in measured if isinstance(seen, ReachedElsewhere)
        ),
        same_next_hop=bool(_next_hops(routes.own)) and _next_hops(routes.own) == _next_hops(routes.beside),
    )


def _next_hops(routes: Sequence[BgpRoute]) -> set[object]:
    """Return the next hops of each table: those of different routers say nothing of each other."""
    return {(_table(route), route.next_hop) for route in routes if route.next_hop is not None}


def _updated(
    bgp: BgpEvidence, suspect: ObservedLane, measured: Sequence[Evidence]
) -> Iterator[PrefixUpdated]:
    """Yield the updates of the suspect's prefix about when it fell silent, where that was seen."""
    until = next((one.until for one in measured if isinstance(one, SeenBefore)), None)
    if until is None:
        return
    near = [
        (abs(update.last_updated - until), update, update.last_updated)
        for update in bgp.updates
        if update.last_updated is not None
        and abs(update.last_updated - until) <= UPDATE_NEAR
        and update.covers(suspect.lane.address)
    ]
    if near:
        _, closest, at = min(near, key=lambda each: each[0])
        gone = sum(update.path is None for _, update, _ in near)
        yield PrefixUpdated(closest.prefix, at, len(near), gone)


def _told(observations: Observations, suspect: ObservedLane) -> Iterator[BgpPath]:
    """Yield routes of the AS of L, and of others, those that cross it first."""
    address, last = suspect.lane.address, observations.last_hop(suspect)
    routes = [
        route for route in observations.snapshot.outside.bgp.routes_to(address) if route.best is not False
    ]
    inside = last.asn if last is not None else None
    own = [route for route in routes if inside is not None and route.viewer == inside]
    others = [route for route in routes if inside is None or route.viewer != inside]
    others.sort(key=lambda route: inside not in route.beyond)
    for some in (own, others):
        told = {(route.viewer, route.beyond): route for route in reversed(some)}
        for route in list(reversed(told.values()))[:_MAX_TOLD]:
            yield BgpPath(
                viewer=route.viewer,
                prefix=route.prefix,
                path=route.beyond,
                announced=route.path is not None,
                source=ForeignText(f"{route.source.tool} {route.source.collector}".rstrip()),
                at=route.source.taken_at if route.source.is_stamped else None,
                last_updated=route.last_updated,
                rpki=route.rpki,
            )


def _announced(bgp: BgpEvidence, address: str) -> Iterator[Announced]:
    question = bgp.question(address)
    answer = question.answer if question is not None else None
    if answer is None:
        return
    first = answer.origins[0] if answer.origins else None
    since: datetime | None = first.since if first is not None else None
    yield Announced(
        Address(address),
        answer.prefix,
        tuple(origin.asn for origin in answer.origins),
        since,
        first.rpki if first is not None else None,
        ForeignText(answer.source),
        answer.taken_at,
    )
