"""Counts a lane here from what a far end tells, and accepts nothing that an engine could not have done."""

import ipaddress
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice
from typing import Final

from tracetui.model import Lane, LaneTrace, Reply, ReplyKind, safe_text
from tracetui.probing.lane_counts import LaneCounts
from tracetui.probing.outstanding_probes import Arrival
from tracetui.probing.round_meter import Answer
from tracetui.vantage import events
from tracetui.vantage.clock_offset import ClockOffset
from tracetui.vantage.events import ARRIVALS, FLOWS, FarEndError

_KEPT_NS: Final = 75_000_000_000
"""For this long after its end a round's probes may be answered or lost: longer than any timeout, and the
time in which a reply is late."""

_MAX_ROUNDS: Final = 1000
"""Rounds that are open, or whose probes are kept: at the shortest interval 75 s are fewer."""

_ON_THE_WAY: Final = ReplyKind.TIME_EXCEEDED
_NEVER_SENT: Final = (ReplyKind.ANSWER,)


class _Round:
    """A round whose probes may still be answered. Sets of TTLs are bit masks."""

    __slots__ = ("_answered", "_final", "pending", "sent", "started_ns")

    def __init__(self, started_ns: int) -> None:
        self.started_ns = started_ns
        self.sent = 0
        self.pending = 0
        self._answered = 0
        self._final: dict[int, ReplyKind] = {}
        """The kinds of first replies that are no Time Exceeded, by TTL: few, as rounds are kept for long."""

    def send(self, ttls: Sequence[int]) -> None:
        """Probes were sent. Raises FarEndError."""
        sent = self.sent
        for ttl in ttls:
            bit = 1 << ttl
            if sent & bit:
                raise FarEndError("the far end sends a probe twice")
            sent |= bit
        self.pending |= sent ^ self.sent
        self.sent = sent

    def settle(self, ttls: Sequence[int]) -> int:
        """It is known what became of probes that were pending; return their set. Raises FarEndError."""
        pending = self.pending
        for ttl in ttls:
            bit = 1 << ttl
            if not pending & bit:
                raise FarEndError("the far end tells twice what became of a probe")
            pending ^= bit
        settled, self.pending = self.pending ^ pending, pending
        return settled

    def answer(self, answered: int, answers: Sequence[Answer]) -> None:
        """Note the first replies to a set of probes."""
        self._answered |= answered
        for answer in answers:
            if answer[1].kind is not _ON_THE_WAY:
                self._final[answer[0]] = answer[1].kind

    def first_kind(self, ttl: int) -> ReplyKind | None:
        """Return the kind of the first reply to a probe."""
        return self._final.get(ttl, ReplyKind.TIME_EXCEEDED) if self._answered >> ttl & 1 else None


class MirroredLane:
    """One lane that is probed at a vantage.

    Rounds are numbered here on their own, as a far end that was started again begins at 0.
    """

    def __init__(self, lane: Lane, unix_ns: int) -> None:
        self._counts = LaneCounts(lane, FLOWS["FIXED"], unix_ns)
        self._rounds: dict[int, _Round] = {}
        """By number of the round here, in order."""

        self._next_round = 0
        self._shift = 0
        """What is added to the far end's number of a round."""

        self._opening = False
        """Whether the far end has begun with this lane, and not yet said since when it counts."""

        self._sending = False
        self._forms: dict[int, Reply] = {}
        """What replies have in common, by the far end's number of it; their times do not count."""

        self._source: str | None = None
        self._flow_id = ""
        self._last_ns = -1
        self._family = lane.family

    @property
    def lane(self) -> Lane:
        """The lane itself."""
        return self._counts.lane

    @property
    def counts(self) -> LaneCounts:
        """For what is set here: role, failure."""
        return self._counts

    def trace(self, *, finished: bool) -> LaneTrace:
        """Return the lane's measurements; the same object while nothing changes."""
        return self._counts.trace(finished=finished)

    def interrupted(self, words: str) -> None:
        """The connection was lost: nothing is known of the open rounds."""
        self._drop()
        self._counts.fail(words)

    def take(self, event: events.LaneEvent, offset: ClockOffset) -> None:
        """Count an event. Raises FarEndError for what cannot be."""
        match event:
            case events.Batch():
                self._take_batch(event, offset)
            case events.RoundStarted():
                self._round_started(event, offset)
            case events.ReplyForm():
                self._forms[event.number] = self._reply(event, 0, 0)
            case events.Replied():
                self._replied(event, offset)
            case events.Unread():
                self._round(event.number).settle((event.ttl,))
                self._counts.count_unread(event.ttl, event.number + self._shift)
            case _:
                self._changed(event, offset)

    def _changed(self, event: events.LaneEvent, offset: ClockOffset) -> None:
        match event:
            case events.Failed():
                self._expect(sending=True)
                self._counts.count_failure(safe_text(event.reason))
            case events.HeldBack():
                self._expect(sending=True)
                self._counts.count_held_back(safe_text(event.reason))
            case events.Flow():
                self._source = None if event.source is None else self._address(event.source)
                self._flow_id = safe_text(event.flow_id)
                self._counts.set_source(self._source, self._flow_id, event.numbers)
            case events.Opened():
                self._opened(event)
            case events.Cleared():
                self._cleared(event, offset)
            case events.Interrupted():
                self._sending = False
                self._counts.interrupt()
            case events.OpenRoundsDropped():
                self._drop()
            case events.EndForgotten():
                self._counts.forget_end()

    def _opened(self, event: events.Opened) -> None:
        """A far end has begun with this lane: its first round is 0."""
        self._drop()
        self._forms.clear()
        self._opening = True
        self._shift = self._next_round
        self._counts.set_flow(FLOWS[event.flow])

    def _cleared(self, event: events.Cleared, offset: ClockOffset) -> None:
        if event.first_round + self._shift != self._next_round:
            raise FarEndError("the far end counts rounds wrongly")
        if not self._opening or not self._next_round:  # what was measured before a reconnection stays
            self._counts.clear(self._next_round, event.unix_ns + offset.unix_ns)
        self._opening = self._sending = False

    def _drop(self) -> None:
        self._counts.drop_open_rounds(self._next_round)
        self._rounds.clear()
        self._sending = False

    def _round_started(self, event: events.RoundStarted, offset: ClockOffset) -> None:
        number = event.number + self._shift
        if number != self._next_round or self._sending:
            raise FarEndError("the far end counts rounds wrongly")
        if self._counts.open_rounds >= _MAX_ROUNDS:
            raise FarEndError("the far end leaves rounds open")
        self._next_round += 1
        self._sending = True
        self._last_ns = max(self._last_ns + 1, event.monotonic_ns + offset.monotonic_ns)
        self._counts.start_round(number, event.unix_ns + offset.unix_ns, self._last_ns)
        self._forget_rounds()
        self._rounds[number] = _Round(self._last_ns)

    def _forget_rounds(self) -> None:
        """Forget those whose successor began long ago."""
        first_two = list(islice(self._rounds.items(), 2))
        while len(first_two) == 2 and (
            first_two[1][1].started_ns < self._last_ns - _KEPT_NS or len(self._rounds) >= _MAX_ROUNDS
        ):
            del self._rounds[first_two[0][0]]
            first_two = list(islice(self._rounds.items(), 2))

    def _take_batch(self, batch: events.Batch, offset: ClockOffset) -> None:
        if batch.sent:
            self._expect(sending=True)
            self._rounds[self._next_round - 1].send(batch.sent)
            self._counts.count_all_sent(batch.sent)
        for answered in batch.answered:
            self._answered(answered, offset)
        for lost in batch.lost:
            self._round(lost.number).settle(lost.ttls)
            for ttl in lost.ttls:
                self._counts.count_lost(ttl, lost.number + self._shift)
        if batch.ended:
            self._expect(sending=True)
            self._sending = False
            self._counts.end_sending()

    def _answered(self, answered: events.Answered, offset: ClockOffset) -> None:
        ttls, its_round, known = answered.ttls, self._round(answered.number), self._forms
        first_ns = answered.received_us * 1000 + offset.unix_ns
        columns = zip(ttls, answered.forms, answered.rtts_us, answered.after_us, strict=True)
        try:
            answers = [
                (ttl, known[form], rtt_us * 1000, first_ns + after_us * 1000)
                for ttl, form, rtt_us, after_us in columns
            ]
        except (KeyError, ValueError):  # no such form; columns of different length
            raise FarEndError("the far end tells of replies that cannot be") from None
        its_round.answer(its_round.settle(ttls), answers)
        self._counts.count_replies(answered.number + self._shift, answers)

    def _replied(self, event: events.Replied, offset: ClockOffset) -> None:
        """A reply that was late, or not the first."""
        its_round, ttl, arrival = self._round(event.number), event.ttl, ARRIVALS[event.arrival]
        first = its_round.first_kind(ttl)
        wanted = arrival is not Arrival.LATE
        if not its_round.sent >> ttl & 1 or its_round.pending >> ttl & 1 or wanted is not (first is not None):
            raise FarEndError("the far end tells of replies that cannot be")
        reply = self._reply(event, event.received_ns + offset.unix_ns, event.rtt_us * 1000)
        if first is None:
            its_round.answer(1 << ttl, [(ttl, reply, reply.rtt_ns, reply.received_ns)])
        number = event.number + self._shift
        self._counts.count_reply(ttl, number, reply, arrival, first or reply.kind)

    def _reply(self, event: events.ReplyForm | events.Replied, received_ns: int, rtt_ns: int) -> Reply:
        if event.kind in _NEVER_SENT:
            raise FarEndError("the far end tells of replies that cannot be")
        return Reply(
            self._address(event.address),
            event.kind,
            received_ns,
            rtt_ns,
            event.icmp_type,
            event.icmp_code,
            event.reply_ttl,
            event.mpls,
            event.kernel_stamp,
        )

    def _round(self, number: int) -> _Round:
        its_round = self._rounds.get(number + self._shift)
        if its_round is None:
            raise FarEndError("the far end tells of rounds that it did not begin")
        return its_round

    def _expect(self, *, sending: bool) -> None:
        if self._sending is not sending:
            raise FarEndError("the far end sends outside its rounds")

    def _address(self, text: str) -> str:
        found = _canonical(text)
        if found is None or (":" in found) != (self._family == 6):
            raise FarEndError("the far end tells of addresses that cannot be")
        return found


@lru_cache(maxsize=4096)
def _canonical(text: str) -> str | None:
    """Return an address as this program writes it; None for what is none."""
    address, percent, zone = text.partition("%")
    try:
        found = str(ipaddress.ip_address(address))
    except ValueError:
        return None
    return found if not percent else f"{found}%{safe_text(zone, limit=20)}"
