"""A second look, over more rounds, at lanes that another lane to the same address passes.

Path states look at five rounds. With loss these may hold a single reply in the endpoint's name, which is not
enough to call it early, or none of the sibling's from its own distance, which makes that look farther. A
finding must not come and go with either.
"""

from dataclasses import replace
from typing import Final

from tracetui.analysis.findings.reading import Course, Reading
from tracetui.analysis.findings.scene import Scene
from tracetui.analysis.states import path_verdict
from tracetui.analysis.window import WINDOW
from tracetui.model import PathState

_ROUNDS: Final = 20
_EARLY: Final = {PathState.RESET, PathState.ANSWERED_EARLY}


def look_closer(scene: Scene) -> Scene:
    """Return the scene with what more rounds show to be early; the same one where that is nothing."""
    readings = [_closer(scene, reading) for reading in scene.readings]
    if all(new is old for new, old in zip(readings, scene.readings, strict=True)):
        return scene
    return Scene(scene.snapshot, readings, scene.memory)


def _closer(scene: Scene, reading: Reading) -> Reading:
    early = reading.course is Course.EARLY
    if not early and not _may_be_early(scene, reading):
        return reading
    verdict = path_verdict(reading.trace, [other.trace for other in scene.siblings(reading)], _ROUNDS)
    if (verdict.state in _EARLY) == early:
        return reading
    return Reading(replace(reading.snapshot, verdict=verdict), kept_tops=reading.kept_tops)


def _may_be_early(scene: Scene, reading: Reading) -> bool:
    distance = reading.distance
    return (
        distance is not None
        and reading.course is Course.ANSWERED
        and any(_goes_farther(sibling, distance) for sibling in scene.siblings(reading))
    )


def _goes_farther(reading: Reading, ttl: int) -> bool:
    return any(outcome.highest_ttl > ttl for outcome in reading.outcomes[-WINDOW:])
