"""Decides whether a reply in the endpoint's name came from nearer than the endpoint.

A closed port and a firewall's reset look alike on one lane: a RST and nothing beyond. What tells them apart
is a packet that got farther: a router that answered from as far away as the RST, or farther, is on the way to
the endpoint, so whoever sent the RST stands before it. Two things can feign that and are looked for: a change
of route between the two observations, and load balancing over branches of unequal length.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tracetui.analysis.lanes.window import LaneWindow, Proof, surely_not_nearer
from tracetui.model import FlowKind, ReplyKind


@dataclass(frozen=True, slots=True)
class EarlyAnswer:
    """A reply in the endpoint's name from nearer than the endpoint."""

    kind: ReplyKind
    ttl: int
    distance: int | None
    """The endpoint's own distance, where another lane knows it."""


def early_answer(own: LaneWindow, siblings: Sequence[LaneWindow]) -> EarlyAnswer | None:
    """Return the early answer that the window shows, or None when it shows no sign of one."""
    ttl = own.distance
    if ttl is None:
        return None
    proofs = [proof for proof in own.proofs if proof.ttl == ttl]
    kinds = {proof.kind for proof in proofs}
    kind = ReplyKind.RST if ReplyKind.RST in kinds else proofs[-1].kind
    if kind is ReplyKind.PORT_UNREACHABLE:
        return None
    pair = _answered_twice(own)
    if pair is not None:
        return EarlyAnswer(pair, ttl, _known_distance(siblings, ttl))
    passed = [sibling for sibling in siblings if _goes_on(own, proofs, sibling)]
    if passed or _own_probes_went_on(own, proofs):
        return EarlyAnswer(kind, ttl, _known_distance(passed or siblings, ttl))
    return None


def _known_distance(siblings: Sequence[LaneWindow], nearer: int) -> int | None:
    known = [sibling.distance for sibling in siblings if sibling.distance is not None]
    return max((distance for distance in known if distance > nearer), default=None)


def _enough(own: LaneWindow) -> int:
    """Rounds that must show a sign: two, so that a change of route is none; all, while there are fewer."""
    return max(1, min(2, len(own.rounds)))


def _answered_twice(own: LaneWindow) -> ReplyKind | None:
    """One probe, answered by a router whose turn it was and in the endpoint's name: two who answered.

    A RST followed by a SYN/ACK is as good; a SYN/ACK followed by a RST is also what an endpoint does that
    gives a half-open connection up, so that one always takes two rounds.
    """
    rounds: dict[ReplyKind, set[int]] = {}
    gave_up: set[int] = set()
    for index, outcome in enumerate(own.rounds):
        for _, first, second in outcome.doubled:
            pair = {first, second}
            if pair == {ReplyKind.RST, ReplyKind.SYN_ACK}:
                if first is ReplyKind.RST:
                    rounds.setdefault(ReplyKind.RST, set()).add(index)
                else:
                    gave_up.add(index)
            elif ReplyKind.TIME_EXCEEDED in pair:
                (other,) = pair - {ReplyKind.TIME_EXCEEDED} or {ReplyKind.TIME_EXCEEDED}
                if other in _IN_THE_ENDPOINTS_NAME:
                    rounds.setdefault(other, set()).add(index)
    if len(gave_up) > 1:
        rounds.setdefault(ReplyKind.RST, set()).update(gave_up)
    enough = _enough(own)
    return next((kind for kind in _IN_THE_ENDPOINTS_NAME if len(rounds.get(kind, ())) >= enough), None)


_IN_THE_ENDPOINTS_NAME = (ReplyKind.RST, ReplyKind.SYN_ACK, ReplyKind.ECHO_REPLY)


def _own_probes_went_on(own: LaneWindow, proofs: Sequence[Proof]) -> bool:
    """Time Exceeded from farther away in the very rounds that have the early reply.

    Twice, since a route can change within a round. Where every TTL has its own flow, at two TTLs: one branch
    that is longer by two always shows the same one.
    """
    rounds = {proof.round_index for proof in proofs}
    ttl = proofs[0].ttl
    beyond = [
        (farther, index)
        for farther, routers in own.exceeded.items()
        if farther > ttl
        for indexes in routers.values()
        for index in indexes
        if index in rounds
    ]
    if own.flow is FlowKind.PER_HOP:
        return len({farther for farther, _ in beyond}) > 1
    return len(beyond) > 1


def _goes_on(own: LaneWindow, proofs: Sequence[Proof], sibling: LaneWindow) -> bool:
    """Does another lane to the same address pass the place where `proofs` came from?"""
    if len({proof.round_index for proof in proofs}) < _enough(own):
        return False
    ttl = proofs[0].ttl
    shared, there = _shared_router(own, sibling, ttl)
    limit = ttl + there - shared
    distance = sibling.distance
    if distance is not None and distance <= limit:
        return False
    farther = _farther_rounds(sibling, limit)
    if len(farther) >= _enough(sibling) and _same_time(own, proofs, sibling, farther):
        margin = max(sibling.exceeded) - limit
    elif distance is not None and surely_not_nearer(sibling.rounds) == distance:
        margin = distance - 1 - limit
    else:
        return False
    # From the router right before the reply on, the ways cannot differ in length unnoticed. With silent
    # routers in between they can, and then the TTL the replies arrived with has to speak.
    return shared == ttl - 1 or _return_ways_differ(proofs, sibling, margin)


def _shared_router(own: LaneWindow, sibling: LaneWindow, below: int) -> tuple[int, int]:
    """Return the TTLs, here and there, of the farthest router before TTL `below` that both lanes have."""
    for ttl in sorted((ttl for ttl in own.exceeded if ttl < below), reverse=True):
        there = [
            other
            for other, routers in sibling.exceeded.items()
            if not own.exceeded[ttl].keys().isdisjoint(routers)
        ]
        if there:
            return ttl, min(there, key=lambda other: abs(other - ttl))
    return 0, 0


def _farther_rounds(sibling: LaneWindow, limit: int) -> list[int]:
    return sorted(
        {
            index
            for ttl, routers in sibling.exceeded.items()
            if ttl >= limit
            for indexes in routers.values()
            for index in indexes
        }
    )


def _same_time(own: LaneWindow, proofs: Sequence[Proof], sibling: LaneWindow, farther: Sequence[int]) -> bool:
    """Tell two observations of one route from one before and one after a change."""
    here = [
        own.rounds[proof.round_index].started_ns for proof in proofs if proof.round_index < len(own.rounds)
    ]
    there = [sibling.rounds[index].started_ns for index in farther if index < len(sibling.rounds)]
    if len(here) < 2 or len(there) < 2:
        return True
    return here[0] <= there[-1] and there[0] <= here[-1]


def _return_ways_differ(proofs: Sequence[Proof], sibling: LaneWindow, margin: int) -> bool:
    here = next((proof.reply_ttl for proof in reversed(proofs) if proof.reply_ttl is not None), None)
    there = next((proof.reply_ttl for proof in reversed(sibling.proofs) if proof.reply_ttl is not None), None)
    if here is None or there is None:
        return margin > 0
    return here != there
