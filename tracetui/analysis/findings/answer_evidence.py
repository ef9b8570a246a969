"""Gathers evidence about who sends the answers in an endpoint's name, for one lane."""

from collections.abc import Iterator
from typing import Final

from tracetui.analysis.findings.observations import Observations
from tracetui.analysis.findings.observed_lane import Condition, ObservedLane
from tracetui.analysis.findings.shown_path import Step
from tracetui.model import Candidate, Evidence, Relation, ReplyKind
from tracetui.model.evidence import (
    AnsweredTwice,
    Answers,
    ControlFarther,
    GoesFarther,
    LatelySilent,
    OwnProbesGoFarther,
    PrefixesAnswerBehind,
    RouterOwner,
    SameDistance,
)

_MIN_LATELY_SILENT: Final = 5


def answer_evidence(observations: Observations, observed: ObservedLane) -> Iterator[Evidence]:
    """Yield what there is on who sends the answers of a lane."""
    ttl = answer_ttl(observed)
    yield Answers(observed.id, observed.proof, ttl, observed.rate.answered, observed.rate.rounds)
    if observed.rate.lately_silent >= _MIN_LATELY_SILENT:
        yield LatelySilent(observed.id, observed.rate.lately_silent)
    if ttl is None:
        return
    yield from _twice(observed)
    before = router_before(observed, ttl)
    yield from _siblings(observations, observed, ttl, before)
    if observed.exceeded_beyond_answer is not None:
        yield OwnProbesGoFarther(observed.id, observed.exceeded_beyond_answer)
    yield from _prefixes_behind(observations, observed, ttl, before)
    if before is not None:
        yield from _control_farther(observations, observed, before)


def answer_ttl(observed: ObservedLane) -> int | None:
    """Return the lowest TTL that is answered in the endpoint's name."""
    return observed.verdict.proof_ttl or observed.distance


def router_before(observed: ObservedLane, ttl: int) -> Step | None:
    """Return the last router before `ttl` that shows itself."""
    before = max((one for one in observed.path.routers if one < ttl), default=None)
    return None if before is None else Step(before, observed.path.router_at(before))


def candidate_before(observations: Observations, observed: ObservedLane) -> Candidate | None:
    """Return that router as facts name it."""
    ttl = answer_ttl(observed)
    step = router_before(observed, ttl) if ttl is not None else None
    return None if step is None else observations.candidate(observed, step.ttl, step.address)


def _twice(observed: ObservedLane) -> Iterator[AnsweredTwice]:
    """Each pair of kinds once, whichever came first."""
    pairs: dict[frozenset[ReplyKind], AnsweredTwice] = {}
    for first, second, times in observed.recent.doubled:
        kinds = frozenset({first, second})
        known = pairs.get(kinds)
        pairs[kinds] = AnsweredTwice(observed.id, first, second, times + (known.times if known else 0))
    yield from pairs.values()


def _siblings(
    observations: Observations, observed: ObservedLane, ttl: int, before: Step | None
) -> Iterator[GoesFarther | SameDistance]:
    """Compare the answer's distance with what other lanes to the same address show behind the same router."""
    for other in observations.siblings(observed):
        if not other.outcomes:
            continue
        there = other.path.ttl_of(before.address) if before is not None else 0
        farthest = _farthest(other)
        if there is None or farthest is None:
            continue
        own_hops, hops = ttl - (before.ttl if before is not None else 0), farthest - there
        if hops > own_hops:
            adjacent = before is None or before.ttl == ttl - 1
            more = hops - own_hops if adjacent else 1
            router = observations.candidate(observed, before.ttl, before.address) if before else None
            yield GoesFarther(other.id, router or Candidate(0, None, None), more)
        elif hops == own_hops and other.condition is Condition.ANSWERED:
            yield SameDistance(other.id, ttl)


def _farthest(observed: ObservedLane) -> int | None:
    """Return how far another lane's way is seen to go: its endpoint's distance, else its farthest router."""
    if observed.condition is Condition.ANSWERED:
        return observed.recent.exact_distance
    return observed.path.farthest_router


def _prefixes_behind(
    observations: Observations, observed: ObservedLane, ttl: int, before: Step | None
) -> Iterator[PrefixesAnswerBehind]:
    """Endpoints of several networks, right behind one router that is in none of them, or at the first hop."""
    place = 0 if before is None else before.ttl
    if place != ttl - 1:
        return
    own = set(observations.origins(before.address)) if before is not None else set()
    behind = [
        other
        for other in observations.from_same_place(observed)
        if other.condition in {Condition.ANSWERED, Condition.EARLY}
        and other.lane.label == observed.lane.label
        and (at := 0 if before is None else other.path.ttl_of(before.address)) is not None
        and answer_ttl(other) == at + 1
        and own.isdisjoint(observations.origins(other.lane.address))
    ]
    apart = any(
        observations.relation(observed.lane.address, other.lane.address) < Relation.SAME_PREFIX
        and observations.origins(other.lane.address)
        for other in behind
    )
    if observed in behind and apart:
        router = observations.candidate(observed, place, None if before is None else before.address)
        yield PrefixesAnswerBehind(router, tuple(other.id for other in behind))


def _control_farther(
    observations: Observations, observed: ObservedLane, before: Step
) -> Iterator[ControlFarther]:
    """Another endpoint of the same origin AS whose path continues for several routers beyond the same
    router."""
    home = set(observations.origins(observed.lane.address))
    for other in observations.from_same_place(observed):
        if other.lane.address == observed.lane.address or home.isdisjoint(
            observations.origins(other.lane.address)
        ):
            continue
        there = other.path.ttl_of(before.address)
        if there is None or other.condition is not Condition.ANSWERED:
            continue
        routers = sum(step.ttl > there and step.address != other.lane.address for step in other.path.steps)
        if routers > 1:
            yield ControlFarther(other.id, routers)
            return


def next_owner(observations: Observations, observed: ObservedLane) -> RouterOwner | None:
    """Return whose the router is that follows the last one before the answer, on the way of another lane."""
    ttl = answer_ttl(observed)
    before = router_before(observed, ttl) if ttl is not None else None
    if before is None:
        return None
    for other in (observed, *observations.siblings(observed), *observations.from_same_place(observed)):
        there = other.path.ttl_of(before.address)
        end = None if other is observed and observed.exceeded_beyond_answer else other.distance
        step = next(
            (at for at in sorted(other.path.routers) if there is not None and at > there and at != end), None
        )
        if there is not None and step is not None and (end is None or step < end):
            address = other.path.router_at(step)
            return observations.router_owner(
                observations.candidate(other, before.ttl + step - there, address)
            )
    return None
