"""Holds the probes of one TTL, to compute figures of any stretch of them."""

from array import array
from collections.abc import Sequence
from itertools import accumulate, compress, islice, repeat
from typing import Final

from tracetui.analysis.rounds.rtt_blocks import RttBlocks
from tracetui.model import Hop, Responder

RECENT: Final = 120
"""Probes whose RTT a hop carries, as in a trace of the engine."""


class Column:
    """Follows the probes of one TTL, round by round."""

    __slots__ = ("_blocks", "_probes", "_rtts_us", "_sent")

    def __init__(self, rounds: int = 0) -> None:
        """`rounds` have passed in which the TTL was not probed."""
        self._probes = 0
        self._sent = array("q", repeat(0, rounds + 1)) if rounds else None
        """How many had been sent before each round, the last item: by now. None: one in every round."""

        self._rtts_us: list[int | None] = []
        """Of each probe; empty while there was no reply at all."""

        self._blocks = RttBlocks()

    def add(self, rtts_us: Sequence[int | None]) -> None:
        """Rounds more in which it was probed, with the RTT of each; None: without a reply."""
        if self._sent is not None:
            self._sent.extend(range(self._probes + 1, self._probes + len(rtts_us) + 1))
        self._hear(rtts_us)

    def add_some(self, rtts_us: Sequence[int | None], probed: Sequence[int]) -> None:
        """Rounds more in some of which it was probed."""
        self._by_round().extend(islice(accumulate(probed, initial=self._probes), 1, None))
        self._hear(tuple(compress(rtts_us, probed)))

    def skip(self, rounds: int) -> None:
        """Rounds more in which it was not probed."""
        self._by_round().extend(repeat(self._probes, rounds))

    def _by_round(self) -> "array[int]":
        if self._sent is None:
            self._sent = array("q", range(self._probes + 1))
        return self._sent

    def _hear(self, rtts_us: Sequence[int | None]) -> None:
        if self._rtts_us or rtts_us.count(None) < len(rtts_us):
            if not self._rtts_us:
                self._rtts_us = [None] * self._probes
            self._rtts_us.extend(rtts_us)
        self._probes += len(rtts_us)

    def hop(self, first: int, end: int, ttl: int, responders: tuple[Responder, ...], late: int = 0) -> Hop:
        """Return the hop of the rounds from place `first` to `end`, in which `responders` answered.

        `late`: how many of their replies came too late, for probes of these rounds or of those just before.
        """
        start, stop = self._sent_before(first), self._sent_before(end)
        rtts = self._blocks.statistics(self._rtts_us, start, stop) if self._rtts_us else None
        sent, received = stop - start, rtts.count if rtts is not None else 0
        late = min(late, sent - received)
        return Hop(
            ttl=ttl,
            sent=sent,
            received=received,
            lost=sent - received - late,
            late=late,
            rtt=rtts,
            recent=self._recent(max(start, stop - RECENT), stop),
            responders=responders,
            last_address=max(responders, key=_last_ns).address if responders else None,
        )

    def _recent(self, start: int, stop: int) -> tuple[int | None, ...]:
        if not self._rtts_us:
            return (None,) * (stop - start)
        return tuple([None if rtt is None else rtt * 1000 for rtt in self._rtts_us[start:stop]])

    def _sent_before(self, place: int) -> int:
        return min(place, self._probes) if self._sent is None else self._sent[min(place, len(self._sent) - 1)]


def _last_ns(responder: Responder) -> int:
    return responder.last_ns
