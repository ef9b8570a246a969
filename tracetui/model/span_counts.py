"""Summarises the rounds of a span (ten seconds or more) in a few counts, for the timeline."""

from collections.abc import Sequence

from tracetui.model import ReplyKind, RoundOutcome
from tracetui.model.span import Span


def tally(outcomes: Sequence[RoundOutcome]) -> Span:
    """Return the span of some rounds of a lane, at least one."""
    reached = resets = refused = failed = 0
    rtts_us: list[int] = []
    for outcome in outcomes:
        ttl = outcome.endpoint_ttl
        if ttl is not None:
            reached += 1
            resets += outcome.endpoint is ReplyKind.RST
            rtt_us = outcome.rtts_us[ttl - 1]
            if rtt_us is not None:
                rtts_us.append(rtt_us)
        elif outcome.refusal is not None:
            refused += 1
        elif outcome.failure is not None:
            failed += 1
    tops = [len(outcome.path) for outcome in outcomes]
    times = [outcome.started_ns for outcome in outcomes]
    return Span(
        started_ns=min(times),
        ended_ns=max(times),
        rounds=len(outcomes),
        reached=reached,
        resets=resets,
        refused=refused,
        failed=failed,
        lowest_top=min(tops),
        highest_top=max(tops),
        rtts=len(rtts_us),
        rtt_sum_us=sum(rtts_us),
        rtt_best_us=min(rtts_us, default=None),
        rtt_worst_us=max(rtts_us, default=None),
    )
