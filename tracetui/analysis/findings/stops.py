"""Every lane that goes silent, with what others show of the place, and the kind of finding that allows."""

from collections.abc import Sequence
from dataclasses import dataclass

from tracetui.analysis.findings.controls import (
    Comparison,
    compare,
    comparisons,
    stops_at_same_place,
)
from tracetui.analysis.findings.gates import NEEDED, Amount
from tracetui.analysis.findings.pair import Pair, Whose, locate
from tracetui.analysis.findings.reading import Course, Reading
from tracetui.analysis.findings.scene import Scene
from tracetui.model import Confidence, FindingKind, Role


@dataclass(frozen=True, slots=True)
class Stop:
    """A silent lane and what is known of where it stops."""

    reading: Reading
    kind: FindingKind
    amount: Amount
    """Of silence, since L last changed."""

    pair: Pair
    guide: Comparison | None
    """The best comparison with a lane that passes L; None where none does."""

    home: tuple[int, ...]
    """The ASes that announce the endpoint."""

    passing: tuple[Comparison, ...] = ()
    """All that pass, the best first."""

    stopping: tuple[Reading, ...] = ()
    """Controls that stop at the same router."""

    direct: tuple[Reading, ...] = ()
    """Lanes to routers beyond L, of the guide's path, that stop there too."""

    reaching: tuple[Reading, ...] = ()
    """Lanes to such routers that are answered."""

    @property
    def place(self) -> tuple[object, ...]:
        """What stops have in common that are one finding."""
        home = self.home if self.pair.whose is Whose.EDGE else None
        return self.kind, self.reading.place, self.reading.era.address, self.pair.whose, self.pair.ases, home


def find_stops(scene: Scene, silent: Sequence[Reading]) -> list[Stop]:
    """Return a stop for each silent lane that no other one explains."""
    stops = [_stop(scene, reading) for reading in silent if not scene.is_direct(reading)]
    explained = {lane.id for stop in stops for lane in stop.direct}
    stops += [
        _stop(scene, reading)
        for reading in silent
        if scene.is_direct(reading) and reading.id not in explained
    ]
    compared = {
        lane.id for stop in stops if stop.kind is FindingKind.GENERAL_FAILURE for lane in stop.stopping
    }
    return [
        stop for stop in stops if stop.reading.id not in compared or stop.reading.lane.role is Role.SUSPECT
    ]


def amount_of(scene: Scene, reading: Reading) -> Amount:
    """Return how long a lane has been silent past L; a round counts as long as the interval."""
    era = reading.era
    return Amount(era.rounds, (era.ended_ns - era.started_ns) / 1e9 + scene.snapshot.interval_s)


def _stop(scene: Scene, reading: Reading) -> Stop:
    amount = amount_of(scene, reading)
    siblings = [
        made
        for other in scene.siblings(reading)
        if other.course is Course.ANSWERED and (made := compare(scene, reading, other)) is not None
    ]
    passing = sorted((one for one in siblings if one.passes), key=lambda one: one.rank, reverse=True)
    if passing:
        guide = next((one for one in passing if one.following is not None), passing[0])
        pair = locate(scene, reading, guide)
        home = scene.origins(reading.lane.address)
        return Stop(reading, FindingKind.PORT_OR_PROTOCOL_FILTER, amount, pair, guide, home, tuple(passing))
    return _stop_by_controls(scene, reading, amount)


def _stop_by_controls(scene: Scene, reading: Reading, amount: Amount) -> Stop:
    passing = tuple(one for one in comparisons(scene, reading) if one.passes)
    stopping = tuple(
        other
        for other in scene.from_same_place(reading)
        if other.lane.role is Role.CONTROL
        and other.lane.address != reading.lane.address
        and stops_at_same_place(reading, other)
    )
    guide = passing[0] if passing else None
    direct, reaching = _direct_lanes(scene, reading, guide)
    pair = locate(scene, reading, guide)
    if not passing and stopping:
        kind = FindingKind.GENERAL_FAILURE
    elif direct and not reaching:
        kind = FindingKind.RETURN_PATH_SUSPECT
    elif pair.whose is Whose.EDGE:
        kind = FindingKind.SILENT_EDGE
    elif guide is None or not amount.reaches(NEEDED[Confidence.MEDIUM]):
        kind, pair = FindingKind.BLACKHOLE_UNLOCALISED, Pair(Whose.UNKNOWN, pair.candidates)
    else:
        kind = {
            Whose.ONE_AS: FindingKind.BLACKHOLE_IN_AS,
            Whose.BORDER: FindingKind.BLACKHOLE_AT_BORDER,
        }.get(pair.whose, FindingKind.BLACKHOLE_UNLOCALISED)
    home = scene.origins(reading.lane.address)
    return Stop(reading, kind, amount, pair, guide, home, passing, stopping, direct, reaching)


def _direct_lanes(
    scene: Scene, reading: Reading, guide: Comparison | None
) -> tuple[tuple[Reading, ...], tuple[Reading, ...]]:
    """Return the user's lanes to routers beyond L, silent at the same place and answered."""
    if guide is None:
        return (), ()
    beyond = {
        address for ttl, routers in guide.control.routers.items() if ttl > guide.ttl for address in routers
    }
    lanes = [other for other in scene.from_same_place(reading) if other.lane.address in beyond]
    return (
        tuple(lane for lane in lanes if stops_at_same_place(reading, lane)),
        tuple(lane for lane in lanes if lane.course is Course.ANSWERED),
    )
