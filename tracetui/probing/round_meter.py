"""Counts one round of a lane, and returns it as a frozen `RoundOutcome` at any time."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Final, TypeAlias

from tracetui.model import Reply, ReplyKind, RoundOutcome, RoundReplies
from tracetui.model.packed_rtts import pack_rtts

_TTL: Final = itemgetter(0)
_TIME_EXCEEDED: Final = ReplyKind.TIME_EXCEEDED
_UNREACHABLE: Final = ReplyKind.UNREACHABLE

Answer: TypeAlias = tuple[int, Reply, int, int]
"""A probe's TTL, a reply, its RTT in nanoseconds, and when it came (Unix time).

The reply may be one that came before: its own RTT and time do not count.
"""


class RoundMeter:
    """A round: complete when all its probes were sent and none is pending."""

    __slots__ = (
        "_answers",
        "_doubled",
        "_outcome",
        "_pending",
        "_probed",
        "end_ttl",
        "failure",
        "monotonic_ns",
        "number",
        "planned",
        "started_ns",
        "unread",
    )

    def __init__(self, number: int, started_ns: int, monotonic_ns: int) -> None:
        """`started_ns` and `monotonic_ns`: Unix and monotonic time of its first probe; see `RoundOutcome`."""
        self.number = number
        self.started_ns = started_ns
        self.monotonic_ns = monotonic_ns
        self.planned = True  # not all of its probes are sent
        self.failure: str | None = None
        self.end_ttl: int | None = None  # lowest TTL that the endpoint answered or a router refused
        self.unread = False  # the reply to one of its probes may not have been read
        self._pending = 0
        self._probed = 0
        self._answers: list[Answer] = []
        self._doubled: list[tuple[int, ReplyKind, ReplyKind]] = []
        self._outcome: RoundOutcome | None = None

    @property
    def complete(self) -> bool:
        """True when every probe was answered or is lost."""
        return not self.planned and not self._pending

    def count_sent(self, ttl: int) -> None:
        """A probe went out."""
        self._pending += 1
        self._probed |= 1 << ttl
        self._outcome = None

    def count_reply(self, ttl: int, reply: Reply) -> None:
        """The first reply to a probe, in time."""
        self.count_replies(((ttl, reply, reply.rtt_ns, reply.received_ns),))

    def count_replies(self, answers: Sequence[Answer]) -> None:
        """The first replies to probes, in time."""
        self._pending -= len(answers)
        self._answers += answers
        for answer in answers:
            if answer[1].kind is not _TIME_EXCEEDED and (self.end_ttl is None or answer[0] < self.end_ttl):
                self.end_ttl = answer[0]
        self._outcome = None

    def count_lost(self) -> None:
        """A probe's time ran out."""
        self._pending -= 1

    def count_unread(self) -> None:
        """A reply to a probe may have come and not been read."""
        self._pending -= 1
        self.unread = True

    def count_second(self, ttl: int, first: ReplyKind, second: ReplyKind) -> None:
        """A second reply, of another kind, to one probe."""
        self._doubled.append((ttl, first, second))
        self._outcome = None

    def outcome(self) -> RoundOutcome:
        """Return the round so far; the same object while nothing changes."""
        if self._outcome is None:
            self._outcome = self._make_outcome()
        return self._outcome

    def _make_outcome(self) -> RoundOutcome:
        answers = sorted(self._answers, key=_TTL)
        path: list[str | None] = [None] * (answers[-1][0] if answers else 0)
        kinds: list[ReplyKind | None] = [None] * len(path)
        rtts_us: list[int | None] = [None] * len(path)
        proof: Answer | None = None
        refusal: Answer | None = None
        for answer in answers:
            ttl, reply, rtt_ns, _ = answer
            kind = reply.kind
            path[ttl - 1] = reply.address
            kinds[ttl - 1] = kind
            rtts_us[ttl - 1] = rtt_ns // 1000
            if kind is _TIME_EXCEEDED:
                continue
            if proof is None and reply.proves_endpoint:
                proof = answer
            if refusal is None and kind is _UNREACHABLE:
                refusal = answer
        replies = RoundReplies(
            probed=self._probed,
            path=tuple(path),
            kinds=tuple(kinds),
            endpoint=proof[1].kind if proof else None,
            endpoint_ttl=proof[0] if proof else None,
            endpoint_reply_ttl=proof[1].ttl if proof else None,
            refusal_ttl=refusal[0] if refusal else None,
            doubled=tuple(sorted(self._doubled, key=_TTL)),
            failure=self.failure,
        )
        return RoundOutcome(
            self.number,
            self.started_ns,
            self.monotonic_ns,
            replies,
            pack_rtts(rtts_us),
            _reply_of(refusal) if refusal else None,
        )


def _reply_of(answer: Answer) -> Reply:
    """Return the reply itself."""
    _, like, rtt_ns, received_ns = answer
    return like._replace(rtt_ns=rtt_ns, received_ns=received_ns)
