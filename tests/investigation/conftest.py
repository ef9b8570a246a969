"""A snapshot small enough to look through."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tracetui.model import (
    Lane,
    LaneSnapshot,
    LaneTrace,
    PathState,
    PathVerdict,
    ProbeProtocol,
    Snapshot,
    Tool,
    Vantage,
)


@pytest.fixture
def one_lane_snapshot() -> Callable[[str], Snapshot]:
    def make(target: str) -> Snapshot:
        lane = Lane(target, "192.0.2.1", "192.0.2.1", ProbeProtocol.ICMP, None)
        trace = LaneTrace(lane, 1, 0, 0, (), ())
        verdict = PathVerdict(PathState.INSUFFICIENT, None, None, None, None, None)
        moment = datetime(2026, 11, 24, 10, 15, tzinfo=UTC)
        return Snapshot(
            moment, moment, Tool("0", "tracetui"), Vantage("here", "raw", "Linux"), 1, 2, 30,
            (LaneSnapshot(trace, verdict, ()),), {}, {}, (), (),
        )  # fmt: skip

    return make
