"""Silence that cannot be given a place between two networks, or need not."""

from tracetui.analysis.findings.controls import Comparison, comparisons, parts_before
from tracetui.analysis.findings.gates import NEEDED, Amount, by_amount, keep_running, lowest
from tracetui.analysis.findings.group import Group
from tracetui.analysis.findings.next_steps import (
    add_control,
    bgp_path,
    offered_controls,
    other_vantages,
    reverse_trace,
    unique,
)
from tracetui.analysis.findings.reading import Reading
from tracetui.analysis.findings.sentences import (
    UNKNOWN_DIRECTION,
    as_name,
    as_path_words,
    hosts,
    name,
    p_words,
    router_words,
)
from tracetui.model import Candidate, Confidence, Direction, Finding, NextStep, Role


def silent_edge(group: Group) -> Finding:
    """Return the finding for silence that begins at the endpoint's own network."""
    pair, subject = group.first.pair, group.subject
    last = pair.candidates[0]
    if pair.ases:
        where = f"inside the endpoint's own network, {as_name(group.scene, pair.ases[0])}"
    else:
        where = "at the door of the endpoint's own network"
    return _finding(
        group,
        sentences=(
            f"{subject.sentence} {subject.verb('are', 'is')} silent after router "
            f"{router_words(last, system=False)}, {where}.",
            "Likely the endpoint's own firewall, or a host that is off: nothing here points at a network on "
            "the way.",
            UNKNOWN_DIRECTION,
        ),
        ases=pair.ases,
        counter=_views_that_reach(group),
        missing=[*offered_controls(group.scene, group.first.reading), reverse_trace(group.first.reading)],
    )


def unlocalised(group: Group) -> Finding:
    """Return the finding for silence that no comparison gives a place."""
    reading, subject, scene = group.first.reading, group.subject, group.scene
    last = group.first.pair.candidates[0] if reading.era.address is not None else None
    if last is not None:
        start = f"{subject.sentence} {subject.verb('are', 'is')} silent after router {router_words(last)}"
        first = f"{start}; the last AS that answers is not necessarily the one that drops."
    else:
        first = f"{subject.sentence}: nothing answers, not even the first hop."
    why, steps = _why_not(group)
    wanted = NEEDED[Confidence.MEDIUM]
    return _finding(
        group,
        sentences=(first, *why, UNKNOWN_DIRECTION),
        counter=[],
        evidence=_views_that_reach(group),
        missing=[
            *steps,
            keep_running(group.amount, wanted, scene.snapshot.interval_s),
            *other_vantages((), group.views),
            reverse_trace(reading),
            bgp_path(scene, reading),
        ],
    )


def _why_not(group: Group) -> tuple[list[str], list[NextStep | None]]:
    """Say why no place follows, and what would give one."""
    scene, reading, guide = group.scene, group.first.reading, group.first.guide
    wanted = NEEDED[Confidence.MEDIUM]
    if guide is not None and reading.era.address is None:
        return [
            f"{name(guide.control)} is answered on the way, from the same machine: look at this machine's "
            "own firewall and routes for the silent address."
        ], []
    if guide is not None and not group.amount.reaches(wanted):
        return [
            f"{name(guide.control)} passes that router, but {_amount_words(group.amount)} of silence are not "
            f"enough to say more: it takes {wanted.rounds} rounds and {wanted.seconds:g} s."
        ], []
    if guide is not None:
        return [
            f"{name(guide.control)} passes that router, but whose routers come next on the way does not show."
        ], [add_control(scene, reading), *offered_controls(scene, reading)]
    steps: list[NextStep | None] = [add_control(scene, reading), *offered_controls(scene, reading)]
    valid = comparisons(scene, reading)
    if valid:
        return [_unclear(valid[0])], steps
    parting = [
        f"{name(other)} parts from this path at hop {ttl}, so it says nothing about that router."
        for other in scene.from_same_place(reading)
        if other.lane.role is Role.CONTROL and (ttl := parts_before(reading, other)) is not None
    ]
    return (parting[:2] or ["No control shows how the path goes on."]), steps


def _unclear(one: Comparison) -> str:
    return (
        f"{name(one.control)} shares that router but does not clearly pass it: something from beyond it "
        f"answered in {one.control_hits} of {one.control_rounds} of the same rounds, {p_words(one.p_value)}."
    )


def _amount_words(amount: Amount) -> str:
    return f"{amount.rounds} rounds over {amount.seconds:.0f} s"


def general_failure(group: Group) -> Finding:
    """Return the finding for suspects and controls that stop at the same router. It names no AS."""
    subject, stopping, last = group.subject, group.stopping, group.first.pair.candidates[0]
    where = f"router {router_words(last, system=False)}" if last.address else "the very start"
    evidence = [_silence_of(lane) for lane in stopping]
    one = len({lane.lane.address for lane in stopping}) == 1
    return _finding(
        group,
        confidence=lowest([by_amount(group.amount), Confidence.MEDIUM]),
        sentences=(
            f"{subject.sentence} {subject.verb('stop', 'stops')} at {where}, and so "
            f"{'does the control' if one else 'do the controls'} {hosts(stopping)}.",
            f"So this is not specific to {hosts(group.readings)}.",
            UNKNOWN_DIRECTION,
        ),
        candidates=tuple(Candidate(one.ttl, one.address, None) for one in group.first.pair.candidates),
        evidence=evidence,
        counter=_views_that_reach(group),
        missing=[
            NextStep("add a control in another network: does anything pass that router?"),
            keep_running(group.amount, NEEDED[Confidence.MEDIUM], group.scene.snapshot.interval_s),
            *other_vantages((), group.views),
        ],
        controls=tuple(lane.id for lane in stopping),
    )


def return_path_suspect(group: Group) -> Finding:
    """Return the finding for routers beyond L that answer a control's probes but not direct ones."""
    subject, last = group.subject, group.first.pair.candidates[0]
    direct = list({lane.id: lane for stop in group.stops for lane in stop.direct}.values())
    return _finding(
        group,
        sentences=(
            f"{subject.sentence} {subject.verb('are', 'is')} silent after hop {last.ttl}, and routers that "
            f"the control shows beyond it, {hosts(direct)}, do not answer direct probes either.",
            "The answers may be lost on their way back: direction unknown.",
            "A trace from the endpoint's side would tell; a router that answers nobody looks the same.",
        ),
        evidence=[_silence_of(lane) for lane in direct],
        counter=_views_that_reach(group),
        missing=[reverse_trace(group.first.reading), *other_vantages((), group.views)],
        more_lanes=tuple(lane.id for lane in direct),
    )


def _silence_of(reading: Reading) -> str:
    era = reading.era
    return f"{name(reading)}: nothing answered beyond hop {era.last_ttl} in {era.rounds} rounds."


def _views_that_reach(group: Group) -> list[str]:
    return [
        f"From {view.place} {hosts(view.lanes)} is reached, through {as_path_words(view.path)}."
        for view in group.views
        if view.reached and view.path
    ]


def _finding(
    group: Group,
    *,
    sentences: tuple[str, ...],
    missing: list[NextStep | None] | list[NextStep],
    counter: list[str],
    confidence: Confidence = Confidence.LOW,
    ases: tuple[int, ...] = (),
    candidates: tuple[Candidate, ...] | None = None,
    evidence: list[str] | None = None,
    controls: tuple[str, ...] | None = None,
    more_lanes: tuple[str, ...] = (),
) -> Finding:
    return Finding(
        kind=group.first.kind,
        confidence=confidence,
        lanes=(*group.lanes, *more_lanes),
        sentences=sentences,
        ases=ases,
        candidates=group.first.pair.candidates if candidates is None else candidates,
        direction=Direction.UNKNOWN,
        evidence=(*group.evidence(), *(evidence or ())),
        counter_evidence=tuple(counter),
        missing=unique(missing),
        p_value=group.p_value,
        controls=group.controls if controls is None else controls,
    )
