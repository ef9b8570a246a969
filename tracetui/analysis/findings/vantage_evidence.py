"""Gathers what other vantages see of a silent lane's endpoint, as evidence for and against."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from tracetui.analysis.findings.control_fit import comparisons
from tracetui.analysis.findings.observations import Observations
from tracetui.analysis.findings.observed_lane import Condition, ObservedLane
from tracetui.model import Address, Asn, LaneId
from tracetui.model.evidence import ReachedElsewhere, StopsElsewhere

_TELLS_NOTHING = {Condition.INSUFFICIENT, Condition.CANNOT_SEND}


def seen_elsewhere(
    observations: Observations, suspect: ObservedLane, following: str | None
) -> Iterator[ReachedElsewhere | StopsElsewhere]:
    """Yield what each other vantage sees; `following` is the address of L+1, where it is known."""
    seen = seen_everywhere(observations, suspect, following)
    yield from (evidence for place, evidence in seen if place != suspect.place)


def seen_everywhere(
    observations: Observations, suspect: ObservedLane, following: str | None
) -> Sequence[tuple[str, ReachedElsewhere | StopsElsewhere]]:
    """Return what each vantage sees, the suspect's own among them; the same object as before where it is
    equal.
    """
    if suspect.trace.provenance is not None:
        return ()  # what traces of other times show is told apart
    addresses = suspect.silence.addresses
    key = seen_everywhere, suspect.lane.address, suspect.lane.label, addresses, following

    def make() -> Sequence[tuple[str, ReachedElsewhere | StopsElsewhere]]:
        made = tuple(_from_all_places(observations, suspect, following))
        return observations.cache.get(key, (), lambda: made, equal=made)

    # Mostly the same for all that stop there: many vantages make many pairs.
    return observations.once(key, make)


def _from_all_places(
    observations: Observations, suspect: ObservedLane, following: str | None
) -> Iterator[tuple[str, ReachedElsewhere | StopsElsewhere]]:
    grouped: dict[str, list[ObservedLane]] = defaultdict(list)
    for other in observations.to_address(suspect.lane.address):
        # What another port or protocol gets elsewhere says nothing of this one.
        if other.trace.source == other.lane.address:
            continue  # the endpoint itself: its packets go nowhere
        if other.condition not in _TELLS_NOTHING and other.lane.label == suspect.lane.label:
            grouped[other.place].append(other)
    for place, lanes in grouped.items():
        answered = [lane for lane in lanes if lane.condition is Condition.ANSWERED]
        if answered:
            yield place, _reached(observations, suspect, place, answered, following)
        else:
            yield place, _stops(observations, suspect, place, lanes)


def _reached(
    observations: Observations,
    suspect: ObservedLane,
    place: str,
    lanes: Sequence[ObservedLane],
    following: str | None,
) -> ReachedElsewhere:
    def crossed(address: str) -> bool:
        return observations.identifies(address) and any(lane.path.ttl_of(address) for lane in lanes)

    farthest = max(lanes, key=lambda lane: len(lane.snapshot.as_path))
    return ReachedElsewhere(
        source=Address(lanes[0].lane.via or place),
        lanes=tuple(lane.id for lane in lanes),
        path=tuple(map(Asn, farthest.snapshot.as_path)),
        through_last=any(map(crossed, suspect.silence.addresses)),
        through_next=following is not None and crossed(following),
    )


def _stops(
    observations: Observations, suspect: ObservedLane, place: str, lanes: Sequence[ObservedLane]
) -> StopsElsewhere:
    first = lanes[0]
    ids = tuple(lane.id for lane in lanes)
    known = observations.once((StopsElsewhere, ids), lambda: _stopped(observations, place, ids, first))
    if first.condition is Condition.SILENT and observations.same_last_hop(suspect, first):
        return replace(known, same_last_hop=True)
    return known


def _stopped(
    observations: Observations, place: str, ids: tuple[LaneId, ...], first: ObservedLane
) -> StopsElsewhere:
    """Return what is the same whichever suspect it is compared with."""
    passes = first.condition is Condition.SILENT and any(
        one.fit.serves for one in comparisons(observations, first)
    )
    return StopsElsewhere(
        source=Address(first.lane.via or place),
        lanes=ids,
        last=observations.last_hop(first) if first.outcomes else None,
        inside=_home(observations, first),
        same_last_hop=False,
        control_passes=passes,
    )


def _home(observations: Observations, observed: ObservedLane) -> Asn | None:
    """Return the AS that a vantage is in: that of its first hop. A private first hop tells nothing."""
    first = next(iter(observed.path.routers.get(1, ())), None)
    known = first is not None and observations.identifies(first)
    return observations.system_at(observed, first) if first is not None and known else None
