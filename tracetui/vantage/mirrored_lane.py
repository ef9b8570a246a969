"""Counts a lane here from what a far end tells, and accepts nothing that an engine could not have done."""

import ipaddress
from functools import lru_cache
from itertools import islice
from typing import Final

from tracetui.model import Lane, LaneTrace, Reply, ReplyKind, safe_text
from tracetui.probing.lane_counts import LaneCounts
from tracetui.probing.outstanding_probes import Arrival
from tracetui.vantage import events
from tracetui.vantage.clock_offset import ClockOffset
from tracetui.vantage.events import ARRIVALS, FLOWS, FarEndError

_KEPT_NS: Final = 75_000_000_000
"""For this long after its end a round's probes may be answered or lost: longer than any timeout, and the
time in which a reply is late."""

_MAX_ROUNDS: Final = 1000
"""Rounds that are open, or whose probes are kept: at the shortest interval 75 s are fewer."""

_NEVER_SENT: Final = (ReplyKind.ANSWER,)


class _Probe:
    """What became of a probe so far."""

    __slots__ = ("first", "pending")

    def __init__(self) -> None:
        self.pending = True
        self.first: ReplyKind | None = None


class _Round:
    """A round whose probes may still be answered."""

    __slots__ = ("probes", "started_ns")

    def __init__(self, started_ns: int) -> None:
        self.started_ns = started_ns
        self.probes: dict[int, _Probe] = {}


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
            case events.Sent():
                self._sent(event.ttl)
            case events.Replied():
                self._replied(event, offset)
            case events.Lost() | events.Unread():
                self._given_up(event)
            case events.RoundStarted():
                self._round_started(event, offset)
            case _:
                self._changed(event, offset)

    def _changed(self, event: events.LaneEvent, offset: ClockOffset) -> None:
        match event:
            case events.SendingEnded():
                self._expect(sending=True)
                self._sending = False
                self._counts.end_sending()
            case events.Failed():
                self._expect(sending=True)
                self._counts.count_failure(safe_text(event.reason))
            case events.HeldBack():
                self._expect(sending=True)
                self._counts.count_held_back(safe_text(event.reason))
            case events.Flow():
                self._source = None if event.source is None else self._address(event.source)
                self._flow_id = safe_text(event.flow_id)
                self._counts.set_source(self._source, self._flow_id)
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

    def _sent(self, ttl: int) -> None:
        self._expect(sending=True)
        probes = self._rounds[self._next_round - 1].probes
        if ttl in probes:
            raise FarEndError("the far end sends a probe twice")
        probes[ttl] = _Probe()
        self._counts.count_sent(ttl)

    def _given_up(self, event: events.Lost | events.Unread) -> None:
        probe = self._probe(event.ttl, event.number)
        if not probe.pending:
            raise FarEndError("the far end loses what was answered")
        probe.pending = False
        lost = isinstance(event, events.Lost)
        count = self._counts.count_lost if lost else self._counts.count_unread
        count(event.ttl, event.number + self._shift)

    def _replied(self, event: events.Replied, offset: ClockOffset) -> None:
        probe = self._probe(event.ttl, event.number)
        arrival = ARRIVALS[event.arrival]
        expected = {
            Arrival.IN_TIME: probe.pending,
            Arrival.LATE: not probe.pending and probe.first is None,
            Arrival.SECOND: not probe.pending and probe.first is not None,
            Arrival.EXCESS: not probe.pending and probe.first is not None,
        }
        if not expected[arrival] or event.kind in _NEVER_SENT:
            raise FarEndError("the far end tells of replies that cannot be")
        probe.pending = False
        probe.first = probe.first or event.kind
        reply = Reply(
            self._address(event.address),
            event.kind,
            event.received_ns + offset.unix_ns,
            event.rtt_us * 1000,
            event.icmp_type,
            event.icmp_code,
            event.reply_ttl,
            event.mpls,
            event.kernel_stamp,
        )
        self._counts.count_reply(event.ttl, event.number + self._shift, reply, arrival, probe.first)

    def _probe(self, ttl: int, number: int) -> _Probe:
        its_round = self._rounds.get(number + self._shift)
        probe = None if its_round is None else its_round.probes.get(ttl)
        if probe is None:
            raise FarEndError("the far end tells of probes that it did not send")
        return probe

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
