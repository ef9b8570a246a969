"""Decides whether a suspect's packets are shown to go from the last hop L to the router L+1.

That a control shares L shows nothing of what follows L.
"""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import partial

from tracetui.analysis.findings.control_fit import Comparison
from tracetui.analysis.findings.observations import Observations
from tracetui.analysis.findings.observed_lane import ObservedLane
from tracetui.analysis.findings.path_before_silence import moved_since
from tracetui.analysis.findings.router_owner import near_prefix
from tracetui.analysis.findings.shown_path import Step
from tracetui.model import ControlFit, Prefix, Relation, Standing
from tracetui.model.evidence import CrossesPass, NeighbourPasses, SeenBefore, WayShown
from tracetui.model.moment import moment_of


def ways_shown(
    observations: Observations,
    suspect: ObservedLane,
    controls: Sequence[Comparison],
    services: Sequence[Comparison],
) -> Iterator[WayShown]:
    """Yield evidence that the suspect's packets go on to a router that answers other lanes."""
    yield from _seen_before(suspect, [*controls, *services])
    yield from _neighbour_passes(observations, suspect, controls)
    yield from _crosses_pass(controls, services)


def _seen_before(suspect: ObservedLane, others: Sequence[Comparison]) -> Iterator[SeenBefore]:
    """L+1 and the endpoint answered the suspect until both fell silent, and L+1 answers others still."""
    seen = suspect.seen
    if seen is None:
        return
    for one in others:
        shown = one.evidence
        if shown is None or shown.following is None:
            continue
        following = shown.following
        if (following.ttl, following.address) == seen.following and not moved_since(
            one.control.outcomes, seen
        ):
            yield SeenBefore(
                following=following,
                lanes=(suspect.id,),
                control=one.control.id,
                until=moment_of(seen.until_ns),
            )
            return


def _neighbour_passes(
    observations: Observations, suspect: ObservedLane, controls: Sequence[Comparison]
) -> Iterator[NeighbourPasses]:
    """A control in the same /24 (IPv6: /48) continues, beyond the AS of L, to a router of another AS."""
    for one in controls:
        shown = one.evidence
        if one.fit is not ControlFit.VALID or one.relation is not Relation.NEIGHBOUR:
            continue
        if shown is None or shown.following is None or shown.gap:
            continue
        key = _router_of_another, suspect.silence.addresses, one.control.id, shown.ttl
        beyond = observations.paths.once(
            key, partial(_router_of_another, observations, suspect, one.control, shown.ttl)
        )
        if beyond is not None:
            router = observations.candidate(
                one.control, suspect.silence.last_ttl + beyond.ttl - shown.ttl, beyond.address
            )
            prefix = Prefix(near_prefix(suspect.lane.address))
            yield NeighbourPasses(
                following=shown.following, control=one.control.id, prefix=prefix, beyond=router
            )
            return


def _router_of_another(
    observations: Observations, suspect: ObservedLane, control: ObservedLane, last_ttl: int
) -> Step | None:
    """Return the first router behind L on a control's path that is of another AS than L."""
    own = set(observations.origins(suspect.silence.address or ""))
    return next(
        (
            step
            for step in control.path.steps
            if own
            and step.ttl > last_ttl
            and step.address != control.lane.address
            and _is_of_another(observations, control, step, own)
        ),
        None,
    )


def _is_of_another(
    observations: Observations, control: ObservedLane, step: Step, own: AbstractSet[int]
) -> bool:
    """Tell whether a router is surely of an AS other than those of L: no stray address of a third network."""
    owner = observations.router_owner(observations.candidate(control, step.ttl, step.address))
    return owner.standing in {Standing.FIRM, Standing.LOOSE, Standing.EDGE} and own.isdisjoint(owner.origins)


def _crosses_pass(controls: Sequence[Comparison], services: Sequence[Comparison]) -> Iterator[CrossesPass]:
    """Another service of this address and this service of another address both go from L to the same L+1."""
    for service in services:
        for control in controls:
            here, there = service.evidence, control.evidence
            if here is None or there is None or here.gap or there.gap or here.following is None:
                continue
            if control.fit not in {ControlFit.VALID, ControlFit.OTHER_ORIGIN} or there.following is None:
                continue
            if here.following.address == there.following.address:
                yield CrossesPass(
                    following=here.following, service=service.control.id, address=control.control.id
                )
                return
