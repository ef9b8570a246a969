"""Lists the probes of one TTL, or of the endpoint, round by round, and who answers them; for the details."""

from collections.abc import Sequence
from dataclasses import dataclass

from tracetui.model import LaneTrace


@dataclass(frozen=True, slots=True)
class Sample:
    """One probe of a complete round."""

    number: int
    """Of its round."""

    at_ns: int
    """Unix time at which its round started."""

    rtt_us: int | None
    """None: no reply in time."""


def hop_series(trace: LaneTrace, ttl: int) -> list[Sample]:
    """Return the probes to `ttl`, oldest first; rounds that sent none are not in it."""
    return [
        Sample(
            outcome.number,
            outcome.started_ns,
            outcome.rtts_us[ttl - 1] if len(outcome.rtts_us) >= ttl else None,
        )
        for outcome in trace.outcomes
        if outcome.was_probed(ttl)
    ]


def endpoint_series(trace: LaneTrace) -> list[Sample]:
    """Return one sample per round: the RTT of the answer in the endpoint's name, None where there was none.

    Every round asks the endpoint, whatever its distance. Rounds in which this machine could not send
    anything say nothing of it and are left out.
    """
    return [
        Sample(
            outcome.number,
            outcome.started_ns,
            outcome.rtts_us[outcome.endpoint_ttl - 1] if outcome.endpoint_ttl else None,
        )
        for outcome in trace.outcomes
        if outcome.probed
    ]


def rtts_ms(series: Sequence[Sample]) -> list[float]:
    """Return the round-trip times in milliseconds of the probes that were answered."""
    return [sample.rtt_us / 1000 for sample in series if sample.rtt_us is not None]


@dataclass(frozen=True, slots=True)
class ResponderChange:
    """A round in which another address answered than in the last round that was answered."""

    at_ns: int
    """Unix time at which the round started."""

    before: str
    after: str


def responder_changes(trace: LaneTrace, ttl: int) -> list[ResponderChange]:
    """Return the changes at `ttl` in the rounds that are kept, oldest first; silence between is no change."""
    changes = []
    before: str | None = None
    for outcome in trace.outcomes:
        address = outcome.path[ttl - 1] if len(outcome.path) >= ttl else None
        if address is None:
            continue
        if before is not None and address != before:
            changes.append(ResponderChange(outcome.started_ns, before, address))
        before = address
    return changes
