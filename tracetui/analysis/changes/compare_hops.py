"""Decides what differs at one TTL between two stretches of rounds, and what chance may explain."""

from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

from tracetui.analysis.changes.stretch import TtlAnswers
from tracetui.analysis.exact_tests import fisher_less, rank_sum_less
from tracetui.analysis.lanes.has_stopped import LOOKBACK, MAX_CHANCE, MIN_ABSENT_ROUNDS, RARE, has_stopped
from tracetui.analysis.lanes.window import not_replaced
from tracetui.model.comparison import Answerer, HopAnswer, HopChange, LossStep, RttStep

_Key = TypeVar("_Key")

LATELY: Final = 15
"""Answers that the RTT of now is told from: a step shows soon, and one slow answer does not make it."""

_LEAST_STEP_US: Final = 100
_EDGE: Final = 0.05
"""Share of RTTs on either side that count as strays: what lies between them is the spread."""


def answer_changed(before: TtlAnswers, now: TtlAnswers, *, ended: bool, began: bool) -> HopAnswer:
    """Decide what became of the answers of a hop.

    `ended`, `began`: the state of now, or then, says that nothing answers from this hop on.
    """
    answered_then = before.answered > RARE * before.asked
    answers_now = now.answered > RARE * now.asked
    gone = ended and not now.answered
    if answered_then and now.asked and (gone or has_stopped(before.answered, before.asked, now.absent)):
        return HopAnswer.STOPPED
    if answers_now and before.asked and not before.answered:
        if began or has_stopped(now.answered, now.asked, before.absent):
            return HopAnswer.BEGUN
        return HopAnswer.SAME
    return HopAnswer.REPLACED if apart(before.places, now.places) else HopAnswer.SAME


def apart(before: Mapping[_Key, Sequence[int]], now: Mapping[_Key, Sequence[int]]) -> bool:
    """Tell whether other things came now than before, and chance does not explain it.

    Both hold in which rounds each came: routers at a TTL, or distances of the endpoint.
    """
    if not before or not now:
        return False
    current = not_replaced(now)
    came = sum(map(len, before.values()))
    shared = sum(len(before[key]) for key in current if key in before)
    if shared > RARE * came:  # once or twice may be the round in which it began
        return False
    return has_stopped(came - shared, came, sum(current.values()))


def rtt_step(before: TtlAnswers, now: TtlAnswers) -> RttStep | None:
    """Return the medians, where each lies beyond the spread of the other side, and not by chance."""
    then_us, now_us = before.rtts_us(LOOKBACK), now.rtts_us(LATELY)
    if min(len(then_us), len(now_us)) < MIN_ABSENT_ROUNDS:
        return None
    was, is_now = then_us[len(then_us) // 2], now_us[len(now_us) // 2]
    if abs(is_now - was) < _LEAST_STEP_US or _within(is_now, then_us) or _within(was, now_us):
        return None
    low, high = (then_us, now_us) if was < is_now else (now_us, then_us)
    return RttStep(was * 1000, is_now * 1000) if rank_sum_less(low, high) < MAX_CHANCE else None


def _within(rtt: int, spread: Sequence[int]) -> bool:
    edge = int(_EDGE * len(spread))
    return spread[edge] <= rtt <= spread[-1 - edge]


def loss_step(before: TtlAnswers, now: TtlAnswers) -> LossStep | None:
    """Return the loss of both sides where Fisher's exact test tells them apart."""
    then, current = (before.answered, before.asked), (now.answered, now.asked)
    if min(fisher_less(*then, *current), fisher_less(*current, *then)) >= MAX_CHANCE:
        return None
    return LossStep(before.asked - before.answered, before.asked, now.asked - now.answered, now.asked)


def hop_change(
    ttl: int,
    before: TtlAnswers,
    now: TtlAnswers,
    answer: HopAnswer,
    who: tuple[Answerer | None, Answerer | None],
) -> HopChange | None:
    """Return what differs at a TTL; None where nothing does. `who` answers there, then and now."""
    both = before.answered and now.answered and answer in {HopAnswer.SAME, HopAnswer.REPLACED}
    rtt, loss = (rtt_step(before, now), loss_step(before, now)) if both else (None, None)
    if answer is HopAnswer.SAME:
        return HopChange(ttl, answer, *who, rtt, loss) if rtt or loss else None
    was = who[0] if answer is not HopAnswer.BEGUN else None
    current = who[1] if answer is not HopAnswer.STOPPED else None
    return HopChange(ttl, answer, was, current, rtt, loss)
