"""Tells of a silent lane whether its probes arrive at the other end, where somebody sees that."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from tracetui.analysis.findings.conclude import ROUNDS_NEEDED
from tracetui.analysis.findings.observations import Observations
from tracetui.analysis.findings.observed_lane import ObservedLane
from tracetui.analysis.findings.other_direction import facing_lanes
from tracetui.model import Evidence, ForeignText
from tracetui.model.evidence import NoProbeArrives, OtherWayArrivals, ProbesArrive
from tracetui.model.probe_arrivals import ProbeArrivals

_NS = 1_000_000_000
_ON_THE_WAY_NS = 2 * _NS
"""After this long a probe of a round has arrived, or never will."""

_CLOCKS_NS = _NS // 50
"""How far a vantage's clock may be off when its times are sorted into our rounds."""


def arriving_probes(observations: Observations, observed: ObservedLane, first: int) -> Iterator[Evidence]:
    """Yield whether probes of a lane arrive since its kept round at place `first`, then those of lanes the
    other way."""
    known = {one.lane: one for one in observations.snapshot.arrivals}
    if not known:
        return
    own = known.get(observed.id)
    if own is not None:
        yield from _own(own, observed, first)
    start_ns, end_ns = observed.outcomes[first].monotonic_ns, observed.outcomes[-1].monotonic_ns
    for how_near, other in facing_lanes(observations, observed):
        seen = known.get(other.id)
        if seen is not None:
            rounds, arrived, _ = _counted(seen, other, *other.rounds_between(start_ns, end_ns))
            if _tells(rounds, arrived, seen):
                yield OtherWayArrivals(other.id, _who(seen), how_near, arrived, rounds)


def _own(seen: ProbeArrivals, observed: ObservedLane, first: int) -> Iterator[Evidence]:
    rounds, arrived, answered = _counted(seen, observed, first, len(observed.outcomes))
    if not _tells(rounds, arrived, seen):
        return
    if arrived:
        yield ProbesArrive(observed.id, _who(seen), arrived, answered, rounds)
    else:
        yield NoProbeArrives(observed.id, _who(seen), rounds)


def _tells(rounds: int, arrived: int, seen: ProbeArrivals) -> bool:
    return rounds >= ROUNDS_NEEDED and (arrived > 0 or seen.direct)


def _who(seen: ProbeArrivals) -> ForeignText | None:
    return None if seen.seen_by is None else ForeignText(seen.seen_by)


def _counted(seen: ProbeArrivals, observed: ObservedLane, first: int, end: int) -> tuple[int, int, int]:
    """Return how many rounds were watched, in how many probes arrived, and in how many answers left."""
    outcomes = observed.outcomes
    rounds = arrived = answered = 0
    for place in range(first, end):
        begun_ns = outcomes[place].started_ns
        last = place + 1 == len(outcomes)
        over_ns = begun_ns + _ON_THE_WAY_NS if last else outcomes[place + 1].started_ns
        if begun_ns >= seen.from_ns and max(over_ns, begun_ns + _ON_THE_WAY_NS) <= seen.until_ns:
            rounds += 1
            arrived += _any_between(seen.arrived_ns, begun_ns, over_ns)
            answered += _any_between(seen.answered_ns, begun_ns, over_ns)
    return rounds, arrived, answered


def _any_between(times_ns: Sequence[int], begun_ns: int, over_ns: int) -> bool:
    place = bisect_left(times_ns, begun_ns - _CLOCKS_NS)
    return place < len(times_ns) and times_ns[place] < over_ns - _CLOCKS_NS
