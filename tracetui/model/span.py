"""A span: the counts of a lane over a stretch of time, for history older than the kept rounds."""

from dataclasses import dataclass
from typing import Final

SPAN_NS: Final = 10_000_000_000
"""Length of a span while a lane is young; it doubles whenever there are more than `SPANS_KEPT`."""

SPANS_KEPT: Final = 360
"""Maximum number of spans of a trace: an hour in steps of ten seconds, a day in steps of under six
minutes."""


@dataclass(frozen=True, slots=True)
class Span:
    """Counts of complete rounds, each either reached, refused, failed or silent."""

    started_ns: int
    """Unix time at which the earliest of its rounds started."""

    ended_ns: int
    """Unix time at which the latest of its rounds started."""

    rounds: int
    reached: int
    """Rounds answered in the endpoint's name; whether the endpoint sent the answer is the verdict's to
    say."""

    resets: int
    """Of those, rounds in which the answer was a RST."""

    refused: int
    """Other rounds in which a router answered unreachable."""

    failed: int
    """Other rounds in which this machine could not send."""

    lowest_top: int
    """Lowest of the highest TTLs answered in each round; 0 for a round without a reply."""

    highest_top: int
    """Highest TTL answered in any round."""

    rtts: int
    """Answers of the endpoint, of which the RTT figures are."""

    rtt_sum_us: int
    rtt_best_us: int | None
    rtt_worst_us: int | None

    @property
    def silent(self) -> int:
        """Rounds in which neither the endpoint answered nor a router refused."""
        return self.rounds - self.reached - self.refused - self.failed

    @property
    def loss_percent(self) -> float:
        """Rounds without an answer of the endpoint, in percent."""
        return 100.0 * (self.rounds - self.reached) / self.rounds

    @property
    def rtt_mean_us(self) -> float | None:
        """Mean RTT of the endpoint; None where it never answered."""
        return self.rtt_sum_us / self.rtts if self.rtts else None


def merged(one: Span, other: Span) -> Span:
    """Return the span of the rounds of both."""
    bests = [best for best in (one.rtt_best_us, other.rtt_best_us) if best is not None]
    worsts = [worst for worst in (one.rtt_worst_us, other.rtt_worst_us) if worst is not None]
    return Span(
        started_ns=min(one.started_ns, other.started_ns),
        ended_ns=max(one.ended_ns, other.ended_ns),
        rounds=one.rounds + other.rounds,
        reached=one.reached + other.reached,
        resets=one.resets + other.resets,
        refused=one.refused + other.refused,
        failed=one.failed + other.failed,
        lowest_top=min(one.lowest_top, other.lowest_top),
        highest_top=max(one.highest_top, other.highest_top),
        rtts=one.rtts + other.rtts,
        rtt_sum_us=one.rtt_sum_us + other.rtt_sum_us,
        rtt_best_us=min(bests, default=None),
        rtt_worst_us=max(worsts, default=None),
    )
