"""What the engine hands to other threads."""

from dataclasses import dataclass

from tracetui.model import LaneTrace, ReceiveCounters
from tracetui.model.probe_arrivals import ProbeArrivals
from tracetui.model.trace import NOTHING_RECEIVED
from tracetui.probing.interruptions import Interruption


@dataclass(frozen=True, slots=True)
class Published:
    """The measurements that the engine published last."""

    version: int = 0
    traces: tuple[LaneTrace, ...] = ()
    counters: ReceiveCounters = NOTHING_RECEIVED
    stretched_s: float | None = None
    """The interval that the limit of packets a second allows; None where it allows the one asked for."""

    interruptions: tuple[Interruption, ...] = ()
    """The newest of the run, oldest first."""

    arrivals: tuple[ProbeArrivals, ...] = ()
    """Which probes were seen to arrive, and where."""
