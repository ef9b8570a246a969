"""What routers say themselves: `explicit_filter`, `no_route`, `routing_loop`. It takes no statistics."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from tracetui.analysis.as_path import grade
from tracetui.analysis.findings.next_steps import add_control, bgp_path, unique
from tracetui.analysis.findings.reading import LOOP_ROUNDS, Course, Reading, Refused
from tracetui.analysis.findings.scene import Scene
from tracetui.analysis.findings.sentences import (
    DELIBERATE,
    Subject,
    as_name,
    listed,
    name,
    router_words,
)
from tracetui.analysis.words import icmp_words
from tracetui.model import Candidate, Confidence, Direction, Finding, FindingKind, Grade, NextStep, Role

_PROHIBITS: Final = {(3, 9), (3, 10), (3, 13), (1, 1), (1, 5), (1, 6)}
"""RFC 1812 section 5.2.7.1 (ICMP type 3); RFC 4443 section 3.1 (ICMPv6 type 1)."""

_REFUSES: Final = {(3, 2), (3, 3), (3, 14), (3, 15), (1, 4)}
"""A router's protocol or port unreachable is what a firewall's reject rule sends unless told otherwise."""

_LOOP_NEEDED: Final = 3
_LANES_LISTED: Final = 8


def refusals(scene: Scene, readings: Iterable[Reading]) -> list[Finding]:
    """Return a finding for each router and message."""
    groups: dict[tuple[str, str, int, int], list[tuple[Reading, Refused]]] = defaultdict(list)
    for reading in readings:
        said = reading.refused
        if said is not None:
            groups[reading.place, said.address, said.icmp_type, said.icmp_code].append((reading, said))
    return [_refusal(scene, group) for group in groups.values()]


def _refusal(scene: Scene, group: Sequence[tuple[Reading, Refused]]) -> Finding:
    readings, said = [reading for reading, _ in group], group[0][1]
    code = (said.icmp_type, said.icmp_code)
    explicit = code in _PROHIBITS | _REFUSES
    at_endpoint = said.address == readings[0].lane.address
    passing = [] if at_endpoint else _passing(scene, readings, said.address)
    router = _router(scene, readings[0], said)
    asn = router.asn
    home = scene.origins(readings[0].lane.address)
    confidence = (
        _explicit_confidence(code, readings, passing)
        if explicit
        else Confidence.HIGH
        if asn is not None and asn not in home
        else Confidence.MEDIUM
    )
    return Finding(
        kind=FindingKind.EXPLICIT_FILTER if explicit else FindingKind.NO_ROUTE,
        confidence=Confidence.MEDIUM if at_endpoint and explicit else confidence,
        lanes=tuple(reading.id for reading in readings),
        sentences=(
            _message(scene, readings, said, router, at_endpoint=at_endpoint),
            *_whose(scene, readings[0], router, passing, at_endpoint=at_endpoint),
            *_cause(explicit=explicit, at_home=asn in home),
        ),
        ases=(asn,) if asn is not None else (),
        candidates=(router,),
        direction=Direction.FORWARD,
        evidence=(*_said_evidence(group), *(_passing_evidence(one, said.address) for one in passing[:4])),
        counter_evidence=tuple(_against(readings, passing, at_endpoint=at_endpoint)),
        missing=_missing(scene, readings[0], passing, explicit=explicit),
        controls=tuple(one.id for one in passing),
    )


def _router(scene: Scene, reading: Reading, said: Refused) -> Candidate:
    """A router refuses what it was to forward: it stands where its Time Exceeded comes from, one nearer."""
    place = reading.ttl_of(said.address)
    return Candidate(place or said.ttl, said.address, scene.system_at(reading, said.address))


def _passing(scene: Scene, refused: Sequence[Reading], router: str) -> list[Reading]:
    """Return lanes that go on past the router: of controls, and all others that are reached."""
    found = []
    for other in scene.from_same_place(refused[0]):
        if other in refused or (other.lane.role is Role.SUSPECT and other.course is not Course.ANSWERED):
            continue
        ttl = other.ttl_of(router)
        if ttl is not None and sum(outcome.highest_ttl > ttl for outcome in other.recent) > 1:
            found.append(other)
    return found


def _explicit_confidence(
    code: tuple[int, int], refused: Sequence[Reading], passing: Sequence[Reading]
) -> Confidence:
    if code not in _PROHIBITS or not passing or any(one.lane.role is Role.CONTROL for one in refused):
        return Confidence.MEDIUM
    return Confidence.HIGH


def _message(
    scene: Scene, readings: Sequence[Reading], said: Refused, router: Candidate, *, at_endpoint: bool
) -> str:
    words = icmp_words(said.icmp_type, said.icmp_code, readings[0].lane.family)
    who = "The endpoint itself" if at_endpoint else f"Router {router_words(router, system=False)}"
    owner = f", {as_name(scene, router.asn)}," if router.asn is not None and not at_endpoint else ""
    return f"{who}{owner} answers {Subject(scene, readings).words} with “{words}”."


def _whose(
    scene: Scene, reading: Reading, router: Candidate, passing: Sequence[Reading], *, at_endpoint: bool
) -> list[str]:
    """Say how sure the router's AS is."""
    if at_endpoint or router.address is None:
        return []
    if router.asn is None:
        return ["Which network that router belongs to is not known from its address."]
    guide = passing[0] if passing else reading
    ttl = guide.ttl_of(router.address)
    sure = grade(guide.trace, scene.snapshot.owners, ttl) if ttl is not None else Grade.NORMAL
    reasons = {
        Grade.STRONG: "the path goes on inside it",
        Grade.BORDER: "the next hop is in another network, so the router may be the neighbour's",
        Grade.RECORDED: "the trace itself says so, no source knows the address",
    }
    reason = reasons.get(sure, "no hop beyond it confirms that")
    return [f"AS{router.asn} is the origin of that router's address (grade {sure.value}): {reason}."]


def _cause(*, explicit: bool, at_home: bool) -> list[str]:
    if explicit:
        return [DELIBERATE]
    if at_home:
        return ["That is the endpoint's own network: the host may be off, or its address not in use."]
    return [
        "The place is sure, the cause is not: a route may be missing, withdrawn or set to null. "
        "Look at BGP for this time."
    ]


def _said_evidence(group: Sequence[tuple[Reading, Refused]]) -> list[str]:
    found = [
        f"{name(reading)}: the message came {said.messages} times in the last {len(reading.recent)} rounds, "
        f"from TTL {said.ttl} on."
        for reading, said in group[:_LANES_LISTED]
    ]
    if len(group) > _LANES_LISTED:
        found.append(f"{len(group) - _LANES_LISTED} more lanes get it too.")
    return found


def _passing_evidence(reading: Reading, router: str) -> str:
    role = "control" if reading.lane.role is Role.CONTROL else "lane"
    return f"The {role} {name(reading)} passes {router} (its hop {reading.ttl_of(router)})."


def _against(refused: Sequence[Reading], passing: Sequence[Reading], *, at_endpoint: bool) -> list[str]:
    found = []
    controls = [reading for reading in refused if reading.lane.role is Role.CONTROL]
    if controls:
        found.append(f"A control gets the same message: {listed(map(name, controls))}.")
    elif not passing and not at_endpoint:
        found.append("No control shows that the router passes anything else.")
    return found


def _missing(
    scene: Scene, reading: Reading, passing: Sequence[Reading], *, explicit: bool
) -> tuple[NextStep, ...]:
    ask = NextStep("ask the network that sends the message what its rule is") if explicit else None
    return unique(
        [
            None if passing else add_control(scene, reading),
            None if explicit else bgp_path(scene, reading),
            ask,
        ]
    )


def loops(scene: Scene, readings: Iterable[Reading]) -> list[Finding]:
    """Return a finding for each loop."""
    groups: dict[tuple[str, frozenset[str]], list[Reading]] = defaultdict(list)
    for reading in readings:
        if reading.loop is not None:
            groups[reading.place, frozenset(reading.loop.turn)].append(reading)
    return [_loop(scene, group) for group in groups.values()]


def _loop(scene: Scene, readings: Sequence[Reading]) -> Finding:
    first = readings[0]
    loop = first.loop
    turn = loop.turn if loop is not None else ()
    start = loop.start_ttl if loop is not None else 0
    candidates = tuple(
        Candidate(
            min(ttl for ttl, routers in first.routers.items() if address in routers),
            address,
            scene.system_at(first, address),
        )
        for address in turn
    )
    ases = tuple(dict.fromkeys(one.asn for one in candidates if one.asn is not None))
    subject = Subject(scene, readings)
    rounds = min(reading.loop_rounds for reading in readings)
    enough = rounds >= _LOOP_NEEDED
    owners = f" ({listed(as_name(scene, asn) for asn in ases)})" if ases else ""
    return Finding(
        kind=FindingKind.ROUTING_LOOP,
        confidence=Confidence.HIGH if enough else Confidence.LOW,
        lanes=tuple(reading.id for reading in readings),
        sentences=(
            f"{subject.sentence} {subject.verb('go', 'goes')} round in a loop from hop {start} on: "
            f"{listed(turn)}{owners} {'hand the packets to each other' if len(turn) > 1 else 'comes again'}.",
            "This is a routing error, not blocking.",
        ),
        ases=ases,
        candidates=candidates,
        direction=Direction.FORWARD,
        evidence=tuple(
            f"{name(reading)}: routers came again in {reading.loop_rounds} of the last "
            f"{min(len(reading.recent), LOOP_ROUNDS)} rounds."
            for reading in readings[:_LANES_LISTED]
        ),
        counter_evidence=()
        if enough
        else (f"Seen in {rounds} rounds so far; {_LOOP_NEEDED} are needed to rule a change of route out.",),
        missing=unique([bgp_path(scene, first), NextStep(f"tell {_whom(ases)} of the loop")]),
    )


def _whom(ases: Sequence[int]) -> str:
    return listed(f"AS{asn}" for asn in ases) or "the networks on the way"
