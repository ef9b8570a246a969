"""Counts one round of a lane, and returns it as a frozen `RoundOutcome` at any time."""

from operator import itemgetter
from typing import Final

from tracetui.model import Reply, ReplyKind, RoundOutcome, RoundReplies
from tracetui.model.packed_rtts import pack_rtts

_TTL: Final = itemgetter(0)
_TIME_EXCEEDED: Final = ReplyKind.TIME_EXCEEDED
_UNREACHABLE: Final = ReplyKind.UNREACHABLE


class RoundMeter:
    """A round: complete when all its probes were sent and none is pending."""

    __slots__ = (
        "_doubled",
        "_outcome",
        "_pending",
        "_probed",
        "_replies",
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
        self._replies: dict[int, Reply] = {}
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
        self._pending -= 1
        self._replies[ttl] = reply
        if reply.kind is not _TIME_EXCEEDED and (self.end_ttl is None or ttl < self.end_ttl):
            self.end_ttl = ttl
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
        ordered = sorted(self._replies.items())
        path: list[str | None] = [None] * (ordered[-1][0] if ordered else 0)
        kinds: list[ReplyKind | None] = [None] * len(path)
        rtts_us: list[int | None] = [None] * len(path)
        proof: tuple[int, Reply] | None = None
        refusal: tuple[int, Reply] | None = None
        for ttl, reply in ordered:
            kind = reply.kind
            path[ttl - 1] = reply.address
            kinds[ttl - 1] = kind
            rtts_us[ttl - 1] = reply.rtt_ns // 1000
            if kind is _TIME_EXCEEDED:
                continue
            if proof is None and reply.proves_endpoint:
                proof = ttl, reply
            if refusal is None and kind is _UNREACHABLE:
                refusal = ttl, reply
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
            refusal[1] if refusal else None,
        )
