"""A lane as it was: its trace made again from the rounds of a stretch of time."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from tracetui.analysis.window import WINDOW
from tracetui.model import Hop, LaneTrace, ReplyKind, Responder, RoundOutcome, RttStatistics

_RECENT: Final = 120
"""Probes whose RTT a hop carries, as in a trace of the engine."""

_JITTER_LOOKS_BACK: Final = 200
"""Samples that matter: older ones weigh less than (15/16)^200, three in a million."""


def between(trace: LaneTrace, from_ns: int | None = None, until_ns: int | None = None) -> LaneTrace:
    """Return the trace that the rounds begun at `from_ns` to `until_ns` alone would have made.

    Unix times in nanoseconds; None: as far as rounds are kept, up to now. RTTs are exact to a microsecond.
    What a round does not carry comes from the whole trace: TTLs of replies, MPLS labels. Late replies count
    as lost.
    """
    outcomes = tuple(
        outcome
        for outcome in trace.outcomes
        if (from_ns is None or outcome.started_ns >= from_ns)
        and (until_ns is None or outcome.started_ns <= until_ns)
    )
    proofs = [outcome for outcome in outcomes[-WINDOW:] if outcome.endpoint_ttl is not None]
    destination_ttl = min((proof.endpoint_ttl or 0 for proof in proofs), default=None)
    probed = 0
    for outcome in outcomes:
        probed |= outcome.probed
    last = destination_ttl or max(0, probed.bit_length() - 1)
    return replace(
        trace,
        started_ns=outcomes[0].started_ns if outcomes else trace.started_ns,
        rounds=len(outcomes),
        hops=tuple(_hop(trace, ttl, outcomes) for ttl in range(1, last + 1)),
        outcomes=outcomes,
        endpoint=proofs[-1].endpoint if proofs else None,
        destination_ttl=destination_ttl,
        failure=outcomes[-1].failure if outcomes else None,
    )


def _hop(trace: LaneTrace, ttl: int, outcomes: Sequence[RoundOutcome]) -> Hop:
    asked = [outcome for outcome in outcomes if outcome.probed >> ttl & 1]
    rtts_us = [outcome.rtts_us[ttl - 1] if len(outcome.rtts_us) >= ttl else None for outcome in asked]
    answered_us = [rtt for rtt in rtts_us if rtt is not None]
    responders = _responders(trace, ttl, asked)
    return Hop(
        ttl=ttl,
        sent=len(asked),
        received=len(answered_us),
        lost=len(asked) - len(answered_us),
        late=0,
        rtt=_statistics(answered_us) if answered_us else None,
        recent=tuple(None if rtt is None else rtt * 1000 for rtt in rtts_us[-_RECENT:]),
        responders=responders,
        last_address=max(responders, key=lambda each: each.last_ns).address if responders else None,
    )


def _statistics(rtts_us: Sequence[int]) -> RttStatistics:
    count = len(rtts_us)
    mean_us = sum(rtts_us) / count
    jitter_us = 0.0
    for before, after in pairwise(rtts_us[-_JITTER_LOOKS_BACK:]):
        jitter_us += (abs(after - before) - jitter_us) / 16
    squares = sum((rtt - mean_us) ** 2 for rtt in rtts_us)
    return RttStatistics(
        count=count,
        last_ns=rtts_us[-1] * 1000,
        best_ns=min(rtts_us) * 1000,
        mean_ns=mean_us * 1000,
        worst_ns=max(rtts_us) * 1000,
        stdev_ns=(squares / (count - 1)) ** 0.5 * 1000 if count > 1 else None,
        jitter_ns=jitter_us * 1000 if count > 1 else None,
    )


def _responders(trace: LaneTrace, ttl: int, asked: Sequence[RoundOutcome]) -> tuple[Responder, ...]:
    counts: dict[str, Counter[str]] = {}
    last_ns: dict[str, int] = {}
    for outcome in asked:
        address = outcome.path[ttl - 1] if len(outcome.path) >= ttl else None
        kind = outcome.kinds[ttl - 1] if address is not None else None
        if address is None or kind is None:
            continue
        label = outcome.refusal.label if kind is ReplyKind.UNREACHABLE and outcome.refusal else kind.value
        counts.setdefault(address, Counter())[label] += 1
        last_ns[address] = outcome.started_ns
    known = {
        responder.address: responder for hop in trace.hops if hop.ttl == ttl for responder in hop.responders
    }
    found = []
    for address, labels in counts.items():
        whole = known.get(address)
        found.append(
            Responder(
                address,
                labels.total(),
                dict(labels),
                whole.reply_ttl if whole else None,
                whole.mpls if whole else (),
                last_ns[address],
            )
        )
    return tuple(sorted(found, key=lambda responder: -responder.count))
