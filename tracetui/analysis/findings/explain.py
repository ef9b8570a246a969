"""Lists the explanations of a finding: where each puts the cause, and whether the evidence leaves it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from tracetui.analysis.findings.conclude import router_places
from tracetui.analysis.findings.evidence_rules import state_of
from tracetui.analysis.findings.next_steps import would_tell
from tracetui.model import (
    Address,
    Asn,
    Candidate,
    Evidence,
    Explanation,
    ExplanationKind,
    Place,
    PlaceKind,
    Standing,
)
from tracetui.model.evidence import (
    BranchesMeet,
    RouterOwner,
    RoutersAnswerControl,
    SameNextAs,
    SeenBefore,
    ServiceAnswers,
    ServiceFails,
    WayShown,
)

E = ExplanationKind
UNKNOWN: Final = (Place(PlaceKind.UNKNOWN),)
ENDPOINT: Final = (Place(PlaceKind.ENDPOINT),)
HERE: Final = (Place(PlaceKind.HERE),)
NOBODY: Final = (Place(PlaceKind.NOBODY),)

Places = Mapping[ExplanationKind, tuple[Place, ...]]


def explained(places: Places, evidence: Sequence[Evidence]) -> tuple[Explanation, ...]:
    """Return the explanations at these places, each with what the evidence leaves of it."""
    found = []
    for kind, where in places.items():
        state, by = state_of(kind, evidence)
        found.append(Explanation(kind, state, where, by, would_tell(kind)))
    return tuple(found)


def silence_places(last: Candidate | None, evidence: Sequence[Evidence]) -> Places:
    """Return where each explanation of a silence after L puts the cause."""
    at_last = router_places(_owner(last, evidence)) if last is not None else HERE
    if last is not None and last.ttl == 1:
        at_last = _united([HERE, at_last])  # the user's own router, maybe
    by_bgp = next((one for one in evidence if isinstance(one, SameNextAs)), None)
    if any(isinstance(one, WayShown) for one in evidence):
        by_bgp = None  # the router is known
    beyond = _beyond(last, evidence) if by_bgp is None else _beyond_by_bgp(by_bgp, evidence)
    in_next = {E.DROPPED_IN_NEXT_AS: (_system(by_bgp.next_as),)} if by_bgp is not None else {}
    return {
        E.DROPPED_AT_LAST: at_last,
        E.DROPPED_BEYOND: beyond,
        **in_next,
        E.OTHER_WAY: UNKNOWN,
        E.ENDPOINT_SILENT: ENDPOINT,
        E.RARE_OR_LATE: NOBODY,
        E.LOST_ON_RETURN: UNKNOWN,
        E.DEAD_BRANCH: _branch(at_last, beyond, evidence),
        E.OWN_FILTER: HERE,
        E.TOO_FAR: NOBODY,
        **only_probes(evidence),
    }


def only_probes(evidence: Sequence[Evidence], *, refusals: bool = True) -> Places:
    """Return one more explanation where connections of clients are answered, and probes are not.

    A RST is an answer too, unless it is what the probes get (`refusals` False).
    """
    answered = any(
        isinstance(one, ServiceAnswers)
        or (isinstance(one, ServiceFails) and (one.heard if refusals else one.accepted))
        for one in evidence
    )
    return {E.ONLY_PROBES: UNKNOWN} if answered else {}


def next_router(evidence: Sequence[Evidence]) -> Candidate | None:
    """Return L+1: where the way is shown, the router that it leads to, else the next one of the best
    control.
    """
    shown = next((one for one in evidence if isinstance(one, WayShown)), None)
    if shown is not None:
        return shown.following
    answers = next((one for one in evidence if isinstance(one, RoutersAnswerControl)), None)
    return answers.following if answers is not None else None


def _beyond(last: Candidate | None, evidence: Sequence[Evidence]) -> tuple[Place, ...]:
    """Return where the next router is, and to the end of a label-switched path whatever else hides in it.

    The owner of an unseen router is unknown, except between two routers of one AS.
    """
    following = next_router(evidence)
    if following is None:
        return UNKNOWN
    owners = [one for one in evidence if isinstance(one, RouterOwner) and one.router.ttl >= following.ttl]
    gap = last is None or following.ttl > last.ttl + 1
    around = {_firm_owner(last, evidence), _firm_owner(following, evidence)}
    hidden = UNKNOWN if gap and (len(around) > 1 or None in around) else ()
    return _united([hidden, *map(router_places, owners)]) or UNKNOWN


def _beyond_by_bgp(way: SameNextAs, evidence: Sequence[Evidence]) -> tuple[Place, ...]:
    """Return the places of the next router, where BGP shows the two ASes it must be in."""
    both = way.viewer, way.next_as
    firm = _firm_owner(next_router(evidence), evidence)
    return (_system(firm),) if firm in both and firm is not None else tuple(map(_system, both))


def _system(asn: Asn) -> Place:
    return Place(PlaceKind.SYSTEM, asn)


def _branch(
    at_last: tuple[Place, ...], beyond: tuple[Place, ...], evidence: Sequence[Evidence]
) -> tuple[Place, ...]:
    """A dead branch lies between L and where the branches meet: before L+1 where that was seen, else it is
    unknown.
    """
    if any(isinstance(one, SeenBefore) for one in evidence):
        return _united([at_last, beyond])
    meet = next((one for one in evidence if isinstance(one, BranchesMeet)), None)
    if meet is None:
        return UNKNOWN
    owners = {one.router.address: one for one in evidence if isinstance(one, RouterOwner)}
    routers: list[Address | None] = [*meet.branches, meet.meeting.address]
    return _united([at_last, *(router_places(owners.get(address)) for address in routers)])


def _firm_owner(router: Candidate | None, evidence: Sequence[Evidence]) -> Asn | None:
    owner = _owner(router, evidence) if router is not None else None
    return owner.owners[0] if owner is not None and owner.standing is Standing.FIRM else None


def _owner(router: Candidate, evidence: Sequence[Evidence]) -> RouterOwner | None:
    return next(
        (one for one in evidence if isinstance(one, RouterOwner) and one.router.address == router.address),
        None,
    )


def _united(places: Iterable[tuple[Place, ...]]) -> tuple[Place, ...]:
    return tuple(dict.fromkeys(place for each in places for place in each))
