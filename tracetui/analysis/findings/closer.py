"""A second look, over more rounds, at lanes that another lane to the same address passes.

Path states look at five rounds. With loss these may hold a single reply in the endpoint's name, which is not
enough to call it early; a finding must not come and go with that.
"""

from dataclasses import replace

from tracetui.analysis.findings.era import LOOKBACK
from tracetui.analysis.findings.reading import Course, Reading
from tracetui.analysis.findings.scene import Scene
from tracetui.analysis.states import path_verdict
from tracetui.analysis.window import WINDOW
from tracetui.model import PathState

_EARLY = {PathState.RESET, PathState.ANSWERED_EARLY}


def look_closer(scene: Scene) -> Scene:
    """Return the scene with what more rounds show to be early; the same one where that is nothing."""
    readings = [_closer(scene, reading) for reading in scene.readings]
    if all(new is old for new, old in zip(readings, scene.readings, strict=True)):
        return scene
    return Scene(scene.snapshot, readings)


def _closer(scene: Scene, reading: Reading) -> Reading:
    distance = reading.distance
    if distance is None or reading.course is not Course.ANSWERED:
        return reading
    siblings = scene.siblings(reading)
    if not any(max(sibling.tops[-WINDOW:], default=0) > distance for sibling in siblings):
        return reading
    verdict = path_verdict(reading.trace, [sibling.trace for sibling in siblings], LOOKBACK)
    if verdict.state not in _EARLY:
        return reading
    return Reading(replace(reading.snapshot, verdict=verdict))
