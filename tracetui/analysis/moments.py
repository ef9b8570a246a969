"""A lane as it was: its trace made again from the rounds of a stretch of time.

Sixteen minutes of rounds on many lanes are a million figures: they are counted by column, a TTL at a time,
in loops that the interpreter runs in C.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import compress, pairwise, zip_longest
from operator import and_, mul
from typing import Final

from tracetui.analysis.window import WINDOW
from tracetui.model import Hop, LaneTrace, ReplyKind, Responder, RoundOutcome, RttStatistics
from tracetui.model.span import Span

RECENT: Final = 120
"""Probes whose RTT a hop carries, as in a trace of the engine."""

JITTER_LOOKS_BACK: Final = 200
"""Samples that matter: older ones weigh less than (15/16)^200, three in a million."""


def between(trace: LaneTrace, from_ns: int | None = None, until_ns: int | None = None) -> LaneTrace:
    """Return the trace that the rounds begun at `from_ns` to `until_ns` alone would have made.

    Unix times in nanoseconds; None: as far as rounds are kept, up to now. RTTs are exact to a microsecond.
    What a round does not carry comes from the whole trace: TTLs of replies, MPLS labels. Late replies count
    as lost, and a round that was still open then counts as complete.
    """
    outcomes = _begun(trace.outcomes, from_ns, until_ns)
    proofs = [outcome for outcome in outcomes[-WINDOW:] if outcome.endpoint_ttl is not None]
    destination_ttl = min((proof.endpoint_ttl or 0 for proof in proofs), default=None)
    probed = 0
    for outcome in outcomes:
        probed |= outcome.probed
    last = destination_ttl or max(0, probed.bit_length() - 1)
    from_start = from_ns is None and trace.rounds == len(trace.outcomes)
    return replace(
        trace,
        started_ns=trace.started_ns if from_start or not outcomes else outcomes[0].started_ns,
        rounds=len(outcomes),
        hops=_hops(trace, last, outcomes),
        outcomes=outcomes,
        endpoint=proofs[-1].endpoint if proofs else None,
        destination_ttl=destination_ttl,
        failure=outcomes[-1].failure if outcomes else None,
        finished=trace.finished and outcomes[-1:] == trace.outcomes[-1:],
        spans=_spans(trace.spans, from_ns, until_ns),
    )


def counted_since(trace: LaneTrace, from_ns: int) -> tuple[Hop, ...]:
    """Return the hops of a trace with the figures of the rounds begun at `from_ns` and later alone."""
    return _hops(trace, len(trace.hops), _begun(trace.outcomes, from_ns, None))


def _begun(
    outcomes: tuple[RoundOutcome, ...], from_ns: int | None, until_ns: int | None
) -> tuple[RoundOutcome, ...]:
    """Rounds stand in order of time, but for a clock that was set back: then some too many are kept."""
    first = 0 if from_ns is None else bisect_left(outcomes, from_ns, key=_start)
    last = len(outcomes) if until_ns is None else bisect_right(outcomes, until_ns, key=_start)
    return outcomes if (first, last) == (0, len(outcomes)) else outcomes[first:last]


def _start(outcome: RoundOutcome) -> int:
    return outcome.started_ns


def _spans(spans: tuple[Span, ...], from_ns: int | None, until_ns: int | None) -> tuple[Span, ...]:
    """Keep the spans that lie wholly in the stretch."""
    return tuple(
        span
        for span in spans
        if (from_ns is None or span.started_ns >= from_ns) and (until_ns is None or span.ended_ns <= until_ns)
    )


def _hops(trace: LaneTrace, last: int, outcomes: Sequence[RoundOutcome]) -> tuple[Hop, ...]:
    at_ttl = senders_of(outcomes)
    return tuple(
        _hop(trace, ttl, rtts_us, at_ttl.get(ttl, {}))
        for ttl, rtts_us in enumerate(rtts_of(outcomes, last), start=1)
    )


def rtts_of(outcomes: Sequence[RoundOutcome], last: int) -> Iterator[Sequence[int | None]]:
    """Yield the RTTs of the probes of TTL 1, 2 ... `last`, oldest first, microseconds; None: no reply."""
    probed = [outcome.probed for outcome in outcomes]
    always = reduce(and_, probed, -1)
    columns: list[Sequence[int | None]] = list(zip_longest(*(outcome.rtts_us for outcome in outcomes)))
    nothing = (None,) * len(outcomes)
    for ttl in range(1, last + 1):
        rtts_us = columns[ttl - 1] if ttl <= len(columns) else nothing
        yield rtts_us if always >> ttl & 1 else tuple(compress(rtts_us, [mask >> ttl & 1 for mask in probed]))


def _hop(trace: LaneTrace, ttl: int, rtts_us: Sequence[int | None], senders: "Senders") -> Hop:
    """Return a hop from the RTT of every probe in order of time."""
    answered_us = [rtt for rtt in rtts_us if rtt is not None]
    responders = responders_of(trace, ttl, senders)
    return Hop(
        ttl=ttl,
        sent=len(rtts_us),
        received=len(answered_us),
        lost=len(rtts_us) - len(answered_us),
        late=0,
        rtt=rtt_statistics(answered_us) if answered_us else None,
        recent=tuple([None if rtt is None else rtt * 1000 for rtt in rtts_us[-RECENT:]]),
        responders=responders,
        last_address=max(responders, key=lambda each: each.last_ns).address if responders else None,
    )


def rtt_statistics(rtts_us: Sequence[int]) -> RttStatistics:
    """Return the figures of some round-trip times, at least one, in microseconds, oldest first."""
    return rtt_figures(
        len(rtts_us),
        sum(rtts_us),
        sum(map(mul, rtts_us, rtts_us)),
        best_us=min(rtts_us),
        worst_us=max(rtts_us),
        newest_us=rtts_us[-JITTER_LOOKS_BACK:],
    )


def rtt_figures(
    count: int, total_us: int, squares: int, *, best_us: int, worst_us: int, newest_us: Sequence[int]
) -> RttStatistics:
    """Return the figures of `count` round-trip times, from their sum, that of their squares, and the newest.

    The sums are whole numbers, so nothing cancels out.
    """
    jitter_us = 0.0
    for before, after in pairwise(newest_us):
        jitter_us += (abs(after - before) - jitter_us) / 16
    variance = (count * squares - total_us * total_us) / (count * (count - 1)) if count > 1 else None
    return RttStatistics(
        count=count,
        last_ns=newest_us[-1] * 1000,
        best_ns=best_us * 1000,
        mean_ns=total_us / count * 1000,
        worst_ns=worst_us * 1000,
        stdev_ns=None if variance is None else variance**0.5 * 1000,
        jitter_ns=jitter_us * 1000 if count > 1 else None,
    )


@dataclass(slots=True)
class Sender:
    """An address at one TTL: when it answered last, and how often by label."""

    last_ns: int
    replies: dict[str, int]


Senders = dict[str, Sender]


@dataclass(slots=True)
class _Alike:
    """Rounds whose replies came from the same places in the same kinds."""

    path: tuple[str | None, ...]
    kinds: tuple[ReplyKind | None, ...]
    refusal: str
    """Label of their unreachable."""

    rounds: int
    last_ns: int


def senders_of(outcomes: Sequence[RoundOutcome]) -> dict[int, Senders]:
    """Return who answered, by TTL, from each distinct kind of round once."""
    at_ttl: dict[int, Senders] = {}
    for alike in _distinct(outcomes):
        for ttl, (address, kind) in enumerate(zip(alike.path, alike.kinds, strict=True), start=1):
            if address is None or kind is None:
                continue
            label = alike.refusal if alike.refusal and kind is ReplyKind.UNREACHABLE else kind.value
            sender = at_ttl.setdefault(ttl, {}).setdefault(address, Sender(0, {}))
            sender.last_ns = max(sender.last_ns, alike.last_ns)
            sender.replies[label] = sender.replies.get(label, 0) + alike.rounds
    return at_ttl


def _distinct(outcomes: Sequence[RoundOutcome]) -> Sequence[_Alike]:
    """Sort rounds into those alike: by identity first, for a round like the last one shares its tuples."""
    same: dict[tuple[int, int, str], _Alike] = {}
    for outcome in outcomes:
        refusal = outcome.refusal.label if outcome.refusal is not None else ""
        key = id(outcome.path), id(outcome.kinds), refusal
        known = same.get(key)
        if known is None:
            same[key] = _Alike(outcome.path, outcome.kinds, refusal, 1, outcome.started_ns)
        else:
            known.rounds += 1
            known.last_ns = outcome.started_ns
    equal: dict[tuple[object, ...], _Alike] = {}
    for alike in same.values():
        # The kinds by identity: hashing a member of an enumeration is slow, and there is one of each.
        content = alike.path, tuple(map(id, alike.kinds)), alike.refusal
        first = equal.setdefault(content, alike)
        if first is not alike:
            first.rounds += alike.rounds
            first.last_ns = max(first.last_ns, alike.last_ns)
    return list(equal.values())


def responders_of(trace: LaneTrace, ttl: int, senders: Senders) -> tuple[Responder, ...]:
    """Return who answered at a TTL, most replies first, with what rounds do not carry from the trace."""
    known = {}
    if ttl <= len(trace.hops):
        known = {responder.address: responder for responder in trace.hops[ttl - 1].responders}
    found = []
    for address, sender in senders.items():
        whole = known.get(address)
        found.append(
            Responder(
                address,
                sum(sender.replies.values()),
                dict(sender.replies),
                whole.reply_ttl if whole else None,
                whole.mpls if whole else (),
                sender.last_ns,
            )
        )
    return tuple(sorted(found, key=lambda responder: -responder.count))
