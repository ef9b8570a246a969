"""Who sends the answers in an endpoint's name? Evidence for one lane that gets them."""

from collections.abc import Iterator
from typing import Final

from tracetui.analysis.findings.reading import Condition, Reading, Step
from tracetui.analysis.findings.scene import Scene
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

_TWICE: Final = 2
"""Replies of a router that count: one alone may be a stray."""

_LATELY_ROUNDS: Final = 5


def answer_evidence(scene: Scene, reading: Reading) -> Iterator[Evidence]:
    """Yield what there is on who sends the answers of a lane."""
    ttl = answer_ttl(reading)
    yield Answers(reading.id, reading.proof, ttl, reading.share.answered, reading.share.rounds)
    if reading.share.lately_silent >= _LATELY_ROUNDS:
        yield LatelySilent(reading.id, reading.share.lately_silent)
    if ttl is None:
        return
    yield from _twice(reading)
    before = router_before(reading, ttl)
    yield from _siblings(scene, reading, ttl, before)
    if reading.exceeded_beyond_answer is not None:
        yield OwnProbesGoFarther(reading.id, reading.exceeded_beyond_answer)
    if before is not None:
        yield from _prefixes_behind(scene, reading, ttl, before)
        yield from _control_farther(scene, reading, before)


def answer_ttl(reading: Reading) -> int | None:
    """Return the lowest TTL that is answered in the endpoint's name."""
    return reading.verdict.proof_ttl or reading.distance


def router_before(reading: Reading, ttl: int) -> Step | None:
    """Return the last router before `ttl` that shows itself."""
    found = [one for one in reading.routers if one < ttl]
    if not found:
        return None
    at_ttl = reading.routers[max(found)]
    return Step(max(found), max(at_ttl, key=at_ttl.__getitem__))


def candidate_before(scene: Scene, reading: Reading) -> Candidate | None:
    """Return that router as facts name it."""
    ttl = answer_ttl(reading)
    step = router_before(reading, ttl) if ttl is not None else None
    return None if step is None else scene.candidate(reading, step.ttl, step.address)


def _twice(reading: Reading) -> Iterator[AnsweredTwice]:
    """Each pair of kinds once, whichever came first."""
    pairs: dict[frozenset[ReplyKind], AnsweredTwice] = {}
    for first, second, times in reading.doubled:
        kinds = frozenset({first, second})
        known = pairs.get(kinds)
        pairs[kinds] = AnsweredTwice(reading.id, first, second, times + (known.times if known else 0))
    yield from pairs.values()


def _siblings(
    scene: Scene, reading: Reading, ttl: int, before: Step | None
) -> Iterator[GoesFarther | SameDistance]:
    """Compare the answer's distance with what other lanes to the same address show behind the same router."""
    for other in scene.siblings(reading):
        if not other.outcomes:
            continue
        there = other.ttl_of(before.address) if before is not None else 0
        farthest = _farthest(other)
        if there is None or farthest is None:
            continue
        own_hops, hops = ttl - (before.ttl if before is not None else 0), farthest - there
        if hops > own_hops:
            adjacent = before is None or before.ttl == ttl - 1
            more = hops - own_hops if adjacent else 1
            router = scene.candidate(reading, before.ttl, before.address) if before else None
            yield GoesFarther(other.id, router or Candidate(0, None, None), more)
        elif hops == own_hops and other.condition is Condition.ANSWERED:
            yield SameDistance(other.id, ttl)


def _farthest(reading: Reading) -> int | None:
    """Return how far another lane's way is seen to go: its endpoint's distance, else its farthest router."""
    if reading.condition is Condition.ANSWERED:
        return reading.exact_distance
    routers = [ttl for ttl, found in reading.routers.items() if sum(found.values()) >= _TWICE]
    return max(routers, default=None)


def _prefixes_behind(
    scene: Scene, reading: Reading, ttl: int, before: Step
) -> Iterator[PrefixesAnswerBehind]:
    """Endpoints of several networks, right behind one router that is in none of them."""
    if before.ttl != ttl - 1:
        return
    own = scene.origins(before.address)
    behind = [
        other
        for other in scene.from_same_place(reading)
        if other.condition in {Condition.ANSWERED, Condition.EARLY}
        and other.lane.label == reading.lane.label
        and (at := other.ttl_of(before.address)) is not None
        and answer_ttl(other) == at + 1
        and set(own).isdisjoint(scene.origins(other.lane.address))
    ]
    apart = any(
        scene.relation(reading.lane.address, other.lane.address) < Relation.SAME_PREFIX for other in behind
    )
    if own and reading in behind and apart:
        router = scene.candidate(reading, before.ttl, before.address)
        yield PrefixesAnswerBehind(router, tuple(other.id for other in behind))


def _control_farther(scene: Scene, reading: Reading, before: Step) -> Iterator[ControlFarther]:
    """Another endpoint of the same origin AS whose way goes on by several routers behind the same router."""
    home = set(scene.origins(reading.lane.address))
    for other in scene.from_same_place(reading):
        if other.lane.address == reading.lane.address or home.isdisjoint(scene.origins(other.lane.address)):
            continue
        there = other.ttl_of(before.address)
        if there is None or other.condition is not Condition.ANSWERED:
            continue
        routers = sum(step.ttl > there and step.address != other.lane.address for step in other.steps)
        if routers > 1:
            yield ControlFarther(other.id, routers)
            return


def next_owner(scene: Scene, reading: Reading) -> RouterOwner | None:
    """Return whose the router is that follows the last one before the answer, on the way of another lane."""
    ttl = answer_ttl(reading)
    before = router_before(reading, ttl) if ttl is not None else None
    if before is None:
        return None
    for other in (reading, *scene.siblings(reading), *scene.from_same_place(reading)):
        there = other.ttl_of(before.address)
        end = None if other is reading and reading.exceeded_beyond_answer else other.distance
        step = next(
            (at for at in sorted(other.routers) if there is not None and at > there and at != end), None
        )
        if there is not None and step is not None and (end is None or step < end):
            at_ttl = other.routers[step]
            address = max(at_ttl, key=at_ttl.__getitem__)
            return scene.router_owner(scene.candidate(other, before.ttl + step - there, address))
    return None
