"""What other vantages see of the same endpoint."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tracetui.analysis.findings.reading import Course, Reading
from tracetui.analysis.findings.scene import Scene


@dataclass(frozen=True, slots=True)
class View:
    """An endpoint from another vantage."""

    place: str
    """Its source address."""

    lanes: Sequence[Reading]
    path: tuple[int, ...]
    """ASes on the way, of the lane that gets farthest."""

    reached: bool
    last_system: int | None
    """The AS of the last hop that replies, where it is not reached."""

    independent: bool
    """It leaves through another AS than the vantage it is compared with."""

    @property
    def home(self) -> int | None:
        """The first AS on its way: the network the vantage is in."""
        return self.path[0] if self.path else None


def views(scene: Scene, suspects: Sequence[Reading]) -> list[View]:
    """Return what each other vantage sees of the suspects' endpoints; their lanes share one vantage."""
    own = next((reading.snapshot.as_path[0] for reading in suspects if reading.snapshot.as_path), None)
    grouped: dict[tuple[str, str], list[Reading]] = defaultdict(list)
    for suspect in _one_an_address(suspects):
        for other in scene.elsewhere(suspect):
            if other.course not in {Course.INSUFFICIENT, Course.CANNOT_SEND}:
                grouped[other.place, other.lane.address].append(other)
    return [_view(scene, place, lanes, own) for (place, _), lanes in grouped.items()]


def _one_an_address(readings: Iterable[Reading]) -> Iterable[Reading]:
    return {reading.lane.address: reading for reading in readings}.values()


def _view(scene: Scene, place: str, lanes: Sequence[Reading], own: int | None) -> View:
    answered = [lane for lane in lanes if lane.course is Course.ANSWERED]
    farthest = max(answered or lanes, key=lambda lane: len(lane.snapshot.as_path))
    path = farthest.snapshot.as_path
    last = None
    if not answered and farthest.steps:
        last = scene.system_at(farthest, farthest.steps[-1].address)
    return View(
        place=place,
        lanes=lanes,
        path=path,
        reached=bool(answered),
        last_system=last,
        independent=bool(path) and path[0] != own,
    )
