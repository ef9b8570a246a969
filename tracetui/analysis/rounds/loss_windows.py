"""Computes loss over the last 1, 5 and 15 minutes and over the whole run, for the details view."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tracetui.analysis.rounds.probe_series import Sample
from tracetui.model import LaneTrace

WINDOWS_MIN: Final = (1, 5, 15)
"""Lengths in minutes."""


@dataclass(frozen=True, slots=True)
class WindowLoss:
    """Loss over a stretch of time that ends now."""

    minutes: int | None
    """Its length; None: all there is."""

    probes: int
    """Probes whose fate is known; of an endpoint, rounds."""

    lost: int

    @property
    def loss_percent(self) -> float | None:
        """Lost of all, in percent; None where there was no probe."""
        return 100.0 * self.lost / self.probes if self.probes else None


def hop_loss(
    trace: LaneTrace, ttl: int, series: Sequence[Sample], now_ns: int
) -> tuple[WindowLoss | None, ...]:
    """Return the loss at `ttl` by window, the shortest first, then of all; None where the run is younger.

    `series` is what `hop_series` returns for it. Answers that came too late count as lost in the windows, but
    not in all: rounds do not keep them.
    """
    hop = trace.hops[ttl - 1] if 1 <= ttl <= len(trace.hops) else None
    whole = WindowLoss(None, hop.completed, hop.lost) if hop is not None else WindowLoss(None, 0, 0)
    return (*_windows(trace, series, now_ns), whole)


def endpoint_loss(trace: LaneTrace, series: Sequence[Sample], now_ns: int) -> tuple[WindowLoss | None, ...]:
    """Return the share of rounds without the endpoint's answer, by window as `hop_loss` does.

    `series` is what `endpoint_series` returns for it.
    """
    if len(trace.outcomes) < trace.rounds and trace.spans:
        rounds = sum(span.rounds - span.failed for span in trace.spans)
        whole = WindowLoss(None, rounds, rounds - sum(span.reached for span in trace.spans))
    else:
        whole = _loss(None, series)
    return (*_windows(trace, series, now_ns), whole)


def _windows(trace: LaneTrace, series: Sequence[Sample], now_ns: int) -> list[WindowLoss | None]:
    forgotten = len(trace.outcomes) < trace.rounds
    since_ns = trace.outcomes[0].started_ns if forgotten and trace.outcomes else trace.started_ns
    windows: list[WindowLoss | None] = []
    for minutes in WINDOWS_MIN:
        from_ns = now_ns - minutes * 60_000_000_000
        known = from_ns >= since_ns
        windows.append(_loss(minutes, [s for s in series if s.at_ns >= from_ns]) if known else None)
    return windows


def _loss(minutes: int | None, series: Sequence[Sample]) -> WindowLoss:
    return WindowLoss(minutes, len(series), sum(sample.rtt_us is None for sample in series))
