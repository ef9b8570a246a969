"""Silent lanes that stop at one place: what findings about silence have in common."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Final

from tracetui.analysis.findings.controls import Comparison, Kinship, stops_at_same_place
from tracetui.analysis.findings.elsewhere import View, views
from tracetui.analysis.findings.gates import Amount
from tracetui.analysis.findings.reading import Reading
from tracetui.analysis.findings.scene import Scene
from tracetui.analysis.findings.sentences import Subject, comparison_evidence, silence_evidence
from tracetui.analysis.findings.stops import Stop
from tracetui.model import Direction, FindingKind

_COMPARISONS_LISTED: Final = 6


class Group:
    """Stops of one kind at one place."""

    def __init__(self, scene: Scene, stops: Sequence[Stop]) -> None:
        self.scene = scene
        self.stops = stops
        self.first = stops[0]
        self.readings = [stop.reading for stop in stops]
        self.subject = Subject(scene, self.readings)

    @property
    def lanes(self) -> tuple[str, ...]:
        """Ids of its lanes."""
        return tuple(reading.id for reading in self.readings)

    @property
    def amount(self) -> Amount:
        """What every lane of it has."""
        return Amount(
            min(stop.amount.rounds for stop in self.stops), min(stop.amount.seconds for stop in self.stops)
        )

    @property
    def p_value(self) -> float | None:
        """The largest of the lanes' best comparisons; None where one has none."""
        values = [stop.guide.p_value for stop in self.stops if stop.guide is not None]
        return max(values) if len(values) == len(self.stops) else None

    @cached_property
    def passing(self) -> Sequence[Comparison]:
        """For each lane that passes, its best comparison with one of these."""
        best: dict[str, Comparison] = {}
        for stop in self.stops:
            for one in stop.passing:
                known = best.get(one.control.id)
                if known is None or one.rank > known.rank:
                    best[one.control.id] = one
        return sorted(best.values(), key=lambda one: one.rank, reverse=True)

    @property
    def controls(self) -> tuple[str, ...]:
        """Ids of the lanes it is compared with."""
        return tuple(one.control.id for one in self.passing)

    @cached_property
    def views(self) -> Sequence[View]:
        """Other vantages' views of its endpoints."""
        return views(self.scene, self.readings)

    @property
    def stopping(self) -> Sequence[Reading]:
        """Controls that stop at the same router."""
        return list({lane.id: lane for stop in self.stops for lane in stop.stopping}.values())

    @property
    def balanced(self) -> bool:
        """True when paths split right after L: several routers follow it on the way to one endpoint."""
        following: dict[str, set[str]] = defaultdict(set)
        for one in self.passing:
            if one.balanced:
                return True
            if one.following is not None and not one.gap:
                following[one.control.lane.address].add(one.following.address)
        return any(len(addresses) > 1 for addresses in following.values())

    @property
    def direction(self) -> Direction:
        """Forward where a near neighbour's answers do come back; else one vantage cannot tell."""
        near = any(
            one.kinship >= Kinship.SAME_NEIGHBOURHOOD and one.reached and one.following is not None
            for one in self.passing
        )
        return Direction.FORWARD if near else Direction.UNKNOWN

    def evidence(self) -> list[str]:
        """What was measured: the silence of each lane, and what each control got in the same rounds."""
        alike: dict[tuple[int, int], list[Reading]] = defaultdict(list)
        for stop in self.stops:
            alike[stop.amount.rounds, stop.reading.era.last_ttl].append(stop.reading)
        found = [silence_evidence(lanes, rounds, ttl) for (rounds, ttl), lanes in alike.items()]
        return found + [comparison_evidence(self.scene, one) for one in self.passing[:_COMPARISONS_LISTED]]

    def same_service_stops(self, labels: Iterable[str]) -> Sequence[Reading]:
        """Return lanes over one of `labels` to other addresses that stop at the same router."""
        own = {reading.lane.address for reading in self.readings}
        wanted = set(labels)
        return [
            other
            for other in self.scene.from_same_place(self.first.reading)
            if other.lane.label in wanted
            and other.lane.address not in own
            and stops_at_same_place(self.first.reading, other)
        ]


def grouped(scene: Scene, stops: Sequence[Stop]) -> list[Group]:
    """Return one group for each kind and place; filters of different ports stay apart."""
    filtered: dict[str, set[str]] = defaultdict(set)
    for stop in stops:
        if stop.kind is FindingKind.PORT_OR_PROTOCOL_FILTER:
            filtered[stop.reading.lane.address].add(stop.reading.lane.label)
    by_place: dict[tuple[object, ...], list[Stop]] = defaultdict(list)
    for stop in stops:
        labels = (
            frozenset(filtered[stop.reading.lane.address])
            if stop.kind is FindingKind.PORT_OR_PROTOCOL_FILTER
            else None
        )
        by_place[(*stop.place, labels)].append(stop)
    return [Group(scene, together) for together in by_place.values()]
