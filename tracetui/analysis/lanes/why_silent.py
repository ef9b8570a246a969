"""Decides why a hop lacks replies: rate-limited, silent but forwarding, or silent like all beyond it."""

from typing import Final

from tracetui.model import Hop, LaneTrace, Silence

_MIN_LOST: Final = 2
_MIN_LOSS_PERCENT: Final = 10.0
"""A hop that loses less than this is not called rate-limited."""

_MAX_LOSS_BEYOND_PERCENT: Final = 5.0
"""A hop beyond that loses no more than this answers "nearly all": what it got went through the hop before."""

_MIN_PROBES_BEYOND: Final = 5
"""Complete probes that a hop beyond needs before its loss says anything."""


def silence(trace: LaneTrace, ttl: int) -> Silence | None:
    """Return why the hop at `ttl` lacks replies; None when it does not, or nothing is known yet."""
    if not 1 <= ttl <= len(trace.hops):
        return None
    hop, beyond = trace.hops[ttl - 1], trace.hops[ttl:]
    if not hop.completed:
        return None
    if not hop.answered:
        return Silence.SILENT_FORWARDING if any(later.answered for later in beyond) else Silence.SILENT
    loss = hop.loss_percent or 0.0
    if hop.lost < _MIN_LOST or loss < _MIN_LOSS_PERCENT:
        return None
    # One hop beyond that gets nearly everything is enough: every probe it answered passed this hop.
    return Silence.RATE_LIMITED if any(_answers_nearly_all(later) for later in beyond) else None


def _answers_nearly_all(hop: Hop) -> bool:
    loss = hop.loss_percent
    return loss is not None and hop.completed >= _MIN_PROBES_BEYOND and loss <= _MAX_LOSS_BEYOND_PERCENT
