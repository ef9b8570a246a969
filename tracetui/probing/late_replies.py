"""Collects replies that arrive after their round is complete, for the next round that completes."""

from dataclasses import replace
from operator import itemgetter
from typing import Final

from tracetui.model import Reply, ReplyKind, RoundOutcome

MAX_KEPT: Final = 64
"""Late replies, and as many second replies, that one round carries; more of them would tell nothing new."""

_TTL: Final = itemgetter(0)


class LateReplyBuffer:
    """The late and second replies of one lane since its last complete round."""

    __slots__ = ("_doubled", "_late")

    def __init__(self) -> None:
        self._doubled: list[tuple[int, ReplyKind, ReplyKind]] = []
        self._late: list[tuple[int, str, ReplyKind]] = []

    def count_late(self, ttl: int, reply: Reply) -> None:
        """The first reply to a probe that counts as lost."""
        if len(self._late) < MAX_KEPT:
            self._late.append((ttl, reply.address, reply.kind))

    def count_second(self, ttl: int, first: ReplyKind, second: ReplyKind) -> None:
        """A second reply, of another kind, to a probe whose round is complete."""
        if len(self._doubled) < MAX_KEPT:
            self._doubled.append((ttl, first, second))

    def clear(self) -> None:
        """Drop what was collected."""
        self._doubled.clear()
        self._late.clear()

    def put_into(self, outcome: RoundOutcome) -> RoundOutcome:
        """Return a round that has just completed, with the replies collected before it, in order of TTL."""
        if not self._doubled and not self._late:
            return outcome
        doubled = sorted((*self._doubled, *outcome.doubled), key=_TTL)
        late = sorted(self._late)
        self.clear()
        replies = outcome.replies._replace(doubled=tuple(doubled[:MAX_KEPT]), late=tuple(late))
        return replace(outcome, replies=replies)
