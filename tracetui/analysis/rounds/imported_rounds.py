"""Turns a trace made by another tool into the measurements of a lane, so that the same rules apply to it.

The n-th probe of each hop is part of round n. What an output does not keep is decided so:

- An answer of an untold kind from the target's address, or under the name that was asked for where no
  address is shown, is the endpoint's own: routers report under their own addresses that a TTL ran out. Its
  kind follows from the protocol where the tool marks all other messages (`Untold.MESSAGES` is not set), else
  it stays open.
- Any other answer of an untold kind counts as Time Exceeded, as the trace went on beyond nearly all of them.
- A hop without an address gets a word in place of it, by which no other lane knows it.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tracetui.analysis.rounds.rtt_statistics import rtt_statistics
from tracetui.model import (
    FlowKind,
    Hop,
    Lane,
    LaneTrace,
    ProbeProtocol,
    Reply,
    ReplyKind,
    Responder,
    RoundOutcome,
    RoundReplies,
)
from tracetui.model.hop import RttStatistics
from tracetui.model.imported_trace import (
    HopFigures,
    ImportedHop,
    ImportedReply,
    ImportedResponder,
    ImportedTrace,
    Provenance,
    Untold,
    stand_in,
)
from tracetui.model.moment import unix_ns
from tracetui.model.packed_rtts import pack_rtts
from tracetui.model.trace import OUTCOMES_KEPT

MAX_TTL: Final = 255

_MAX_GAP: Final = 8
"""TTLs that an output leaves out in a row. Beyond more, RIPE Atlas tries the endpoint once more at TTL 255,
which shows that it answers, and neither a hop nor a distance."""

STRETCH_NS: Final = 1 << 50
"""Monotonic time that each imported trace has to itself: thirteen days."""

_RECENT: Final = 60
"""Probes of a hop that are shown one by one."""

_ANSWERS: Final = {
    ProbeProtocol.ICMP: ReplyKind.ECHO_REPLY,
    ProbeProtocol.UDP: ReplyKind.PORT_UNREACHABLE,
}
"""What an endpoint answers that the tool does not mark; TCP has two answers."""

_PORT_UNREACHABLE: Final = ((3, 3), (1, 4))
"""ICMP and ICMPv6."""


def lane_trace(trace: ImportedTrace, lane: Lane, provenance: Provenance, number: int) -> LaneTrace:
    """Return the measurements of `lane` from `trace`; `number` is its own among all imported ones, from 1."""
    return _Conversion(trace, lane, number).made(provenance)


def responder_addresses(trace: ImportedTrace, lane: Lane, number: int) -> dict[str, ImportedResponder]:
    """Return who answered, by the address that `lane_trace` uses for it."""
    conversion = _Conversion(trace, lane, number)
    found: dict[str, ImportedResponder] = {}
    for hop in conversion.hops:
        for responder in hop.responders:
            found.setdefault(conversion.address(hop, responder), responder)
    return found


def probe_replies(
    trace: ImportedTrace, lane: Lane, number: int
) -> Sequence[Mapping[int, Reply | None]] | None:
    """Return the rounds of `trace`: the reply to each TTL that was probed, None for a lost probe.

    None where it keeps no single probes, or not the RTT of each answer. `number` as for `lane_trace`.
    """
    return _Conversion(trace, lane, number).rounds()


@dataclass(frozen=True, slots=True)
class _Answer:
    """One answer, as a round has it."""

    address: str
    kind: ReplyKind
    told: ImportedReply

    @property
    def label(self) -> str:
        return self.reply(0).label

    def reply(self, started_ns: int) -> Reply:
        told, rtt_ns = self.told, self.told.rtt_ns or 0
        return Reply(
            self.address,
            self.kind,
            started_ns + rtt_ns,
            rtt_ns,
            told.icmp_type,
            told.icmp_code,
            told.reply_ttl,
            told.responder.mpls,
        )


class _Conversion:
    """One trace on its way to become a lane."""

    def __init__(self, trace: ImportedTrace, lane: Lane, number: int) -> None:
        self.hops = [hop for hop in trace.hops if 1 <= hop.ttl <= MAX_TTL]
        self._trace = trace
        self._lane = lane
        self._number = number
        self._started_ns = 0 if trace.started_at is None else unix_ns(trace.started_at)
        self._answers = {
            hop.ttl: [None if reply is None else self._answer(hop, reply) for reply in hop.probes]
            for hop in self.hops
        }

    def made(self, provenance: Provenance) -> LaneTrace:
        rounds = max(map(len, self._answers.values()), default=0)
        outcomes = [self._round(place) for place in range(max(0, rounds - OUTCOMES_KEPT), rounds)]
        proofs = self._proofs()
        nearest = min(proofs, default=None)
        end = self._end()
        distance = nearest if nearest is not None and nearest <= end else None
        by_ttl = {hop.ttl: self._hop(hop) for hop in self.hops if hop.ttl <= end}
        return LaneTrace(
            lane=self._lane,
            version=1,
            started_ns=self._started_ns,
            rounds=rounds,
            hops=tuple(
                by_ttl.get(ttl) or _nothing(ttl) for ttl in range(1, (distance or max(by_ttl, default=0)) + 1)
            ),
            outcomes=tuple(outcomes),
            endpoint=None if nearest is None else proofs[nearest],
            destination_ttl=distance,
            source=self._trace.source,
            flow=FlowKind.FIXED if self._trace.flow_id else FlowKind.PER_HOP,
            flow_id=self._trace.flow_id,
            finished=True,
            may_go_on=Untold.END in self._trace.untold,
            provenance=provenance,
        )

    def rounds(self) -> Sequence[Mapping[int, Reply | None]] | None:
        end = self._end()
        of_ttl = {ttl: answers for ttl, answers in self._answers.items() if ttl <= end}
        told = [answer.told for answers in of_ttl.values() for answer in answers if answer is not None]
        if any(hop.figures for hop in self.hops) or any(one.rtt_ns is None for one in told):
            return None
        return [
            {
                ttl: None if (answer := answers[place]) is None else answer.reply(self._started_ns)
                for ttl, answers in of_ttl.items()
                if place < len(answers)
            }
            for place in range(max(map(len, of_ttl.values()), default=0))
        ]

    def _end(self) -> int:
        """Return the last TTL before a gap that is none of lost lines."""
        end = 0
        for hop in self.hops:
            if hop.ttl > end + _MAX_GAP:
                break
            end = hop.ttl
        return end

    def address(self, hop: ImportedHop, responder: ImportedResponder) -> str:
        """Return a responder's address, or its placeholder."""
        if responder.address is not None:
            return responder.address
        if self._named_as_target(responder):
            return self._lane.address
        return stand_in(self._number, hop.ttl, hop.responders.index(responder))

    # What one answer means

    def _named_as_target(self, responder: ImportedResponder) -> bool:
        """Tell whether a responder without an address has the name that was asked for."""
        name = responder.name.rstrip(".").lower()
        return responder.address is None and bool(name) and name == self._trace.target.rstrip(".").lower()

    def _answer(self, hop: ImportedHop, reply: ImportedReply) -> _Answer:
        address = self.address(hop, reply.responder)
        kind = self._kind(reply, at_end=address == self._lane.address)
        return _Answer(self._lane.address if kind in _TCP else address, kind, reply)

    def _kind(self, reply: ImportedReply, *, at_end: bool) -> ReplyKind:
        kind = reply.kind
        if kind is None and at_end:
            protocol = None if Untold.MESSAGES in self._trace.untold else self._trace.protocol
            return _ANSWERS.get(protocol, ReplyKind.ANSWER) if protocol else ReplyKind.ANSWER
        if kind is ReplyKind.PORT_UNREACHABLE and not at_end:
            return ReplyKind.UNREACHABLE
        if (
            kind is ReplyKind.UNREACHABLE
            and at_end
            and (reply.icmp_type, reply.icmp_code) in _PORT_UNREACHABLE
        ):
            return ReplyKind.PORT_UNREACHABLE
        return kind or ReplyKind.TIME_EXCEEDED

    def _proofs(self) -> dict[int, ReplyKind]:
        """Return the TTLs that the endpoint answered, and how."""
        found: dict[int, ReplyKind] = {}
        for hop in self.hops:
            figures = hop.figures
            told = [*self._answers[hop.ttl]]
            if figures is not None:
                told += [self._answer(hop, ImportedReply(one)) for one in hop.responders]
                told += [
                    self._answer(hop, ImportedReply(one.responder, None, one.kind)) for one in figures.replies
                ]
            for one in told:
                if one is not None and one.kind in _ENDPOINT:
                    found[hop.ttl] = one.kind
        return found

    # Rounds

    def _round(self, place: int) -> RoundOutcome:
        probed = 0
        answers: dict[int, _Answer] = {}
        for ttl, of_ttl in self._answers.items():
            if place < len(of_ttl):
                probed |= 1 << ttl
                answer = of_ttl[place]
                if answer is not None:
                    answers[ttl] = answer
        ttls = range(1, max(answers, default=0) + 1)
        row = [answers.get(ttl) for ttl in ttls]
        end = min((ttl for ttl, answer in answers.items() if answer.kind in _ENDPOINT), default=None)
        refused = min(
            (ttl for ttl, one in answers.items() if one.kind is ReplyKind.UNREACHABLE), default=None
        )
        started_ns = self._started_ns + place
        return RoundOutcome(
            number=place + 1,
            started_ns=started_ns,
            monotonic_ns=place - self._number * STRETCH_NS,
            replies=RoundReplies(
                probed=probed,
                path=tuple(None if one is None else one.address for one in row),
                kinds=tuple(None if one is None else one.kind for one in row),
                endpoint=None if end is None else answers[end].kind,
                endpoint_ttl=end,
                endpoint_reply_ttl=None if end is None else answers[end].told.reply_ttl,
                refusal_ttl=refused,
            ),
            packed_rtts=pack_rtts([None if one is None else _in_us(one.told.rtt_ns) for one in row]),
            refusal=None if refused is None else answers[refused].reply(started_ns),
        )

    # Hops

    def _hop(self, hop: ImportedHop) -> Hop:
        if hop.figures is not None:
            return self._hop_of_figures(hop, hop.figures)
        probes = self._answers[hop.ttl]
        answers = [answer for answer in probes if answer is not None]
        rtts_us = [answer.told.rtt_ns // 1000 for answer in answers if answer.told.rtt_ns is not None]
        shown = [answer for answer in probes if answer is None or answer.told.rtt_ns is not None]
        by_address: dict[str, list[_Answer]] = defaultdict(list)
        for answer in answers:
            by_address[answer.address].append(answer)
        return Hop(
            ttl=hop.ttl,
            sent=len(probes),
            received=len(answers),
            lost=len(probes) - len(answers),
            late=0,
            rtt=rtt_statistics(rtts_us) if rtts_us else None,
            recent=tuple(None if one is None else one.told.rtt_ns for one in shown[-_RECENT:]),
            responders=tuple(
                self._responder(address, by_address[address])
                for address in sorted(by_address, key=lambda address: -len(by_address[address]))
            ),
            last_address=answers[-1].address if answers else None,
        )

    def _responder(self, address: str, answers: Sequence[_Answer]) -> Responder:
        ttls = [one.told.reply_ttl for one in answers if one.told.reply_ttl is not None]
        return Responder(
            address=address,
            count=len(answers),
            replies=Counter(one.label for one in answers),
            reply_ttl=(min(ttls), max(ttls)) if ttls else None,
            mpls=next((one.told.responder.mpls for one in reversed(answers) if one.told.responder.mpls), ()),
            last_ns=self._started_ns,
        )

    def _hop_of_figures(self, hop: ImportedHop, figures: HopFigures) -> Hop:
        received = max(0, figures.sent - figures.lost)
        responders = figures.responders
        return Hop(
            ttl=hop.ttl,
            sent=figures.sent,
            received=received,
            lost=figures.sent - received,
            late=0,
            rtt=_rtt_of(figures, received),
            recent=(),
            responders=tuple(self._summed(hop, figures, one, received) for one in responders),
            last_address=self.address(hop, responders[0]) if responders else None,
        )

    def _summed(
        self, hop: ImportedHop, figures: HopFigures, responder: ImportedResponder, received: int
    ) -> Responder:
        replies: Counter[str] = Counter()
        for told in figures.replies:
            if told.responder == responder:
                reply = ImportedReply(responder, None, told.kind, told.icmp_type, told.icmp_code)
                replies[self._answer(hop, reply).label] += told.count
        if not replies:
            # How the answers are shared among several is not told: each has at least one.
            untold = self._answer(hop, ImportedReply(responder))
            replies[untold.label] = received if len(figures.responders) == 1 else 1
        return Responder(
            address=self.address(hop, responder),
            count=replies.total(),
            replies=replies,
            reply_ttl=None,
            mpls=responder.mpls,
            last_ns=self._started_ns,
        )


_TCP: Final = frozenset({ReplyKind.SYN_ACK, ReplyKind.RST})
"""Kinds that come from the endpoint's address, whoever sends them."""

_ENDPOINT: Final = _TCP | {ReplyKind.ECHO_REPLY, ReplyKind.PORT_UNREACHABLE, ReplyKind.ANSWER}


def _in_us(rtt_ns: int | None) -> int | None:
    return None if rtt_ns is None else max(0, rtt_ns // 1000)


def _rtt_of(figures: HopFigures, received: int) -> RttStatistics | None:
    """Return the figures of a hop; None where the tool does not print a mean."""
    if not received or figures.mean_ns is None:
        return None
    return RttStatistics(
        received,
        figures.last_ns,
        figures.best_ns,
        figures.mean_ns,
        figures.worst_ns,
        figures.stdev_ns,
        jitter_ns=None,
    )


def _nothing(ttl: int) -> Hop:
    """A TTL that the output leaves out."""
    return Hop(ttl, 0, 0, 0, 0, None, (), (), None)
