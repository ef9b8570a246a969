"""Counts a lane for the engine at a vantage, and forwards each step, so that the lane is counted here too.

An event is a list whose first item says what happened; `tracetui/vantage/events.py` declares and checks them.
"""

from collections.abc import Callable
from typing import TypeAlias

from tracetui.model import FlowKind, Lane, Reply, ReplyKind
from tracetui.probing.lane_counts import LaneCounts
from tracetui.probing.outstanding_probes import Arrival

Emit: TypeAlias = Callable[[list[object]], None]


class ForwardedCounts(LaneCounts):
    """Lane counts whose every change becomes an event too."""

    def __init__(self, lane: Lane, flow: FlowKind, unix_ns: int, number: int, emit: Emit) -> None:
        """`number`: the lane's, as the other end gave it."""
        self._number = number
        self._emit = emit
        emit(["lane", number, flow.name, unix_ns])
        super().__init__(lane, flow, unix_ns)

    def start_round(self, number: int, started_ns: int, monotonic_ns: int) -> None:
        super().start_round(number, started_ns, monotonic_ns)
        self._emit(["round", self._number, number, started_ns, monotonic_ns])

    def count_sent(self, ttl: int) -> None:
        super().count_sent(ttl)
        self._emit(["sent", self._number, ttl])

    def set_source(self, source: str | None, flow_id: str, flow_numbers: tuple[int, ...] = ()) -> None:
        if (source, flow_id) != (self._source, self._flow_id):
            self._emit(["flow", self._number, source, flow_id, flow_numbers])
        super().set_source(source, flow_id, flow_numbers)

    def count_held_back(self, words: str) -> None:
        super().count_held_back(words)
        self._emit(["held", self._number, words])

    def count_failure(self, words: str) -> None:
        super().count_failure(words)
        self._emit(["failed", self._number, words])

    def end_sending(self) -> None:
        super().end_sending()
        self._emit(["end", self._number])

    def count_reply(self, ttl: int, number: int, reply: Reply, arrival: Arrival, first: ReplyKind) -> None:
        super().count_reply(ttl, number, reply, arrival, first)
        if number < self._first_round:
            return  # it does not count, here or there
        event = [
            "reply",
            self._number,
            ttl,
            number,
            arrival.name,
            reply.address,
            reply.kind.value,
            reply.received_ns,
            reply.rtt_ns // 1000,
            reply.ttl,
        ]
        if reply.icmp_type is not None or reply.mpls or not reply.kernel_stamp:
            event += [reply.icmp_type, reply.icmp_code, reply.mpls, reply.kernel_stamp]
        self._emit(event)

    def count_lost(self, ttl: int, number: int) -> None:
        super().count_lost(ttl, number)
        if number >= self._first_round:
            self._emit(["lost", self._number, ttl, number])

    def count_unread(self, ttl: int, number: int) -> None:
        super().count_unread(ttl, number)
        if number >= self._first_round:
            self._emit(["unread", self._number, ttl, number])

    def interrupt(self) -> None:
        super().interrupt()
        self._emit(["interrupt", self._number])

    def clear(self, first_round: int, unix_ns: int) -> None:
        super().clear(first_round, unix_ns)
        self._emit(["clear", self._number, first_round, unix_ns])

    def drop_open_rounds(self, first_round: int) -> None:
        super().drop_open_rounds(first_round)
        self._emit(["drop", self._number, first_round])

    def forget_end(self) -> None:
        super().forget_end()
        self._emit(["forget", self._number])
