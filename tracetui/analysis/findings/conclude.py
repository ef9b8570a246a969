"""Decides how sure a finding is and which ASes it names, by one rule, from the explanations that are left."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from tracetui.model import (
    Asn,
    Confidence,
    Evidence,
    Explanation,
    ExplanationState,
    Place,
    PlaceKind,
    Standing,
)
from tracetui.model.evidence import (
    ControlStops,
    EarlierOutages,
    ReachedElsewhere,
    RouterOwner,
    RoutersAnswerControl,
    Silence,
    StopsElsewhere,
)

ROUNDS_NEEDED: Final = 5
"""Below this a lane says nothing."""

SAID_HIGH: Final = 10
"""Rounds for a high finding on what an endpoint or this machine says itself."""


@dataclass(frozen=True, slots=True)
class Amount:
    """Rounds, and the time they span."""

    rounds: int
    seconds: float

    def reaches(self, needed: "Amount") -> bool:
        """Tell whether both are enough."""
        return self.rounds >= needed.rounds and self.seconds >= needed.seconds


NEEDED: Final = {
    Confidence.LOW: Amount(ROUNDS_NEEDED, 0),
    Confidence.MEDIUM: Amount(10, 60),
    Confidence.HIGH: Amount(30, 600),
}

SIGNIFICANT: Final = 0.01
"""p below which two lanes are said to differ."""

_MAX_NAMED: Final = 2
"""ASes named: those on both sides of a border."""

_MIN_VANTAGES_EACH: Final = 3
"""Vantages that stop in an AS, at different routers, and that reach by other ways, which are a witness
together.
"""


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What follows from what is left."""

    confidence: Confidence
    ases: tuple[Asn, ...]


LOW: Final = Conclusion(Confidence.LOW, ())


def left(explanations: Iterable[Explanation]) -> Sequence[Explanation]:
    """Return the explanations that are left; all strained ones where nothing else is."""
    known = list(explanations)
    found = [one for one in known if one.state is ExplanationState.LEFT]
    return found or [one for one in known if one.state is ExplanationState.STRAINED]


def conclude(
    explanations: Iterable[Explanation],
    amount: Amount,
    *,
    clear: bool = True,
    witness: Callable[[Sequence[Asn]], bool] = lambda _: False,
) -> Conclusion:
    """Return confidence and the ASes named.

    Medium: all that is left lies in one AS, in two at a border, at the endpoint or here; the amounts suffice
    and the comparison is `clear`. High: more of it, and a `witness` of the ASes named that shares neither our
    source nor our guess of the way.
    """
    places = list(dict.fromkeys(chain.from_iterable(one.places for one in left(explanations))))
    kinds = {place.kind for place in places}
    one_kind = len(kinds) == 1 and kinds <= {PlaceKind.SYSTEM, PlaceKind.ENDPOINT, PlaceKind.HERE}
    if not one_kind or len(places) > _MAX_NAMED or not clear or not amount.reaches(NEEDED[Confidence.MEDIUM]):
        return LOW
    ases = tuple(place.asn for place in places if place.asn is not None)
    sure = amount.reaches(NEEDED[Confidence.HIGH]) and witness(ases)
    return Conclusion(Confidence.HIGH if sure else Confidence.MEDIUM, ases)


def is_clear(evidence: Sequence[Evidence], amount: Amount) -> bool:
    """Tell whether a silence is longer than chance and earlier outages explain.

    Once the lane or its control had another outage, outages are the draws, one each: a hundred rounds of one
    are one draw.
    """
    p_value = min((one.p_value for one in evidence if isinstance(one, RoutersAnswerControl)), default=1.0)
    if p_value >= SIGNIFICANT:
        return False
    own = {lane for one in evidence if isinstance(one, Silence) for lane in one.lanes}
    earlier = [one for one in evidence if isinstance(one, EarlierOutages)]
    if not earlier:
        return True
    longest = max(outage.seconds for one in earlier for outage in one.outages)
    draws = max((len(one.outages) for one in earlier if one.lane in own), default=0) + 1
    others = sum(len(one.outages) for one in earlier if one.lane not in own)
    return amount.seconds > longest and 0.5**draws < SIGNIFICANT and not others


def has_witness(evidence: Sequence[Evidence], ases: Sequence[Asn]) -> bool:
    """Tell whether vantages show the same from inside the AS named, or from many sides; never against
    contradiction.
    """
    if len(ases) != 1:
        return False
    (named,) = ases
    reached = [one for one in evidence if isinstance(one, ReachedElsewhere)]
    stops = [
        one
        for one in evidence
        if isinstance(one, StopsElsewhere) and one.last is not None and one.last.asn == named
    ]
    contradicted = any(named in one.path for one in reached) or any(
        isinstance(one, ControlStops) for one in evidence
    )
    if contradicted:
        return False
    if any(one.inside == named and one.control_passes for one in stops):
        return True
    elsewhere = [one for one in reached if named not in one.path]
    routers = {one.last.address for one in stops if one.last is not None and not one.same_last_hop}
    return len(routers) + 1 >= _MIN_VANTAGES_EACH and len(elsewhere) >= _MIN_VANTAGES_EACH


def router_places(owner: RouterOwner | None) -> tuple[Place, ...]:
    """Return the places that a router may be at."""
    if owner is None or not owner.owners:
        return (Place(PlaceKind.UNKNOWN),)
    systems = tuple(Place(PlaceKind.SYSTEM, asn) for asn in owner.owners)
    one_sided = owner.standing in {Standing.LOOSE, Standing.EDGE} and len(owner.owners) == len(owner.origins)
    if owner.standing is Standing.ALONE or one_sided:
        return (*systems, Place(PlaceKind.UNKNOWN))
    return systems


def said(rounds: int) -> Confidence:
    """Return the confidence in what an endpoint or this machine itself said in so many rounds."""
    return Confidence.HIGH if rounds >= SAID_HIGH else Confidence.MEDIUM
