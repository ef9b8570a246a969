"""`local_problem`: everything stops at home, or this machine cannot send. It names no AS."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from tracetui.analysis.findings.gates import lowest, said
from tracetui.analysis.findings.next_steps import unique
from tracetui.analysis.findings.reading import Course, Reading
from tracetui.analysis.findings.scene import Scene
from tracetui.analysis.findings.sentences import Subject, name
from tracetui.analysis.words import icmp_words
from tracetui.model import Confidence, Direction, Finding, FindingKind, NextStep, Role

_LOOK: Final = "Look at your own firewall, VPN and uplink before anything else."
_LANES_LISTED: Final = 8


def everything_at_home(scene: Scene, lanes: Sequence[Reading]) -> Finding | None:
    """Return the finding when every lane of a vantage stops at or before the first public hop.

    One endpoint alone has nothing to be compared with, so it must not even get to a public hop.
    """
    told = [reading for reading in lanes if reading.course is not Course.INSUFFICIENT]
    failing = [reading for reading in told if reading.course is not Course.CANNOT_SEND]
    if not failing or not all(_at_home(scene, reading) for reading in told):
        return None
    endpoints = {reading.lane.address for reading in told}
    public = any(_public_hops(scene, reading) for reading in failing)
    if len(endpoints) == 1 and public:
        return None
    controls = [reading for reading in told if reading.lane.role is Role.CONTROL]
    compared = bool(controls) and len(controls) < len(told)
    enough = lowest([said(reading.trace.rounds) for reading in failing])
    what = "every lane" if len(told) > 1 else name(told[0])
    also = ", the control's too" if compared and len({r.lane.address for r in controls}) == 1 else ""
    also = ", the controls' too" if compared and not also else also
    return Finding(
        kind=FindingKind.LOCAL_PROBLEM,
        confidence=enough if compared else Confidence.LOW,
        lanes=tuple(reading.id for reading in told),
        sentences=(
            f"{what[0].upper()}{what[1:]} stops at or before the first public hop{also}.",
            _LOOK,
        ),
        direction=Direction.UNKNOWN,
        evidence=tuple(_end(reading) for reading in told[:_LANES_LISTED]),
        counter_evidence=() if compared else ("No control was traced that is known to work otherwise.",),
        missing=unique(
            [
                None if controls else NextStep("add a control in another network that you know to work"),
                NextStep("ping the default gateway, and trace from another machine of the same network"),
            ]
        ),
    )


def cannot_send(scene: Scene, readings: Iterable[Reading]) -> list[Finding]:
    """Return a finding for each reason the local system gives for not sending."""
    groups: dict[tuple[str, str], list[Reading]] = defaultdict(list)
    for reading in readings:
        groups[reading.place, reading.verdict.reason or "no reason given"].append(reading)
    found = []
    for (_, reason), group in groups.items():
        subject = Subject(scene, group)
        found.append(
            Finding(
                kind=FindingKind.LOCAL_PROBLEM,
                confidence=Confidence.HIGH,
                lanes=tuple(reading.id for reading in group),
                sentences=(f"This machine cannot send {subject.words}: {reason}.", _LOOK),
                direction=Direction.FORWARD,
                evidence=(f"The local system's own words: {reason}.",),
                missing=(NextStep("check the local firewall's output rules and the routing table"),),
            )
        )
    return found


def _at_home(scene: Scene, reading: Reading) -> bool:
    """Tell whether a lane ends before it gets anywhere: at or before the first public hop."""
    if reading.course is Course.CANNOT_SEND:
        return True
    if reading.course not in {Course.SILENT, Course.REFUSED}:
        return False
    if not scene.is_public(reading.lane.address):
        return reading.era.last_ttl <= 1
    hops = _public_hops(scene, reading)
    last = reading.steps[-1:]  # none where the very first hop refuses
    return len(hops) <= 1 and (not hops or not last or last[0].address in hops)


def _public_hops(scene: Scene, reading: Reading) -> set[str]:
    addresses = {step.address for step in reading.steps}
    if reading.refused is not None:
        addresses.add(reading.refused.address)
    return {address for address in addresses if scene.is_public(address)}


def _end(reading: Reading) -> str:
    if reading.course is Course.CANNOT_SEND:
        return f"{name(reading)}: cannot be sent, {reading.verdict.reason}."
    said_so = reading.refused
    if said_so is not None:
        words = icmp_words(said_so.icmp_type, said_so.icmp_code, reading.lane.family)
        return f"{name(reading)}: {said_so.address} says {words}."
    era = reading.era
    where = (
        f"the last reply came from hop {era.last_ttl}, {era.address}" if era.address else "nothing answered"
    )
    return f"{name(reading)}: {where} in {era.rounds} rounds."
