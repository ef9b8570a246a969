"""What would make a finding surer, or refute it: instructions, the one that is needed first in front."""

from collections.abc import Iterable, Sequence

from tracetui.analysis.findings.elsewhere import View
from tracetui.analysis.findings.reading import Reading
from tracetui.analysis.findings.scene import Scene
from tracetui.analysis.findings.suggest import control_prefix, suggested_controls
from tracetui.model import NextStep, ProbeProtocol, StepKind


def unique(steps: Iterable[NextStep | None]) -> tuple[NextStep, ...]:
    """Return the steps there are, each once, in order."""
    return tuple(dict.fromkeys(step for step in steps if step is not None))


def add_control(scene: Scene, suspect: Reading) -> NextStep:
    """Ask for a control where the suspect is announced."""
    prefix = control_prefix(scene.snapshot, suspect.lane.address)
    return NextStep(f"add a control in {prefix}", StepKind.ADD_CONTROL, prefix)


def offered_controls(scene: Scene, suspect: Reading) -> tuple[NextStep, ...]:
    """Return the two controls that are most easily had."""
    return suggested_controls(scene.snapshot, suspect.id)[:2]


def second_flow(scene: Scene, suspect: Reading) -> NextStep:
    """Ask for another protocol to the same address, or where there are two for another control."""
    lane = suspect.lane
    protocols = {lane.protocol, *(other.lane.protocol for other in scene.siblings(suspect))}
    bare = f"[{lane.address}]" if lane.family == 6 else lane.address
    if ProbeProtocol.ICMP not in protocols:
        return NextStep(f"trace {lane.host} over ICMP too", StepKind.ADD_TARGET, f"icmp://{bare}")
    if ProbeProtocol.TCP not in protocols:
        return NextStep(f"trace {lane.host} over TCP too", StepKind.ADD_TARGET, f"tcp://{bare}:443")
    prefix = control_prefix(scene.snapshot, lane.address)
    return NextStep(f"add a second control in {prefix}", StepKind.ADD_CONTROL, prefix)


def control_service(suspect: Reading, control: Reading) -> NextStep:
    """Ask for the suspect's own protocol and port on a control."""
    lane = control.lane
    bare = f"[{lane.address}]" if lane.family == 6 else lane.address
    if suspect.lane.protocol is ProbeProtocol.ICMP:
        return NextStep(
            f"trace the control {lane.host} over ICMP too", StepKind.ADD_CONTROL, f"icmp://{bare}"
        )
    label = suspect.lane.label
    return NextStep(
        f"trace the control {lane.host} on {label} too",
        StepKind.ADD_CONTROL,
        f"tcp://{bare}:{suspect.lane.port}",
    )


def other_vantages(ases: Sequence[int], seen: Sequence[View]) -> list[NextStep]:
    """Ask for vantages: inside the ASes named, and elsewhere."""
    homes = {view.home for view in seen}
    steps = [
        NextStep(f"trace from a vantage inside AS{asn}", StepKind.ADD_VANTAGE, f"AS{asn}")
        for asn in ases
        if asn not in homes
    ]
    if not any(view.independent for view in seen):
        steps.append(NextStep("trace from another provider's network", StepKind.ADD_VANTAGE))
    return steps


def reverse_trace(suspect: Reading) -> NextStep:
    """Ask for the way back."""
    return NextStep(f"ask whoever runs {suspect.lane.host} for a trace back to this address")


def bgp_path(scene: Scene, suspect: Reading) -> NextStep:
    """Ask for what routing said then."""
    prefix = control_prefix(scene.snapshot, suspect.lane.address)
    return NextStep(f"look up the BGP path to {prefix} for this time")
