"""Adds up RTTs in blocks, so that the figures of a stretch cost its blocks and not its probes."""

from collections.abc import Sequence
from operator import mul
from typing import Final

from tracetui.analysis.rounds.rtt_statistics import (
    JITTER_LOOKS_BACK,
    Sums,
    jitter_after,
    rtt_statistics,
    statistics_of,
)
from tracetui.model import RttStatistics

BLOCK: Final = 64
"""Probes in a block; fewer than `JITTER_LOOKS_BACK`."""

_NO_BEST: Final = 1 << 62
_NO_WORST: Final = -1
"""Of a block without any reply."""


class RttBlocks:
    """Follows the round-trip times of one TTL, microseconds, oldest first; None: no reply."""

    __slots__ = ("_best", "_jitter", "_last", "_received", "_squares", "_total", "_worst")

    def __init__(self) -> None:
        self._best: list[int] = []
        self._worst: list[int] = []
        """In each block."""

        self._received = [0]
        self._total = [0]
        self._squares = [0]
        self._jitter = [0.0]
        self._last: list[int | None] = [None]
        """As they stood before each block, and after the last one."""

    def statistics(self, rtts_us: Sequence[int | None], start: int, stop: int) -> RttStatistics | None:
        """Return the figures of the probes from place `start` to `stop`; None where none was answered.

        `rtts_us` is all that is followed: the same as at the last call, and what has come since.
        """
        first, last = -(-start // BLOCK), stop // BLOCK
        if first >= last:
            replies = _present(rtts_us[start:stop])
            return rtt_statistics(replies) if replies else None
        while len(self._best) < last:
            place = len(self._best) * BLOCK
            self._add(_present(rtts_us[place : place + BLOCK]))
        before, after = _present(rtts_us[start : first * BLOCK]), _present(rtts_us[last * BLOCK : stop])
        edges = before + after
        count = self._received[last] - self._received[first] + len(edges)
        newest = after[-1] if after else self._last[last]
        if not count or newest is None:
            return None
        if start == 0 or count >= JITTER_LOOKS_BACK:
            jitter = jitter_after(self._jitter[last], self._last[last], after)
        else:
            jitter = jitter_after(0.0, None, _present(rtts_us[start:stop]))
        return statistics_of(
            Sums(
                count,
                self._total[last] - self._total[first] + sum(edges),
                self._squares[last] - self._squares[first] + sum(map(mul, edges, edges)),
                min([*self._best[first:last], *edges]),
                max([*self._worst[first:last], *edges]),
            ),
            newest,
            jitter,
        )

    def _add(self, replies: Sequence[int]) -> None:
        """One block more."""
        self._received.append(self._received[-1] + len(replies))
        self._total.append(self._total[-1] + sum(replies))
        self._squares.append(self._squares[-1] + sum(map(mul, replies, replies)))
        self._best.append(min(replies, default=_NO_BEST))
        self._worst.append(max(replies, default=_NO_WORST))
        self._jitter.append(jitter_after(self._jitter[-1], self._last[-1], replies))
        self._last.append(replies[-1] if replies else self._last[-1])


def _present(rtts_us: Sequence[int | None]) -> list[int]:
    return [rtt for rtt in rtts_us if rtt is not None]
