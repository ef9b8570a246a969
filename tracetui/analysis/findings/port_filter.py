"""`port_or_protocol_filter`: one port or protocol stops where another to the same address passes."""

from collections.abc import Sequence
from typing import Final

from tracetui.analysis.findings.gates import NEEDED, by_amount, keep_running, lowest
from tracetui.analysis.findings.group import Group
from tracetui.analysis.findings.next_steps import (
    add_control,
    control_service,
    other_vantages,
    reverse_trace,
    unique,
)
from tracetui.analysis.findings.pair import Whose
from tracetui.analysis.findings.reading import Course, Reading
from tracetui.analysis.findings.sentences import (
    DELIBERATE,
    UNKNOWN_DIRECTION,
    as_name,
    flows_words,
    hosts,
    listed,
    name,
    router_words,
    services,
)
from tracetui.analysis.fisher import fisher_less
from tracetui.model import Confidence, Direction, Finding, FlowKind, NextStep, ProbeProtocol, Role, StepKind

_FLOWS_BY_CHANCE: Final = 0.2
"""A load balancer gives each flow a branch for good, so a hundred rounds of one flow are one draw. Above this
chance of flows falling so by themselves, no network on the way is named above low."""


def port_filter(group: Group) -> Finding:
    """Return the finding for lanes whose siblings are reached."""
    pair, subject = group.first.pair, group.subject
    siblings = [one.control for one in group.passing]
    limits = _limits(group)
    named = pair.whose in {Whose.ONE_AS, Whose.BORDER} or bool(pair.ases)
    ceiling = _ceiling(group) if named and not limits else Confidence.LOW
    direction = group.direction
    after = pair.candidates[0]
    where = f"after router {router_words(after, system=False)}" if after.address else "from the start"
    address = "address" if len({reading.lane.address for reading in siblings}) == 1 else "addresses"
    reach = "reaches" if len({reading.lane.label for reading in siblings}) == 1 else "reach"
    fails = services(group.readings)
    return Finding(
        kind=group.first.kind,
        confidence=lowest([by_amount(group.amount), ceiling]),
        lanes=group.lanes,
        sentences=(
            f"{subject.sentence} {subject.verb('stop', 'stops')} {where}, while {services(siblings)} to the "
            f"same {address} {reach} the endpoint.",
            _place(group),
            *([UNKNOWN_DIRECTION] if direction is Direction.UNKNOWN else ()),
            *([DELIBERATE] if pair.whose is not Whose.EDGE and not limits else ()),
        ),
        ases=pair.ases if named else (),
        candidates=pair.candidates,
        direction=direction,
        evidence=(*group.evidence(), *_same_service_elsewhere(group, fails)),
        counter_evidence=(*limits, *_remarks(group)),
        missing=_missing(group),
        p_value=group.p_value,
        controls=group.controls,
    )


def _place(group: Group) -> str:
    scene, pair = group.scene, group.first.pair
    last, following = pair.candidates
    match pair.whose:
        case Whose.ONE_AS:
            return (
                f"The candidates are two routers of {as_name(scene, pair.ases[0])}: "
                f"{router_words(last, system=False)} and the next, {router_words(following, system=False)}."
            )
        case Whose.BORDER:
            near, far = (as_name(scene, asn) for asn in pair.ases)
            return (
                f"The candidates are {router_words(last, system=False)} of {near} and "
                f"{router_words(following, system=False)} of {far}."
            )
        case Whose.EDGE:
            whose = f", {as_name(scene, pair.ases[0])}" if pair.ases else ""
            return f"That is at the endpoint's own network{whose}: likely its own firewall."
        case _:
            return (
                f"The candidates are {router_words(last, system=False)} and whatever comes next, which the "
                "other lanes do not show."
            )


def _limits(group: Group) -> list[str]:
    """Return what keeps the finding low, in sentences."""
    pair = group.first.pair
    found = list(dict.fromkeys(doubt for stop in group.stops for doubt in stop.pair.doubts))
    if pair.whose is Whose.EDGE and not pair.ases:
        found.append(
            "The last router that answers is not in the endpoint's network, so whose filter it is is open."
        )
    if pair.whose is Whose.EDGE:
        return found
    if group.balanced:
        found.append(
            "Several routers follow that router: a load balancer may send these lanes over one dead branch."
        )
    labels = {one.control.lane.label for one in group.passing}
    against = group.same_service_stops(labels - {reading.lane.label for reading in group.readings})
    if against:
        found.append(
            f"{listed(map(name, against))} stops there too, so the difference may not be the port's or "
            "protocol's."
        )
    stops, passes = len(group.readings), len(_passing_flows(group))
    if fisher_less(0, stops, passes, passes) > _FLOWS_BY_CHANCE:
        found.append(f"{flows_words(stops, passes)}: a load balancer with a dead branch can look the same.")
    return found


def _passing_flows(group: Group) -> Sequence[Reading]:
    """Lanes that are reached past the router where these stop."""
    era = group.first.reading.era
    return [
        other
        for other in group.scene.from_same_place(group.first.reading)
        if other.course is Course.ANSWERED
        and any(other.ttl_of(address) is not None for address in era.addresses)
    ]


def _same_service_passes(group: Group) -> Sequence[Reading]:
    """Those of them over the failing port or protocol, to other addresses."""
    labels = {reading.lane.label for reading in group.readings}
    return [other for other in _passing_flows(group) if other.lane.label in labels]


def _same_service_elsewhere(group: Group, fails: str) -> list[str]:
    passes = _same_service_passes(group)
    if not passes:
        return []
    return [f"{fails} to {hosts(passes)} passes the same router and reaches its endpoint."]


def _remarks(group: Group) -> list[str]:
    found = []
    if any(reading.trace.flow is FlowKind.PER_HOP for reading in group.readings):
        found.append("The flow varies per hop, so neighbouring hops may be on different branches.")
    fails = {reading.lane.label for reading in group.readings}
    for view in group.views:
        reached = [lane for lane in view.lanes if lane.course is Course.ANSWERED and lane.lane.label in fails]
        if reached and not view.independent:
            found.append(f"From {view.place} {listed(map(name, reached))} is reached.")
    return found


def _ceiling(group: Group) -> Confidence:
    if group.first.pair.whose is Whose.BORDER:
        return Confidence.MEDIUM
    ways = {(one.control.lane.protocol, one.control.lane.port) for one in group.passing}
    controls = {reading.lane.address for reading in _same_service_passes(group)}
    independent = any(view.independent for view in group.views)
    return Confidence.HIGH if independent and (len(ways) > 1 or controls) else Confidence.MEDIUM


def _missing(group: Group) -> tuple[NextStep, ...]:
    scene, first = group.scene, group.first.reading
    steps: list[NextStep | None] = []
    controls = [other for other in scene.from_same_place(first) if other.lane.role is Role.CONTROL]
    if not controls:
        steps.append(add_control(scene, first))
    elif not any(other.lane.label == first.lane.label for other in controls):
        steps.append(control_service(first, controls[0]))
    if first.lane.protocol is ProbeProtocol.TCP:
        bare = f"[{first.lane.address}]" if first.lane.family == 6 else first.lane.address
        there = {other.lane.port for other in (first, *scene.siblings(first))}
        port = next(port for port in (443, 80, 25, 22, 587) if port not in there)
        steps.append(
            NextStep(
                f"trace TCP/{port} of {first.lane.host} too", StepKind.ADD_TARGET, f"tcp://{bare}:{port}"
            )
        )
    steps.append(keep_running(group.amount, NEEDED[Confidence.HIGH], scene.snapshot.interval_s))
    steps += other_vantages(group.first.pair.ases, group.views)
    if group.direction is Direction.UNKNOWN:
        steps.append(reverse_trace(first))
    return unique(steps)
