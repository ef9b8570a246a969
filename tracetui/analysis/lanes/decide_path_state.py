"""Decides the path state of one lane from its last five rounds; says nothing about causes."""

from collections.abc import Sequence
from typing import Final

from tracetui.analysis.lanes.answered_early import EarlyAnswer, early_answer
from tracetui.analysis.lanes.find_loop import find_loop
from tracetui.analysis.lanes.window import WINDOW, LaneWindow, Refusal, lane_window
from tracetui.model import LaneTrace, PathState, PathVerdict, ReplyKind

SILENT_TTLS: Final = 5
"""TTLs past the last responsive hop that must be silent before a path is said to go silent there."""


def path_verdict(trace: LaneTrace, siblings: Sequence[LaneTrace] = ()) -> PathVerdict:
    """Return the state of a lane from its last `WINDOW` complete rounds and what its open round shows.

    `siblings` are other lanes to the same address from the same vantage: they may show that the path goes on
    where this lane is answered early. The rules, in order: `docs/path-states.md`.
    """
    return window_verdict(lane_window(trace), [lane_window(sibling) for sibling in siblings])


def window_verdict(window: LaneWindow, siblings: Sequence[LaneWindow]) -> PathVerdict:
    """Return the state of a lane from its window and those of its siblings, as `path_verdict` does."""
    if window.failure is not None and not window.answered:
        return PathVerdict(PathState.LOCAL_FAILURE, rounds=len(window.rounds), reason=window.failure)
    if window.proofs:
        early = early_answer(window, siblings)
        return _reached(window) if early is None else _answered_early(window, early)
    return _refused(window) or _looping(window) or _silent(window) or _insufficient(window)


def _reached(window: LaneWindow) -> PathVerdict:
    ttl = window.distance or min(proof.ttl for proof in window.proofs)
    # The trace's own word comes from the open round too.
    proof = window.endpoint or window.proofs[-1].kind
    return PathVerdict(
        PathState.REACHED,
        last_responsive_ttl=ttl,
        last_responsive=window.lane.address,
        destination_ttl=window.distance,
        proof=proof,
        proof_ttl=ttl,
        rounds=len(window.rounds),
    )


def _answered_early(window: LaneWindow, early: EarlyAnswer) -> PathVerdict:
    """The last responsive hop is a router: the reply in the endpoint's name does not say who sent it."""
    nearest = max((ttl for ttl in window.exceeded if ttl < early.ttl), default=None)
    return PathVerdict(
        PathState.RESET if early.kind is ReplyKind.RST else PathState.ANSWERED_EARLY,
        last_responsive_ttl=nearest,
        last_responsive=None if nearest is None else window.router(nearest),
        destination_ttl=early.distance,
        proof=early.kind,
        proof_ttl=early.ttl,
        rounds=len(window.rounds),
    )


def _refused(window: LaneWindow) -> PathVerdict | None:
    if not window.refusals:
        return None
    refusal = min(reversed(window.refusals), key=lambda refusal: refusal.ttl)
    return PathVerdict(
        PathState.UNREACHABLE,
        last_responsive_ttl=_own_hop(window, refusal),
        last_responsive=refusal.address,
        icmp_type=refusal.icmp_type,
        icmp_code=refusal.icmp_code,
        rounds=len(window.rounds),
    )


def _own_hop(window: LaneWindow, refusal: Refusal) -> int:
    """Return where the router itself stands: most forward a packet only with a TTL to spare, and refuse one
    hop farther than their Time Exceeded comes from."""
    own = [
        ttl for ttl, routers in window.exceeded.items() if ttl <= refusal.ttl and refusal.address in routers
    ]
    return max(own, default=refusal.ttl)


def _looping(window: LaneWindow) -> PathVerdict | None:
    loop = find_loop(window.exceeded)
    if loop is None:
        return None
    last = max(window.exceeded)
    return PathVerdict(
        PathState.LOOP,
        last_responsive_ttl=last,
        last_responsive=window.router(last),
        loop=loop.turn,
        loop_ttl=loop.start_ttl,
        loop_period=loop.period,
        rounds=len(window.rounds),
    )


def _silent(window: LaneWindow) -> PathVerdict | None:
    if len(window.rounds) < WINDOW or window.may_go_on:
        return None
    last = max(window.exceeded, default=0)
    end = min(last + SILENT_TTLS, window.probed.bit_length() - 1)
    beyond = range(last + 1, end + 1)
    if not beyond or not all(window.probed >> ttl & 1 for ttl in beyond):
        return None
    return PathVerdict(
        PathState.SILENT_AFTER,
        last_responsive_ttl=last or None,
        last_responsive=window.router(last),
        rounds=len(window.rounds),
    )


def _insufficient(window: LaneWindow) -> PathVerdict:
    last = max(window.exceeded, default=0)
    return PathVerdict(
        PathState.INSUFFICIENT,
        last_responsive_ttl=last or None,
        last_responsive=window.router(last),
        rounds=len(window.rounds),
    )
