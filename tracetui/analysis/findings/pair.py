"""The two routers that may be the one: L, the last that answers, and the next, which only a control shows.

Which of them drops cannot be told: a Linux `blackhole` route drops before the TTL is looked at, so the router
stays silent itself; a filter on forwarded packets drops after, so its router still answers. What can be told
is whose they are, and even that only with neighbours: a link between two ASes is numbered by one of them, and
a router may answer from an address of a third.
"""

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from tracetui.analysis.findings.controls import Comparison
from tracetui.analysis.findings.reading import Course, Reading, Step
from tracetui.analysis.findings.scene import Scene
from tracetui.model import Candidate


class Whose(StrEnum):
    """Where a pair of routers stands."""

    ONE_AS = "one_as"
    BORDER = "border"
    EDGE = "edge"
    """At the door of the endpoint's own network, or inside it."""

    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Pair:
    """L and L+1 with their ASes."""

    whose: Whose
    candidates: tuple[Candidate, ...]
    ases: tuple[int, ...] = ()
    """Of ONE_AS that one; of BORDER both, the nearer first; of EDGE the endpoint's, where L is in it."""

    doubts: tuple[str, ...] = ()
    """Why the ASes are not sure, in sentences; none when they are."""


def locate(scene: Scene, suspect: Reading, guide: Comparison | None) -> Pair:
    """Return the pair for a silent lane; `guide` shows how the path goes on, and None shows nothing."""
    era = suspect.era
    own = None if era.address is None else _own_system(scene, suspect, guide, Step(era.last_ttl, era.address))
    following = guide.following if guide is not None else None
    candidates = _candidates(scene, suspect, guide, own)
    if own is not None and own in scene.origins(suspect.lane.address):
        return Pair(Whose.EDGE, candidates, (own,))
    if era.address is None or guide is None or following is None:
        return Pair(Whose.UNKNOWN, candidates)
    next_own = scene.system_at(guide.control, following.address)
    if _at_door(scene, suspect, guide, following) and not _comes_another_way(scene, suspect, own):
        return Pair(Whose.EDGE, candidates)
    if own is None or next_own is None or candidates[-1].address is None or (guide.gap and next_own != own):
        return Pair(Whose.UNKNOWN, candidates)
    if own == next_own:
        return Pair(Whose.ONE_AS, candidates, (own,), _doubts_inside(scene, following, own))
    doubts = _doubts_at_border(scene, suspect, following, (own, next_own))
    return Pair(Whose.BORDER, candidates, (own, next_own), doubts)


def _candidates(
    scene: Scene, suspect: Reading, guide: Comparison | None, own: int | None
) -> tuple[Candidate, ...]:
    era, found = suspect.era, []
    if era.address is not None:
        found.append(Candidate(era.last_ttl, era.address, own))
    following = guide.following if guide is not None else None
    # The endpoint of a control to another address is no router on the way to the suspect.
    if (
        guide is None
        or following is None
        or following.address
        not in {
            *guide.control.routers.get(following.ttl, ()),
            suspect.lane.address,
        }
    ):
        found.append(Candidate(era.last_ttl + 1, None, None))
    else:
        ttl = era.last_ttl + following.ttl - guide.ttl
        found.append(Candidate(ttl, following.address, scene.system_at(guide.control, following.address)))
    return tuple(found)


def _at_door(scene: Scene, suspect: Reading, guide: Comparison, following: Step) -> bool:
    """Tell whether what follows right after L is the endpoint or something in its network."""
    if guide.gap:
        return False
    home = scene.origins(suspect.lane.address)
    return (
        following.address == suspect.lane.address or scene.system_at(guide.control, following.address) in home
    )


def _own_system(scene: Scene, suspect: Reading, guide: Comparison | None, last: Step) -> int | None:
    """Return the AS of hop L. A private address between two hops of one AS is taken for that AS's."""
    own = scene.system_at(suspect, last.address)
    if own is None and guide is not None and guide.following is not None:
        before = scene.system_before(suspect, last.ttl)
        if before is not None and before == scene.system_at(guide.control, guide.following.address):
            return before
    return own


def _comes_another_way(scene: Scene, suspect: Reading, upstream: int | None) -> bool:
    """Tell whether the endpoint is reached from elsewhere by another of its network's upstreams.

    Then its network has more than one, and its own firewall does not refuse everybody.
    """
    home = set(scene.origins(suspect.lane.address))
    for other in scene.elsewhere(suspect):
        if other.course is not Course.ANSWERED:
            continue
        path = other.snapshot.as_path
        before = [system for system, after in pairwise(path) if after in home]
        if before and before[0] != upstream:
            return True
    return False


def _doubts_inside(scene: Scene, following: Step, system: int) -> tuple[str, ...]:
    """L and L+1 have addresses of one AS. L is sure then; L+1 only where a path goes on inside the AS."""
    if scene.goes_on(following.address, system):
        return ()
    return (
        f"No path here goes on inside AS{system} after {following.address}: that router may be the next "
        f"network's, answering from an address that AS{system} gave to the link.",
    )


def _doubts_at_border(
    scene: Scene, suspect: Reading, following: Step, systems: tuple[int, int]
) -> tuple[str, ...]:
    own, next_own = systems
    last = suspect.era.address or ""
    doubts = []
    if scene.system_before(suspect, suspect.era.last_ttl) != own and not scene.goes_on(last, own):
        doubts.append(
            f"Only {last} answers from AS{own}: a router may answer from an address of a third network."
        )
    if not scene.goes_on(following.address, next_own):
        doubts.append(
            f"No path here goes on inside AS{next_own} after {following.address}: a router may answer from "
            "an address of a third network."
        )
    return tuple(doubts)
