"""`blackhole_in_as` and `blackhole_at_border`: a control shows where the path would go on."""

from typing import Final

from tracetui.analysis.findings.controls import Kinship, parts_before
from tracetui.analysis.findings.gates import NEEDED, by_amount, keep_running, lowest
from tracetui.analysis.findings.group import Group
from tracetui.analysis.findings.next_steps import (
    add_control,
    bgp_path,
    control_service,
    other_vantages,
    reverse_trace,
    second_flow,
    unique,
)
from tracetui.analysis.findings.sentences import (
    DELIBERATE,
    UNKNOWN_DIRECTION,
    as_name,
    as_path_words,
    controls_pass,
    flows_words,
    hosts,
    may_be_deliberate,
    name,
    router_words,
)
from tracetui.analysis.fisher import fisher_less
from tracetui.analysis.states import SILENT_TTLS
from tracetui.model import Confidence, Direction, Finding, FindingKind, FlowKind, NextStep, Role

_FLOWS_BY_CHANCE: Final = 0.1
"""Chance, above which it is said that a load balancer may have parted the flows so."""

_VANTAGES_EACH: Final = 3
"""Vantages behind the AS that fail, and elsewhere that reach, which stand for one inside it."""


def blackhole(group: Group) -> Finding:
    """Return the finding for lanes that stop at a pair of routers whose ASes are known."""
    pair, kind = group.first.pair, group.first.kind
    limits, remarks = _limits(group), _remarks(group)
    amount = by_amount(group.amount)
    confidence = lowest([amount, Confidence.LOW if limits else Confidence.HIGH, _ceiling(group)])
    direction = Direction.FORWARD if _fails_inside(group) else group.direction
    return Finding(
        kind=kind,
        confidence=confidence,
        lanes=group.lanes,
        sentences=(*_statement(group), *_follows(group, confidence, direction)),
        ases=pair.ases,
        candidates=pair.candidates,
        direction=direction,
        evidence=(*group.evidence(), *_place_evidence(group), *_view_evidence(group)),
        counter_evidence=(*limits, *remarks),
        missing=_missing(group, confidence, direction),
        p_value=group.p_value,
        controls=group.controls,
    )


def _statement(group: Group) -> list[str]:
    scene, pair, subject = group.scene, group.first.pair, group.subject
    last, following = pair.candidates
    stop = subject.verb("stop", "stops")
    passes = controls_pass(group.passing)
    if group.first.kind is FindingKind.BLACKHOLE_IN_AS:
        where = f"inside {as_name(scene, pair.ases[0])} after router {router_words(last, system=False)}"
        return [
            f"{subject.sentence} {stop} {where}; {passes}.",
            f"If packets are lost on the way out, it is at that router or at the next, "
            f"{router_words(following)}: a trace cannot tell which.",
        ]
    near, far = (as_name(scene, asn) for asn in pair.ases)
    return [
        f"{subject.sentence} {stop} between {near} and {far}, after router "
        f"{router_words(last, system=False)}; {passes}.",
        f"It may be the last router of AS{pair.ases[0]}, {last.address}, or the first of AS{pair.ases[1]}, "
        f"{router_words(following, system=False)}. To tell them apart, trace from inside AS{pair.ases[1]} or "
        f"into it through another neighbour: if that stops as well, look at AS{pair.ases[1]}, if it passes, "
        f"at AS{pair.ases[0]}.",
    ]


def _follows(group: Group, confidence: Confidence, direction: Direction) -> list[str]:
    sentences = []
    if direction is Direction.UNKNOWN:
        sentences.append(UNKNOWN_DIRECTION)
    elif _fails_inside(group):
        sentences.append("A vantage inside that AS fails too, so packets are lost on their way out.")
    else:
        sentences.append("Answers of a near neighbour come back, so packets are lost on their way out.")
    if may_be_deliberate(group.first.kind, confidence):
        sentences.append(DELIBERATE)
    return sentences


def _limits(group: Group) -> list[str]:
    """Return what keeps the finding low, in sentences."""
    found = list(dict.fromkeys(doubt for stop in group.stops for doubt in stop.pair.doubts))
    guide = group.passing[0]
    where = f"hop {group.first.reading.era.last_ttl}"
    if not all(group.scene.origins(reading.lane.address) for reading in group.readings):
        found.append("Which network announces the endpoint is not known: this may be its own.")
    if not guide.same_service:
        found.append(
            f"No control is traced on {group.first.reading.lane.label}: the difference may be the protocol's."
        )
    if not guide.reached:
        found.append(f"The control is not reached itself: {name(guide.control)}.")
    if guide.kinship is Kinship.OTHER and not _two_agree(group):
        found.append(
            f"The control is in another network: its path may part from this one right after {where}."
        )
    if group.balanced:
        found.append(
            f"Several routers follow {where}: a load balancer may send these lanes over one dead branch."
        )
    if group.stopping:
        found.append(f"Not every control passes: {', '.join(map(name, group.stopping))} stops there too.")
    if any(_cut_short(group, index) for index in range(len(group.stops))):
        found.append("The TTLs probed do not go far enough past that router: raise --max-hops.")
    found += [
        f"From {view.place} the endpoint is not reached either, and there the last reply is from "
        f"{'AS' + str(view.last_system) if view.last_system else 'an unknown network'}."
        for view in group.views
        if view.independent and not view.reached and view.last_system not in group.first.pair.ases
    ]
    return found


def _two_agree(group: Group) -> bool:
    """Two controls in different networks that go on by the same router: there the suspect's path goes too."""
    guide = group.passing[0]
    if guide.following is None or guide.gap:
        return False
    same = {
        one.control.lane.address
        for one in group.passing
        if one.following is not None and one.following.address == guide.following.address
    }
    return len(same) > 1


def _cut_short(group: Group, index: int) -> bool:
    stop = group.stops[index]
    era, guide = stop.reading.era, stop.guide
    needed = era.last_ttl + SILENT_TTLS
    if guide is not None and guide.control.distance is not None:
        needed = max(needed, era.last_ttl + guide.control.distance - guide.ttl)
    return era.probed_ttl < needed


def _remarks(group: Group) -> list[str]:
    """Return what speaks against it without weighing much."""
    found = []
    if _may_be_one_branch(group):
        found.append(
            f"{flows_words(len(group.readings), len(group.passing))}: a load balancer with a dead branch "
            "right after that router can look the same."
        )
    if any(reading.trace.flow is FlowKind.PER_HOP for reading in group.readings):
        found.append("The flow varies per hop, so neighbouring hops may be on different branches.")
    reading = group.first.reading
    for other in group.scene.from_same_place(reading):
        parts = parts_before(reading, other) if other.lane.role is Role.CONTROL else None
        if parts is not None and parts <= reading.era.last_ttl:
            found.append(f"{name(other)} parts from this path at hop {parts}, and is left out of account.")
    named = set(group.first.pair.ases)
    found += [
        f"From {view.place} the endpoint is reached through AS{asn}."
        for view in group.views
        if view.reached
        for asn in view.path
        if asn in named
    ]
    return found


def _place_evidence(group: Group) -> list[str]:
    guide = group.passing[0]
    if guide.following is None:
        return []
    address = guide.following.address
    owner = group.scene.system_at(guide.control, address)
    gap = f", after {guide.gap} silent hop{'s' if guide.gap > 1 else ''}" if guide.gap else ""
    return [
        f"After the router they share, the control goes on to {address}"
        f"{f' (AS{owner})' if owner is not None else ''}{gap}."
    ]


def _view_evidence(group: Group) -> list[str]:
    return [
        f"From {view.place} {hosts(view.lanes)} is reached, through {as_path_words(view.path)}."
        if view.reached
        else f"From {view.place} {hosts(view.lanes)} is not reached either; the last reply there is from "
        f"AS{view.last_system}."
        for view in group.views
        if (view.reached and view.path) or view.last_system in group.first.pair.ases
    ]


def _fails_inside(group: Group) -> bool:
    """Tell whether two vantages stop inside the AS, and one of them is inside it itself."""
    ases, own = group.first.pair.ases, group.first.reading.snapshot.as_path
    homes = [view.home for view in group.views if not view.reached and view.last_system in ases]
    if group.first.kind is not FindingKind.BLACKHOLE_IN_AS or not homes:
        return False
    return not {*homes, *own[:1]}.isdisjoint(ases)


def _may_be_one_branch(group: Group) -> bool:
    """A load balancer gives each flow a branch for good: many rounds of one flow are one draw."""
    stops, passes = len(group.readings), len(group.passing)
    return fisher_less(0, stops, passes, passes) > _FLOWS_BY_CHANCE


def _many_vantages(group: Group) -> bool:
    ases = group.first.pair.ases
    behind = {view.place for view in group.views if not view.reached and view.last_system in ases}
    elsewhere = {view.place for view in group.views if view.reached and not set(ases) & set(view.path)}
    return len(behind) + 1 >= _VANTAGES_EACH and len(elsewhere) >= _VANTAGES_EACH


def _two_ways(group: Group) -> bool:
    """Two protocols, or two controls."""
    protocols = {reading.lane.protocol for reading in group.readings}
    return len(protocols) > 1 or len({one.control.lane.address for one in group.passing}) > 1


def _ceiling(group: Group) -> Confidence:
    if group.first.kind is not FindingKind.BLACKHOLE_IN_AS:
        return Confidence.MEDIUM
    independent = any(view.independent for view in group.views)
    sure = _two_ways(group) and independent and (_fails_inside(group) or _many_vantages(group))
    return Confidence.HIGH if sure else Confidence.MEDIUM


def _missing(group: Group, confidence: Confidence, direction: Direction) -> tuple[NextStep, ...]:
    scene, first, guide = group.scene, group.first.reading, group.passing[0]
    steps: list[NextStep | None] = []
    if not guide.same_service:
        steps.append(control_service(first, guide.control))
    if guide.kinship is Kinship.OTHER or not guide.reached:
        steps.append(add_control(scene, first))
    if not _two_ways(group) or _may_be_one_branch(group):
        steps.append(second_flow(scene, first))
    if confidence is not Confidence.HIGH:
        if group.first.kind is FindingKind.BLACKHOLE_IN_AS:
            wanted = NEEDED[Confidence.HIGH]
            steps.append(keep_running(group.amount, wanted, scene.snapshot.interval_s))
        steps += other_vantages(group.first.pair.ases, group.views)
    if direction is Direction.UNKNOWN:
        steps.append(reverse_trace(first))
    return unique([*steps, bgp_path(scene, first)])
