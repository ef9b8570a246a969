"""The measurements of a lane: its rounds, its hops and its receive counters, as frozen values."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tracetui.model.hop import Hop
from tracetui.model.imported_trace import Provenance
from tracetui.model.lane import FlowKind, Lane
from tracetui.model.packed_rtts import PackedRtts
from tracetui.model.reply import Reply, ReplyKind
from tracetui.model.span import SPAN_NS, Span


class RoundReplies(NamedTuple):
    """What one round probed and who answered how: all but its times. Rounds answered alike share one.

    A named tuple, because it is compared with those of the last rounds whenever a round is complete.
    """

    probed: int
    """Bit `ttl` is set for every TTL probed in this round."""

    path: tuple[str | None, ...]
    """Address of the first reply to each TTL, index 0 for TTL 1; None for no reply or no probe. Ends with the
    highest TTL that was answered. In imported traces a `stand_in` where the address is not stated."""

    kinds: tuple[ReplyKind | None, ...]
    """Kind of that reply; as long as `path`."""

    endpoint: ReplyKind | None = None
    """Kind of the answer in the endpoint's name at `endpoint_ttl`; None for no answer."""

    endpoint_ttl: int | None = None
    """Lowest TTL with such a reply."""

    endpoint_reply_ttl: int | None = None
    """TTL that reply arrived with."""

    refusal_ttl: int | None = None
    """Lowest TTL for which a router sent an ICMP unreachable."""

    doubled: tuple[tuple[int, ReplyKind, ReplyKind], ...] = ()
    """(TTL, first kind, second kind) of probes answered twice, in two kinds: RST and Time Exceeded, ... Those
    of earlier rounds too whose second reply came since the last round was complete."""

    late: tuple[tuple[int, str, ReplyKind], ...] = ()
    """(TTL, address, kind) of replies that came since the last round was complete, for probes that were
    already given up."""

    failure: str | None = None
    """What the local system said when a send of this round failed."""


@dataclass(frozen=True, slots=True)
class RoundOutcome:
    """One complete round of a lane: every probe answered, or out of time.

    A lane keeps a thousand of them: what they share is one object, and their RTTs are packed.
    """

    number: int
    started_ns: int
    """Unix time of its first probe; in an imported trace that of the whole trace, 0 where it is not known."""

    monotonic_ns: int
    """The same by the monotonic clock, for everything that depends on durations, less the time in which the
    program was stopped.

    Negative in an imported trace: each has its own stretch, so that no comparison finds rounds of the
    same time in it and in any other lane. Its rounds follow each other by a nanosecond, as nobody knows how
    long they took.
    """

    replies: RoundReplies

    packed_rtts: bytes
    """RTT of each reply in `path`, by `pack_rtts`."""

    refusal: Reply | None = None
    """The ICMP unreachable at `refusal_ttl`."""

    @property
    def rtts_us(self) -> Sequence[int | None]:
        """RTT of each reply in `path`, in whole microseconds."""
        return PackedRtts(self.packed_rtts)

    @property
    def probed(self) -> int:
        return self.replies.probed

    @property
    def path(self) -> tuple[str | None, ...]:
        return self.replies.path

    @property
    def kinds(self) -> tuple[ReplyKind | None, ...]:
        return self.replies.kinds

    @property
    def endpoint(self) -> ReplyKind | None:
        return self.replies.endpoint

    @property
    def endpoint_ttl(self) -> int | None:
        return self.replies.endpoint_ttl

    @property
    def endpoint_reply_ttl(self) -> int | None:
        return self.replies.endpoint_reply_ttl

    @property
    def refusal_ttl(self) -> int | None:
        return self.replies.refusal_ttl

    @property
    def doubled(self) -> tuple[tuple[int, ReplyKind, ReplyKind], ...]:
        return self.replies.doubled

    @property
    def late(self) -> tuple[tuple[int, str, ReplyKind], ...]:
        return self.replies.late

    @property
    def failure(self) -> str | None:
        return self.replies.failure

    @property
    def highest_ttl(self) -> int:
        """Highest TTL that was answered; 0 for none."""
        return len(self.replies.path)

    def was_probed(self, ttl: int) -> bool:
        """Tell whether a TTL was probed in this round."""
        return bool(self.replies.probed >> ttl & 1)


@dataclass(frozen=True, slots=True)
class RoundSample:
    """The last rounds of a span: what is left of it when its rounds are dropped."""

    rounds: tuple[RoundOutcome, ...]
    """At most `SAMPLE_ROUNDS`, oldest first; the same one several times for rounds that were answered
    alike.
    """

    complete: int
    """Complete rounds of the lane, up to the last of these."""


SAMPLE_ROUNDS = 5
"""Rounds that a sample keeps: as many as a path state is decided from."""


@dataclass(frozen=True, slots=True)
class ReceiveCounters:
    """What was received for all lanes; packets that did not match a probe were dropped."""

    matched: int = 0
    duplicate: int = 0
    """A second reply of the same kind to one probe."""

    foreign: int = 0
    """Well-formed, but not a reply to a probe of this program."""

    forged: int = 0
    """For a lane by address and ports or identifier, but without the token of an outstanding probe."""

    malformed: int = 0
    dropped: int = 0
    """Lost in the kernel before they were read (socket buffer overflow)."""


NOTHING_RECEIVED = ReceiveCounters()


@dataclass(frozen=True, slots=True)
class LaneTrace:
    """All measurements of a lane since its statistics were last restarted."""

    lane: Lane
    version: int
    """Grows with every change; equal versions of one lane are equal values."""

    started_ns: int
    """Unix time of the start, or of the last restart of the statistics."""

    rounds: int
    """Complete rounds."""

    hops: Sequence[Hop]
    """Index 0 is TTL 1. Ends with the endpoint's TTL when that is known, else with the highest TTL probed."""

    outcomes: Sequence[RoundOutcome]
    """The last complete rounds, oldest first (the engine keeps `OUTCOMES_KEPT`); none where `hops` are all
    that is known.
    """

    endpoint: ReplyKind | None = None
    """The last reply that proved the endpoint; shown before its round is complete."""

    destination_ttl: int | None = None
    """The endpoint's distance: lowest TTL that proved it in recent rounds."""

    source: str | None = None
    """Source address in use."""

    flow: FlowKind = FlowKind.FIXED
    flow_id: str = ""
    """What identifies the lane's flow, in words: `source port 33434`; "" before the first probe."""

    flow_numbers: tuple[int, ...] = ()
    """Source ports of its SYNs, or identifiers of its echo requests; none where they are not known."""

    failure: str | None = None
    """Why the last send failed; None when it did not."""

    waiting: str | None = None
    """What holds the next probe back, such as the limit of open files; None: nothing."""

    held_back: int = 0
    """Probes that were held back so."""

    finished: bool = False
    """True when the lane will send no more (its rounds are done)."""

    may_go_on: bool = False
    """True for an imported or recorded trace that may be truncated: silence at its end shows nothing."""

    spans: Sequence[Span] = ()
    """All complete rounds, also those older than `outcomes`, oldest first; at most `SPANS_KEPT`. None of an
    imported trace."""

    provenance: Provenance | None = None
    """Where a trace that another tool made comes from; None for one that this program makes."""

    samples: Sequence[RoundSample] = ()
    """The last rounds of each span; as long as `spans`."""

    span_ns: int = SPAN_NS
    """Length of a span. Spans begin at multiples of it (Unix time), those of all lanes alike."""

    @property
    def timed(self) -> bool:
        """Tell whether it is known when its rounds were: of all but traces that were read once."""
        return self.provenance is None or self.provenance.every_s is not None


OUTCOMES_KEPT = 960
"""Complete rounds that a trace keeps: sixteen minutes at the default pace, for analysis and for past
moments."""
