"""Counts probes and replies at one TTL of a lane, in O(1) each, and returns them as a frozen `Hop`."""

import math
from typing import Final

from tracetui.model import Hop, Reply, ReplyKind, Responder, RttStatistics
from tracetui.model.hop import MAX_RESPONDERS

RECENT_KEPT: Final = 120
"""Probes whose RTT is kept for sparklines and percentiles: two minutes at the default pace."""

_PENDING: Final = -1


class _ResponderMeter:
    __slots__ = ("_label", "_like", "count", "last_ns", "mpls", "replies", "ttl_high", "ttl_low")

    def __init__(self) -> None:
        self.count = 0
        self.replies: dict[ReplyKind | str, int] = {}
        self._like: Reply | None = None
        """The last reply, or what it was like: what it adds is known while the same object comes again."""

        self._label: ReplyKind | str = ""
        self.ttl_low: int | None = None
        self.ttl_high: int | None = None
        self.mpls: tuple[int, ...] = ()
        self.last_ns = 0

    def add(self, like: Reply, received_ns: int) -> None:
        self.count += 1
        self.last_ns = received_ns
        if like is not self._like:
            self._look_at(like)
        self.replies[self._label] += 1

    def _look_at(self, reply: Reply) -> None:
        self._like = reply
        kind = reply.kind
        self._label = reply.label if kind is ReplyKind.UNREACHABLE else kind
        self.replies.setdefault(self._label, 0)
        ttl = reply.ttl
        if ttl is not None:
            if self.ttl_low is None or ttl < self.ttl_low:
                self.ttl_low = ttl
            if self.ttl_high is None or ttl > self.ttl_high:
                self.ttl_high = ttl
        if reply.mpls:
            self.mpls = reply.mpls

    @property
    def rank(self) -> tuple[int, int]:
        """What it is kept by, where there are too many."""
        return self.count, self.last_ns

    def value(self, address: str) -> Responder:
        low, high = self.ttl_low, self.ttl_high
        return Responder(
            address=address,
            count=self.count,
            replies={str(label): count for label, count in self.replies.items()},
            reply_ttl=None if low is None or high is None else (low, high),
            mpls=self.mpls,
            last_ns=self.last_ns,
        )


class HopMeter:
    """All counts of one TTL of one lane.

    RTT moments by Welford's recurrence; jitter by RFC 3550 section 6.4.1 (J += (|D| - J) / 16).
    """

    __slots__ = (
        "_best",
        "_jitter",
        "_last",
        "_m2",
        "_mean",
        "_newest",
        "_responders",
        "_ring",
        "_unlisted",
        "_value",
        "_worst",
        "last_address",
        "late",
        "lost",
        "received",
        "sent",
        "ttl",
    )

    def __init__(self, ttl: int) -> None:
        self.ttl = ttl
        self.sent = self.received = self.lost = self.late = 0
        self.last_address: str | None = None
        self._last = self._best = self._worst = 0
        self._mean = self._m2 = self._jitter = 0.0
        self._responders: dict[str, _ResponderMeter] = {}
        self._unlisted = 0
        self._ring: list[int | None] = [_PENDING] * RECENT_KEPT
        """RTT of the last probes by round; None for a lost one, `_PENDING` also where a round had no
        probe."""

        self._newest = -1
        """The last round with a probe."""

        self._value: Hop | None = None

    def count_sent(self, round_number: int) -> None:
        """A probe went out."""
        self.sent += 1
        self._ring[round_number % RECENT_KEPT] = _PENDING
        for number in range(max(self._newest, round_number - RECENT_KEPT) + 1, round_number):
            self._ring[number % RECENT_KEPT] = _PENDING  # a round without a probe here
        self._newest = round_number
        self._value = None

    def count_reply(self, like: Reply, rtt: int, received_ns: int, round_number: int) -> None:
        """A probe was answered in time, after `rtt` nanoseconds; `like` has the reply's other values."""
        self.received += 1
        if self.received == 1:
            self._best = self._worst = rtt
            self._mean = float(rtt)
        else:
            delta = rtt - self._mean
            self._mean += delta / self.received
            self._m2 += delta * (rtt - self._mean)
            self._jitter += (abs(rtt - self._last) - self._jitter) / 16
            if rtt < self._best:
                self._best = rtt
            elif rtt > self._worst:
                self._worst = rtt
        self._last = rtt
        if round_number > self._newest - RECENT_KEPT:
            self._ring[round_number % RECENT_KEPT] = rtt
        self._add_responder(like, received_ns)

    def count_second(self, reply: Reply) -> None:
        """A second reply of another kind: it counts for the responder, not for the probe."""
        self._add_responder(reply, reply.received_ns)

    def count_unlisted(self) -> None:
        """One more reply to a probe that has had too many; its sender is not recorded."""
        self._unlisted += 1
        self._value = None

    def count_lost(self, round_number: int) -> None:
        """A probe's time ran out."""
        self.lost += 1
        if round_number > self._newest - RECENT_KEPT:
            self._ring[round_number % RECENT_KEPT] = None
        self._value = None

    def count_unread(self) -> None:
        """A probe whose reply may not have been read: it counts as never sent."""
        self.sent -= 1
        self._value = None

    def forget_pending(self) -> None:
        """Count the probes that are out as never sent."""
        self.sent = self.received + self.lost + self.late
        self._value = None

    def count_late(self, reply: Reply) -> None:
        """A lost probe was answered after all."""
        self.lost -= 1
        self.late += 1
        self._add_responder(reply, reply.received_ns)

    def value(self) -> Hop:
        """Return the counts as they are now; the same object while nothing changes."""
        if self._value is None:
            self._value = Hop(
                ttl=self.ttl,
                sent=self.sent,
                received=self.received,
                lost=self.lost,
                late=self.late,
                rtt=self._rtt(),
                recent=self._recent(),
                responders=self._by_count(),
                last_address=self.last_address,
                unlisted=self._unlisted,
            )
        return self._value

    def _add_responder(self, like: Reply, received_ns: int) -> None:
        address = like.address
        meter = self._responders.get(address)
        if meter is None:
            if len(self._responders) >= MAX_RESPONDERS:
                self._unlist_one()
            meter = self._responders[address] = _ResponderMeter()
        meter.add(like, received_ns)
        self.last_address = address
        self._value = None

    def _unlist_one(self) -> None:
        """Drop who answered least, and of these who answered longest ago: a router of the path is not dropped
        for addresses that are seen once."""
        address = min(self._responders, key=lambda each: self._responders[each].rank)
        self._unlisted += self._responders.pop(address).count

    def _by_count(self) -> tuple[Responder, ...]:
        found = [meter.value(address) for address, meter in self._responders.items()]
        if len(found) > 1:
            found.sort(key=lambda responder: -responder.count)
        return tuple(found)

    def _rtt(self) -> RttStatistics | None:
        count = self.received
        if not count:
            return None
        return RttStatistics(
            count=count,
            last_ns=self._last,
            best_ns=self._best,
            mean_ns=self._mean,
            worst_ns=self._worst,
            stdev_ns=math.sqrt(self._m2 / (count - 1)) if count > 1 else None,
            jitter_ns=self._jitter if count > 1 else None,
        )

    def _recent(self) -> tuple[int | None, ...]:
        """Return the ring in order. It runs for every hop on every screen, so it loops in C where it can."""
        oldest = (self._newest + 1) % RECENT_KEPT
        ordered = self._ring[oldest:] + self._ring[:oldest]
        return tuple([rtt for rtt in ordered if rtt != _PENDING] if _PENDING in ordered else ordered)
