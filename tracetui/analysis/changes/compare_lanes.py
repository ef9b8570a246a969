"""Compares lanes at two moments: hops, the end of the path, its ASes, its length."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tracetui.analysis.as_path import Owners, as_path_through, borrowed_names, systems_through
from tracetui.analysis.cache import Cache, reuse_equal
from tracetui.analysis.changes.compare_hops import answer_changed, apart, hop_change
from tracetui.analysis.changes.stretch import Stretch
from tracetui.analysis.lanes.past_trace import places
from tracetui.analysis.lanes.window import not_replaced
from tracetui.model import Address, Asn, LaneId, LaneSnapshot, PathState, PathVerdict, Snapshot
from tracetui.model.comparison import Answerer, AsPaths, Comparison, HopAnswer, HopChange, LaneChange
from tracetui.model.moment import unix_ns

_STOPPED = frozenset({PathState.SILENT_AFTER, PathState.UNREACHABLE})


class Comparer:
    """Compares snapshots with earlier ones; a lane that has not changed is not compared again."""

    def __init__(self) -> None:
        self._then, self._changes = Cache(), Cache()
        self._last: dict[str, LaneChange] = {}
        self._comparison: Comparison | None = None

    def compare(self, before: Snapshot, now: Snapshot) -> Comparison:
        """Return what differs on the lanes that are probed; `before` is of an earlier moment.

        What is the same as at the last call is the same object.
        """
        self._then.next_generation()
        self._changes.next_generation()
        then = {lane.id: lane for lane in before.probed}
        changes = tuple(
            self._lane(then[lane.id], lane, now.owners, unix_ns(before.created_at))
            for lane in now.probed
            if lane.id in then
        )
        self._last = {change.lane: change for change in changes}
        sampled_s = None if before.kept is None else before.kept.sampled_s
        made = Comparison(before.created_at, sampled_s, changes)
        self._comparison = reuse_equal(made, self._comparison)
        return self._comparison

    def _lane(self, then: LaneSnapshot, now: LaneSnapshot, owners: Owners, since_ns: int) -> LaneChange:
        def make() -> LaneChange:
            before = self._then.get(now.id, (then,), lambda: _stretch(then, None))
            made = compare_lane(then, now, owners, (before, _stretch(now, since_ns)))
            return reuse_equal(made, self._last.get(now.id))

        return self._changes.get(now.id, (then, now, owners), make, equal=(since_ns,))


def _stretch(lane: LaneSnapshot, after_ns: int | None) -> Stretch:
    """Return the rounds of a lane since its last lasting change and `after_ns` (Unix time)."""
    first, end = places(lane.trace, lane.since_ns, None)
    if after_ns is not None:
        first = max(first, places(lane.trace, after_ns + 1, None)[0])
    early = lane.verdict.state in {PathState.RESET, PathState.ANSWERED_EARLY}
    return Stretch(lane.trace.outcomes[first:end], lane.lane.address if early else None)


@dataclass(frozen=True, slots=True)
class _Side:
    """A lane at one of the two moments: the rounds that are compared, and who answers in them."""

    verdict: PathVerdict
    rounds: Stretch
    addresses: tuple[str | None, ...]
    systems: tuple[int | None, ...]
    as_path: tuple[int, ...]

    @property
    def height(self) -> int:
        """The last TTL on the path: beyond the endpoint there is nothing to miss."""
        reached = self.verdict.state is PathState.REACHED
        return (reached and self.verdict.destination_ttl) or self.rounds.height

    @property
    def silent_from(self) -> float:
        """The TTL from which on nothing answers, as the state has it."""
        if self.verdict.state is not PathState.SILENT_AFTER:
            return float("inf")
        return (self.verdict.last_responsive_ttl or 0) + 1

    def answerer(self, ttl: int) -> Answerer | None:
        """Return who answers at a TTL most often."""
        address, asn = self.addresses[ttl - 1], self.systems[ttl - 1]
        return None if address is None else Answerer(Address(address), None if asn is None else Asn(asn))


def _side(lane: LaneSnapshot, rounds: Stretch, owners: Owners) -> _Side:
    answering = [rounds.at(ttl).answerers for ttl in range(1, rounds.height + 1)]
    addresses = tuple(each[0] if each else None for each in answering)
    borrowed = borrowed_names(lane.trace, lane.verdict, lane.hops)
    return _Side(
        lane.verdict,
        rounds,
        addresses,
        systems_through(addresses, owners, borrowed),
        as_path_through(addresses, owners, borrowed),
    )


def compare_lane(
    then: LaneSnapshot, now: LaneSnapshot, owners: Owners, rounds: tuple[Stretch, Stretch]
) -> LaneChange:
    """Return what differs; `rounds` are those of then and of now that are compared."""
    lane = LaneId(now.id)
    counts = rounds[0].rounds, rounds[1].rounds
    if not all(counts):
        return LaneChange(lane, *counts)
    before, current = _side(then, rounds[0], owners), _side(now, rounds[1], owners)
    hops = tuple(_hops(before, current))
    states, lengths = _states(then.verdict, now.verdict, hops), _lengths(before, current)
    paths = _paths(before, current, hops, state_differs=states is not None)
    return LaneChange(lane, *counts, states, hops, paths, lengths)


def _lengths(before: _Side, now: _Side) -> tuple[int, int] | None:
    if {before.verdict.state, now.verdict.state} != {PathState.REACHED}:
        return None
    then, current = before.rounds.distances, now.rounds.distances
    return (min(not_replaced(then)), min(not_replaced(current))) if apart(then, current) else None


def _hops(before: _Side, now: _Side) -> Iterator[HopChange]:
    for ttl in range(1, min(before.height, now.height) + 1):
        was, current = before.rounds.at(ttl), now.rounds.at(ttl)
        ended, began = ttl >= now.silent_from, ttl >= before.silent_from
        answer = answer_changed(was, current, ended=ended, began=began)
        change = hop_change(ttl, was, current, answer, (before.answerer(ttl), now.answerer(ttl)))
        if change is not None:
            yield change


def _states(
    then: PathVerdict, now: PathVerdict, hops: Sequence[HopChange]
) -> tuple[PathVerdict, PathVerdict] | None:
    """Return both verdicts where they differ.

    That another hop is the last one is told only where a hop answers no longer, or newly: routers that answer
    seldom make it move by chance.
    """
    if PathState.INSUFFICIENT in {then.state, now.state}:
        return None
    differ = then.state is not now.state or then.proof is not now.proof
    if not differ and now.state in _STOPPED and then.last_responsive_ttl != now.last_responsive_ttl:
        differ = any(change.answer in {HopAnswer.STOPPED, HopAnswer.BEGUN} for change in hops)
    return (then.without_addresses(), now.without_addresses()) if differ else None


def _paths(before: _Side, now: _Side, hops: Sequence[HopChange], *, state_differs: bool) -> AsPaths | None:
    """Return both AS paths, where hops that differ make the difference, or one ends within the other.

    An AS that is known by a router which answers seldom comes and goes by chance.
    """
    left = {change.before.asn for change in hops if change.before} - set(now.as_path)
    joined = {change.now.asn for change in hops if change.now} - set(before.as_path)
    shorter = min(len(before.as_path), len(now.as_path))
    ends = state_differs and before.as_path[:shorter] == now.as_path[:shorter]
    if before.as_path == now.as_path or not (ends or (left | joined) - {None}):
        return None
    return AsPaths(tuple(map(Asn, before.as_path)), tuple(map(Asn, now.as_path)))
