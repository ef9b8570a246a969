"""CPU of judging many lanes: states, AS paths and findings, where every lane has a new round each time."""

import time
from collections.abc import Mapping

from many_lanes import many_lanes
from table import Line, Samples
from tracetui.analysis.as_path import Owners
from tracetui.analysis.findings import Findings
from tracetui.analysis.lanes.judge_lanes import Judge
from tracetui.model import LaneSnapshot, LaneTrace, Snapshot
from tracetui.model.finding import Finding

_HOPS = 27
_SNAPSHOTS = 60
"""The newest ones, which count."""


def measure(minutes: float) -> list[Line]:
    """Judge 64 lanes of 27 to 30 hops once a virtual second."""
    judging: list[float] = []
    finding: list[float] = []
    judge, update = Judge.judge, Findings.update

    def timed_judge(self: Judge, traces: Mapping[str, LaneTrace], owners: Owners) -> tuple[LaneSnapshot, ...]:
        started = time.process_time()
        found = judge(self, traces, owners)
        judging.append(1e3 * (time.process_time() - started))
        return found

    def timed_update(self: Findings, snapshot: Snapshot) -> tuple[Finding, ...]:
        started = time.process_time()
        found = update(self, snapshot)
        finding.append(1e3 * (time.process_time() - started))
        return found

    Judge.judge, Findings.update = timed_judge, timed_update
    try:
        many_lanes(minutes, _HOPS)
    finally:
        Judge.judge, Findings.update = judge, update
    both = tuple(map(sum, zip(judging, finding, strict=True)))[-_SNAPSHOTS:]
    remarks = (f"{minutes:g} minutes in; every lane has a new round in every snapshot",)
    return [
        Line("states and AS paths of 64 lanes × 30 hops", "ms", Samples(tuple(judging[-_SNAPSHOTS:]))),
        Line("findings over them", "ms", Samples(tuple(finding[-_SNAPSHOTS:]))),
        Line("judged, all together", "ms", Samples(both), budget=15, remarks=remarks),
    ]
