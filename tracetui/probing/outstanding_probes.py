"""Decides whether a reply is the first to its probe, late or a duplicate, and when a probe is lost."""

from collections import deque
from collections.abc import Callable, Collection, Iterator
from enum import Enum, auto
from typing import Final

from tracetui.model import ReplyKind
from tracetui.probing.prober import ANSWERED, LATE, LOST, PENDING, Probe

LATE_WINDOW_NS: Final = 5_000_000_000
"""A lost probe is still recognised for this long, so that its reply counts as late and not as foreign."""

MAX_FURTHER: Final = 8
"""Further replies to one probe that are looked at; a network sends one or two, a forger any number."""


class Arrival(Enum):
    """What a matched reply is to its probe."""

    IN_TIME = auto()
    LATE = auto()
    """The first reply, after the probe was given up as lost."""

    SECOND = auto()
    """A further reply, of another kind than the first."""

    DUPLICATE = auto()
    """A further reply of the same kind."""

    EXCESS = auto()
    """A further reply of another kind, after `MAX_FURTHER` of them."""


IN_TIME, DUPLICATE = Arrival.IN_TIME, Arrival.DUPLICATE  # by name they are slow to get


class OutstandingProbes:
    """The probes of all lanes that may still be answered. Nothing else changes a `Probe`.

    Times are monotonic. `forget` is called with each probe that nothing more is expected of.
    """

    def __init__(self, timeout_ns: int, forget: Callable[[Probe], None]) -> None:
        self._timeout_ns = timeout_ns
        self._forget = forget
        self._pending: deque[Probe] = deque()
        """In the order of their deadlines; the first is pending, the others may be answered by now."""

        self._answered: deque[Probe] = deque()
        self._lost: deque[Probe] = deque()

    def add(self, probe: Probe, handle: object, sent_ns: int) -> None:
        """Expect replies to a probe that was sent; `handle` is the prober's."""
        probe.handle = handle
        probe.sent_ns = sent_ns
        probe.deadline_ns = sent_ns + self._timeout_ns
        self._pending.append(probe)

    def take_reply(self, probe: Probe, kind: ReplyKind) -> Arrival:
        """Return what a reply of this kind is to its probe."""
        if probe.state == PENDING:
            probe.state, arrival = ANSWERED, IN_TIME
        elif probe.state == LOST:
            probe.state, arrival = LATE, Arrival.LATE
        elif probe.first_kind is kind:
            return DUPLICATE
        else:
            probe.further += 1
            return Arrival.SECOND if probe.further <= MAX_FURTHER else Arrival.EXCESS
        probe.first_kind = kind
        return arrival

    def expire(self, now_ns: int, unread_ns: int) -> Iterator[tuple[Probe, bool]]:
        """Yield the probes without a reply by now; forget those whose time to be answered late is over too.

        With each, whether it is lost: the reply to one that was sent by `unread_ns` may have come unread.
        Nothing more is expected of that one.
        """
        while self._pending and self._pending[0].deadline_ns <= now_ns:
            probe = self._pending.popleft()
            if probe.state != PENDING:
                self._forget(probe)
                continue
            lost = probe.sent_ns > unread_ns
            if lost:
                probe.state = LOST
                probe.deadline_ns += LATE_WINDOW_NS
                self._lost.append(probe)
            else:
                self._forget(probe)
            yield probe, lost
        for probes in (self._answered, self._lost):
            while probes and probes[0].deadline_ns <= now_ns:
                self._forget(probes.popleft())

    def next_deadline_ns(self) -> int | None:
        """Return when the next probe is lost unless it is answered; None while no probe is pending."""
        pending = self._pending
        while pending and pending[0].state != PENDING:
            self._answered.append(pending.popleft())
        return pending[0].deadline_ns if pending else None

    def keep(self, lane_ids: Collection[str]) -> None:
        """Drop the probes of all other lanes: one that is added again must not count their replies."""
        for probes in (self._pending, self._answered, self._lost):
            kept = [probe for probe in probes if probe.lane_id in lane_ids]
            probes.clear()
            probes.extend(kept)

    def forget_all(self) -> None:
        """Forget every probe that is not answered: else the kernel might send its SYN again."""
        for probe in (*self._pending, *self._lost):
            self._forget(probe)
