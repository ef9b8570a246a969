"""A finding built by hand, on the scene of `scenes.protonmail`."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from tracetui.model import (
    Address,
    Asn,
    Candidate,
    Confidence,
    ControlFit,
    Direction,
    Explanation,
    ExplanationKind,
    ExplanationState,
    Finding,
    FindingKind,
    NextStep,
    Place,
    PlaceKind,
    Prefix,
    ProbeProtocol,
    Relation,
    Snapshot,
    StepKind,
)
from tracetui.model.evidence import ControlStops, FlowsSplit, RoutersAnswerControl, Silence
from tracetui.model.finding import SilentAfter
from tui.scenes import CONTROL_ICMP, CONTROL_TCP, ICMP, LAST, TCP, protonmail

NEXT = Candidate(5, Address("195.34.59.9"), Asn(8359))
MTS = Place(PlaceKind.SYSTEM, Asn(8359))

ADD_CONTROL = NextStep(
    StepKind.ADD_CONTROL,
    TCP,
    prefix=Prefix("185.70.40.0/24"),
    relation=Relation.NEIGHBOUR,
    tells=(ExplanationKind.OTHER_WAY,),
)
CONTROL_SERVICE = NextStep(
    StepKind.CONTROL_SERVICE, TCP, Address("156.154.64.10"), protocol=ProbeProtocol.TCP, port=443
)
ADD_SERVICE = NextStep(
    StepKind.ADD_SERVICE, TCP, Address("185.70.40.101"), protocol=ProbeProtocol.TCP, port=443
)
MARK_CONTROL = NextStep(StepKind.MARK_CONTROL, TCP, Address("156.154.64.10"))
BGP_PATH = NextStep(StepKind.BGP_PATH, TCP, prefix=Prefix("185.70.40.0/24"), asn=Asn(8359))

_LEFT, _STRAINED, _OUT = ExplanationState.LEFT, ExplanationState.STRAINED, ExplanationState.RULED_OUT

EXPLANATIONS = (
    Explanation(ExplanationKind.RARE_OR_LATE, _OUT, (Place(PlaceKind.NOBODY),), by=(1,)),
    Explanation(
        ExplanationKind.DROPPED_AT_LAST, _LEFT, (MTS,), would_tell=(StepKind.BGP_PATH, StepKind.ADD_VANTAGE)
    ),
    Explanation(ExplanationKind.DROPPED_BEYOND, _LEFT, (MTS,), would_tell=(StepKind.ADD_VANTAGE,)),
    Explanation(ExplanationKind.DEAD_BRANCH, _STRAINED, (Place(PlaceKind.UNKNOWN),), by=(2,)),
    Explanation(
        ExplanationKind.OTHER_WAY, _LEFT, (Place(PlaceKind.UNKNOWN),), would_tell=(StepKind.BGP_PATH,)
    ),
    Explanation(ExplanationKind.OWN_FILTER, _OUT, (Place(PlaceKind.HERE),), by=(1,)),
)

FINDING = Finding(
    FindingKind.BLACKHOLE_UNLOCALISED,
    Confidence.LOW,
    (TCP, ICMP),
    SilentAfter(LAST, passing=(CONTROL_TCP,)),
    since=datetime(2019, 3, 12, 9, 30, tzinfo=UTC),
    candidates=(LAST, NEXT),
    direction=Direction.UNKNOWN,
    explanations=EXPLANATIONS,
    evidence=(
        Silence((TCP, ICMP), 4, 42, 42.0, 0.07),
        RoutersAnswerControl(CONTROL_TCP, ControlFit.VALID, Relation.SAME_ORIGIN, 4, 42, 42, 0.0001, NEXT, 0),
        FlowsSplit(2, 2, 4, 0.06),
        ControlStops(CONTROL_ICMP, answered_before=False),
    ),
    next_steps=(BGP_PATH, ADD_CONTROL, CONTROL_SERVICE, ADD_SERVICE, MARK_CONTROL),
    p_value=0.0001,
    controls=(CONTROL_TCP,),
)


def case(**changes: Any) -> Snapshot:
    """The scene with the finding."""
    return replace(protonmail(), **{"findings": (FINDING,), **changes})
