"""Counts one round of a lane, and returns it as a frozen `RoundOutcome` at any time."""

from collections.abc import Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Final, TypeAlias

from tracetui.model import Reply, ReplyKind, RoundOutcome
from tracetui.model.packed_rtts import PackedRtts

_TTL: Final = itemgetter(0)
_ON_THE_WAY: Final = ReplyKind.TIME_EXCEEDED

Answer: TypeAlias = tuple[int, Reply, int, int]
"""A probe's TTL, a reply, its RTT in nanoseconds, and when it came (Unix time).

The reply may be one that came before: its own RTT and time do not count.
"""


class RoundMeter:
    """A round: complete when all its probes were sent and none is pending."""

    __slots__ = (
        "_answers",
        "_before",
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

    def __init__(
        self, number: int, started_ns: int, monotonic_ns: int, before: RoundOutcome | None = None
    ) -> None:
        """`started_ns` and `monotonic_ns`: Unix and monotonic time of its first probe; see `RoundOutcome`.

        `before`: an earlier round, with which it shares what is equal, to save memory.
        """
        self._before = before
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

    def count_sent(self, ttls: Sequence[int]) -> None:
        """Probes went out."""
        self._pending += len(ttls)
        for ttl in ttls:
            self._probed |= 1 << ttl
        self._outcome = None

    def count_replies(self, answers: Sequence[Answer]) -> None:
        """The first replies to probes, in time."""
        self._pending -= len(answers)
        self._answers += answers
        for answer in answers:
            if answer[1].kind is not _ON_THE_WAY and (self.end_ttl is None or answer[0] < self.end_ttl):
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
        length = max(map(_TTL, self._answers), default=0)
        replies: list[Reply | None] = [None] * length
        rtts_us: list[int | None] = [None] * length
        for ttl, reply, rtt_ns, _ in self._answers:
            replies[ttl - 1] = reply
            rtts_us[ttl - 1] = rtt_ns // 1000
        path = tuple([reply.address if reply else None for reply in replies])
        kinds = tuple([reply.kind if reply else None for reply in replies])
        probed, before = self._probed, self._before
        if before is not None and (path, kinds) == (before.path, before.kinds):
            path, kinds = before.path, before.kinds
            probed = before.probed if probed == before.probed else probed
        proof, refusal = self._first_proof_and_refusal()
        return RoundOutcome(
            number=self.number,
            started_ns=self.started_ns,
            monotonic_ns=self.monotonic_ns,
            probed=probed,
            path=path,
            kinds=kinds,
            rtts_us=PackedRtts(rtts_us),
            endpoint=proof[1].kind if proof else None,
            endpoint_ttl=proof[0] if proof else None,
            endpoint_reply_ttl=proof[1].ttl if proof else None,
            refusal=_reply_of(refusal) if refusal else None,
            refusal_ttl=refusal[0] if refusal else None,
            doubled=tuple(sorted(self._doubled, key=_TTL)),
            failure=self.failure,
        )

    def _first_proof_and_refusal(self) -> tuple[Answer | None, Answer | None]:
        """Return the answers with the lowest TTL by which the endpoint answered, and a router refused."""
        if self.end_ttl is None:
            return None, None
        final = sorted((each for each in self._answers if each[1].kind is not _ON_THE_WAY), key=_TTL)
        proof = next((each for each in final if each[1].proves_endpoint), None)
        refusal = next((each for each in final if each[1].kind is ReplyKind.UNREACHABLE), None)
        return proof, refusal


def _reply_of(answer: Answer) -> Reply:
    """Return the reply itself."""
    _, like, rtt_ns, received_ns = answer
    return replace(like, rtt_ns=rtt_ns, received_ns=received_ns)
