"""The probes of one TTL, or of the endpoint, round by round: what charts and losses over time are made of."""

from collections.abc import Sequence
from dataclasses import dataclass

from tracetui.model import LaneTrace, ReplyKind, RoundOutcome


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
    """Return a sample a round: the RTT of the answer in the endpoint's name, None where there was none.

    Every round asks the endpoint, whatever its distance. Rounds in which this machine could not send
    anything say nothing of it and are left out.
    """
    return [
        Sample(outcome.number, outcome.started_ns, _endpoint_rtt_us(outcome, trace.lane.address))
        for outcome in trace.outcomes
        if outcome.probed
    ]


def rtts_ms(series: Sequence[Sample]) -> list[float]:
    """Return the round-trip times in milliseconds of the probes that were answered."""
    return [sample.rtt_us / 1000 for sample in series if sample.rtt_us is not None]


def endpoint_answered(outcome: RoundOutcome, address: str) -> bool:
    """Return whether a round has an answer in the name of the endpoint at `address`.

    A port unreachable that a router sent in its own name is a refusal, no answer of the endpoint.
    """
    if outcome.endpoint is None or outcome.endpoint_ttl is None:
        return False
    if outcome.endpoint is not ReplyKind.PORT_UNREACHABLE:
        return True
    sender = outcome.path[outcome.endpoint_ttl - 1]
    return sender is not None and sender.partition("%")[0] == address.partition("%")[0]


def _endpoint_rtt_us(outcome: RoundOutcome, address: str) -> int | None:
    if not endpoint_answered(outcome, address) or outcome.endpoint_ttl is None:
        return None
    return outcome.rtts_us[outcome.endpoint_ttl - 1]
